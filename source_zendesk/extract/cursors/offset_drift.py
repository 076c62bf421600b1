"""Detects records that move between offset pages while a list is read."""

import logging
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from source_zendesk import json_values, times
from source_zendesk.extract.extractors import Row

LOGGER = logging.getLogger("airbyte")
# The most passes over a list; by then, even a list that keeps changing has very probably returned all its rows.
MAX_PASSES = 3
TIME_FIELDS = ("created_at", "updated_at")


class RowOrder(NamedTuple):
    """The rows of a pass in their order: their number, and a checksum of their keys."""

    rows: int = 0
    checksum: int = 0

    def extend(self, keys: list[Any]) -> "RowOrder":
        """The order with further rows."""
        text = "".join(f"{key}\n" for key in keys)
        return RowOrder(self.rows + len(keys), zlib.crc32(text.encode(errors="surrogatepass"), self.checksum))


class OffsetDriftDetector:
    """Detects whether rows moved between offset pages during a pass over a list, and drops rows of earlier passes.

    If a row of an earlier page is deleted, the rows after it move up, and one of them past a page boundary: the read
    misses it. No row moved if all pages report the same `count`, no row was returned twice, and none was created or
    changed meanwhile: each move past a boundary implies one of these. If rows have no times, no row moved if two passes
    return the same rows, each once. Without a `count`, a pass missed no row if the next one starts with the same rows:
    a missed row implies that an earlier row was deleted or moved. Rows that follow are new, and the next run finds
    those that both passes missed.

    The keys and hashes of all rows are kept in memory: most offset lists have at most a hundred pages, and those of
    Zendesk Sell take about 300 bytes per row. `time_fields` contain the times of a row: of its creation, and of a
    change by which it matches the list.

    `position` resumes the pass at its next page, in a list without a `count`. The next pass then returns rows that the
    interrupted run has returned.
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
        self._previous_keys: set[Any] = set()
        # This pass, as many of its first rows as the previous pass has, and the previous pass.
        self._order = self._first_rows = RowOrder()
        self._previous_order: RowOrder | None = None
        self._has_moved = self._is_uncertain = self._has_repeated_key = False

    @property
    def position(self) -> dict[str, Any] | None:
        """What later passes are compared with; None before the first page, and for a list with a `count`."""
        if self.count is not None or not (self.passes or self._order.rows):
            return None
        orders = {"current": self._order, "first": self._first_rows, "previous": self._previous_order}
        return {"passes": self.passes, **{name: list(order) for name, order in orders.items() if order is not None}}

    def resume(self, position: Mapping[str, Any]) -> None:
        """Continue the pass of a `position`."""
        self.passes, self._is_uncertain = position["passes"], True
        self._order, self._first_rows = RowOrder(*position["current"]), RowOrder(*position["first"])
        self._previous_order = RowOrder(*position["previous"]) if "previous" in position else None

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
        is_repeated = len(self._keys_of_pass) < keys_before + len(keys)
        self._has_moved |= is_repeated
        self._has_repeated_key |= is_repeated and bool(self._key_fields)
        self._order = self._order.extend(keys)
        if self._previous_order:
            missing = max(self._previous_order.rows - self._first_rows.rows, 0)
            self._first_rows = self._first_rows.extend(keys[:missing])
        self._hashes.update(zip(keys, map(_row_hash, rows), strict=True))

    def should_restart(self, *, is_newest_first: bool = False) -> bool:
        """Whether the list must be read again; call it at the end of a pass.

        `is_newest_first`: a row that is created or changed moves to the front, and the next run finds it. Only a
        deletion moves other rows past the read.
        """
        self.passes += 1
        moved = self._has_moved
        if self._is_uncertain:
            moved = self._differs_from_previous(is_newest_first=is_newest_first)
            moved |= self._has_repeated_key and not is_newest_first
        if moved and self.passes == MAX_PASSES:
            LOGGER.warning(
                "Stream %s: the list changed during each of %s passes; rows may be missing",
                self._stream,
                MAX_PASSES,
            )
        self._previous_order, self._previous_keys = self._order, self._keys_of_pass
        self._order, self._first_rows, self._keys_of_pass = RowOrder(), RowOrder(), set()
        self._started_at = None
        self._has_moved = self._is_uncertain = self._has_repeated_key = False
        return moved and self.passes < MAX_PASSES

    def _differs_from_previous(self, *, is_newest_first: bool) -> bool:
        """Whether the previous pass may have missed rows, in a list without a count or without times."""
        if self._previous_order is None:
            return True
        if is_newest_first:
            return not self._previous_keys <= self._keys_of_pass
        return (self._order if self.count is not None else self._first_rows) != self._previous_order

    def _latest_change(self, row: Row) -> int | None:
        """The latest time at which a row entered the list: its creation, or a change by which it matches the list."""
        return max(filter(None, (times.epoch(row.get(name)) for name in self._time_fields)), default=None)

    def _key(self, row: Row) -> Any:
        key = tuple(str(row[name]) for name in self._key_fields if row.get(name) is not None)
        return key or _row_hash(row)


def _row_hash(row: Row) -> int:
    return hash(json_values.dumps(row, option=orjson.OPT_SORT_KEYS))
