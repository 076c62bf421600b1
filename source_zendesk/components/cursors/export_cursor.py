"""Exports that Zendesk itself keeps the place in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from source_zendesk import times
from source_zendesk.components.answer import Answer
from source_zendesk.components.cursors.from_time import FromTime
from source_zendesk.components.cursors.progress import Progress, State
from source_zendesk.components.cursors.saved import EXPORT_FIELDS, saved_time
from source_zendesk.components.extraction.base import Row
from source_zendesk.components.pagination.base import Query
from source_zendesk.components.pagination.export_cursor_pages import ExportCursorPages
from source_zendesk.components.pagination.routing_pages import RoutingPages

# An export whose cursors keep expiring within one second of its rows cannot be read.
MOST_RESTARTS = 3


@dataclass
class ExportCursor:
    """Reads a cursor-based export on from where the last run stopped, every row once.

    State: `{<cursor_field>: epoch seconds of the newest row, "cursor": Zendesk's cursor}`; a time alone, in any form,
    will do, and is what the read falls back to when Zendesk no longer takes the cursor.
    """

    config: Mapping[str, Any]
    cursor_field: str = ""

    @property
    def savers(self) -> tuple[str, ...]:
        """An export's time is no convenience."""
        return ()

    def open(self, state: State, pagination: ExportCursorPages | RoutingPages, keys: list[str]) -> Progress:
        """Begin a read, or go on with the one in the state."""
        return _ExportProgress(self, state, pagination)


class _ExportProgress(FromTime):
    def __init__(self, cursor: ExportCursor, state: State, pagination: ExportCursorPages | RoutingPages) -> None:
        self._field = cursor.cursor_field
        saved = saved_time(state, self._field, EXPORT_FIELDS)
        super().__init__(times.start_of(cursor.config) if saved is None else saved, pagination)
        self._cursor: str | None = state.get("cursor")
        self._doubted: str | None = None
        self._restarts_at: dict[int, int] = {}
        self.query = pagination.resume(self._cursor) if self._cursor else self._from_time()

    @property
    def state(self) -> State:  # type: ignore[override]
        state: State = {self._field: self._time}
        return {**state, "cursor": self._cursor} if self._cursor else state

    def keep(self, rows: list[Row]) -> list[Row]:
        return rows

    def turn(self, following: Query | None, answer: Answer, rows: list[Row], clock: list[Row]) -> None:
        seen = [time for row in clock if (time := times.epoch(row.get(self._field))) is not None]
        self._time = max(self._time, min(max(seen, default=0), answer.asked_at))
        self._cursor = self._pagination.end(answer.body) or self._cursor
        self.query = following

    def expired(self) -> bool:
        restarts = self._restarts_at.get(self._time, 0)
        if self._cursor is None or restarts == MOST_RESTARTS:
            return False
        if self._cursor != self._doubted:
            self._doubted = self._cursor
            return True
        self._restarts_at = {self._time: restarts + 1}
        self.restarts += 1
        self._cursor, self.query = None, self._from_time()
        return True
