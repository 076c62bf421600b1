"""Detects records that move between offset pages while a list is read."""

import functools
import logging
from typing import Any

import orjson

from source_zendesk import json_values, times
from source_zendesk.extract.extractors import Row

LOGGER = logging.getLogger("airbyte")
# The most passes over a list; by then, even a list that keeps changing has very probably returned all its rows.
MAX_PASSES = 3
TIME_FIELDS = ("created_at", "updated_at")


class OffsetDriftDetector:
    """Detects whether rows moved between offset pages during a pass over a list, and drops rows of earlier passes.

    If a row of an earlier page is deleted, the rows after it move up, and one of them past a page boundary: the read
    misses it. No row moved if all pages report the same `count`, no row was returned twice, and none was created or
    changed meanwhile: each move past a boundary implies one of these. Without a `count`, or if rows have no times, no
    row moved if two passes return the same rows. The keys and hashes of all rows are kept in memory: most offset lists
    have at most a hundred pages, and those of Zendesk Sell take about 300 bytes per row. `time_fields` contain
    the times of a row: of its creation, and of a change by which it matches the list.
    """

    def __init__(
        self,
        stream: str,
        keys: list[str],
        count: int | None = None,
        started_at: int | None = None,
        time_fields: tuple[str, ...] = TIME_FIELDS,
    ) -> None:
        self._stream, self._key_fields, self._time_fields = stream, keys, time_fields
        self.count, self._started_at = count, started_at
        self.passes = 0
        self._hashes: dict[Any, int] = {}
        self._keys_of_pass: set[Any] = set()
        # Hashes of the keys of this pass, and of the previous one, in their order.
        self._order = 0
        self._previous_order: int | None = None
        self._has_moved = self._is_uncertain = False

    def select_new(self, rows: list[Row]) -> list[Row]:
        """The rows that no earlier pass has returned in the same version."""
        return [row for row in rows if self._hashes.get(self._key(row)) != _row_hash(row)] if self._hashes else rows

    def record_page(self, requested_at: int, count: int | None, rows: list[Row]) -> None:
        """Record a page that was requested at an epoch second, with the count that it reports."""
        moved = [self._latest_change(row) for row in rows]
        self._is_uncertain |= count is None or None in moved
        if self._started_at is None:
            self._started_at, self.count = requested_at, count
        else:
            self._has_moved |= count != self.count or max(filter(None, moved), default=0) >= self._started_at
        keys = [self._key(row) for row in rows]
        keys_before = len(self._keys_of_pass)
        self._keys_of_pass.update(keys)
        self._has_moved |= len(self._keys_of_pass) < keys_before + len(keys)
        self._order = functools.reduce(lambda order, key: hash((order, key)), keys, self._order)
        self._hashes.update(zip(keys, map(_row_hash, rows), strict=True))

    def should_restart(self) -> bool:
        """Whether the list must be read again; call it at the end of a pass."""
        self.passes += 1
        moved = self._order != self._previous_order if self._is_uncertain else self._has_moved
        if moved and self.passes == MAX_PASSES:
            LOGGER.warning(
                "Stream %s: the list changed during each of %s passes; rows may be missing",
                self._stream,
                MAX_PASSES,
            )
        self._previous_order, self._order, self._keys_of_pass = self._order, 0, set()
        self._started_at, self._has_moved, self._is_uncertain = None, False, False
        return moved and self.passes < MAX_PASSES

    def _latest_change(self, row: Row) -> int | None:
        """The latest time at which a row entered the list: its creation, or a change by which it matches the list."""
        return max(filter(None, (times.epoch(row.get(name)) for name in self._time_fields)), default=None)

    def _key(self, row: Row) -> Any:
        key = tuple(str(row[name]) for name in self._key_fields if row.get(name) is not None)
        return key or _row_hash(row)


def _row_hash(row: Row) -> int:
    return hash(json_values.dumps(row, option=orjson.OPT_SORT_KEYS))
