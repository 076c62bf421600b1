"""Detects records that move between offset pages while a list is read."""

import logging
from typing import Any

import orjson

from source_zendesk import json_values, times
from source_zendesk.extract import page_fields
from source_zendesk.extract.extractors import Row
from source_zendesk.http.response import ParsedResponse

LOGGER = logging.getLogger("airbyte")
# Times that a list is read through; one that never holds still has shown its rows by then, but for very bad luck.
MAX_PASSES = 3


class OffsetDriftDetector:
    """Tells whether a list held still while its offset pages were read, and which of its rows came already.

    When a row of an earlier page is deleted, those behind it move up, and one of them past the boundary of the next
    page. A list held still if all its pages tell the same `count`, no row came twice and none was created or changed
    meanwhile: whatever moves a row past a boundary does one of these. Without a `count`, or where rows tell no time, it
    did if two passes brought the same rows. Lists have a hundred pages at most, so their keys are few.
    """

    def __init__(self, stream: str, keys: list[str], count: int | None = None, begun: int | None = None) -> None:
        self._stream, self._keys = stream, keys
        self.count, self._begun = count, begun
        self.passes = 0
        self._came: dict[Any, int] = {}
        self._rows: list[Any] = []
        self._before: list[Any] | None = None
        self._has_moved = self._is_unsure = False

    def select_new(self, rows: list[Row]) -> list[Row]:
        """The rows that did not come before as they are."""
        return [row for row in rows if self._came.get(self._key(row)) != _row_hash(row)] if self._came else rows

    def record_page(self, answer: ParsedResponse, rows: list[Row]) -> None:
        """Take a page into account."""
        count = page_fields.count(answer.body)
        moved = [_moved_at(row) for row in rows]
        self._is_unsure |= count is None or None in moved
        if self._begun is None:
            self._begun, self.count = answer.requested_at, count
        else:
            self._has_moved |= count != self.count or max(filter(None, moved), default=0) >= self._begun
        keys = [self._key(row) for row in rows]
        self._has_moved |= len({*self._rows, *keys}) < len(self._rows) + len(keys)
        self._rows += keys
        self._came.update(zip(keys, map(_row_hash, rows), strict=True))

    def should_restart(self) -> bool:
        """At the end of a pass, whether there has to be another."""
        self.passes += 1
        moved = self._rows != self._before if self._is_unsure else self._has_moved
        if moved and self.passes == MAX_PASSES:
            LOGGER.warning(
                "Stream %s: the list changed each of the %s times that it was read through; rows may be missing",
                self._stream,
                MAX_PASSES,
            )
        self._before, self._rows = self._rows, []
        self._begun, self._has_moved, self._is_unsure = None, False, False
        return moved and self.passes < MAX_PASSES

    def _key(self, row: Row) -> Any:
        key = tuple(str(row[name]) for name in self._keys if row.get(name) is not None)
        return key or _row_hash(row)


def _moved_at(row: Row) -> int | None:
    """When a row came into the list at the latest: as it was created, or changed so that it belongs there."""
    return max(filter(None, map(times.epoch, (row.get("created_at"), row.get("updated_at")))), default=None)


def _row_hash(row: Row) -> int:
    return hash(json_values.dumps(row, option=orjson.OPT_SORT_KEYS))
