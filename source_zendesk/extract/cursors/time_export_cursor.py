"""Exports that are kept by time alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from source_zendesk import times
from source_zendesk.extract.cursors.base import ExportRead, IncrementalRead, State
from source_zendesk.extract.cursors.export_cursor import MAX_RESTARTS
from source_zendesk.extract.cursors.legacy_state import EXPORT_FIELDS, legacy_cursor_time
from source_zendesk.extract.extractors import Row
from source_zendesk.extract.paginators import Paginator, Query
from source_zendesk.http.response import ParsedResponse


@dataclass
class TimeExportCursor:
    """Reads a time-based export on from the second where the last run stopped, less `lag` seconds for late rows.

    Zendesk repeats the rows of that second, and those between two pages; the latter are dropped by key and time.
    `by_rows` is for exports whose `end_time` is not that of their last row.

    State: `{<cursor_field>: epoch seconds}`, and `page` where the export answers cursor pages.
    """

    config: Mapping[str, Any]
    cursor_field: str = ""
    lag: int = 60
    by_rows: bool = False

    @property
    def optional_params(self) -> tuple[str, ...]:
        """An export's time is no convenience."""
        return ()

    def for_all_rows(self) -> "TimeExportCursor":
        """An export begins at `start_date` for everybody."""
        return self

    def open(self, state: State, paginator: Paginator, keys: list[str]) -> IncrementalRead:
        """Begin a read, or go on with the one in the state."""
        return _TimeExportRead(self, state, paginator, [*keys, self.cursor_field])


class _TimeExportRead(ExportRead):
    def __init__(self, cursor: TimeExportCursor, state: State, paginator: Paginator, keys: list[str]) -> None:
        self._cursor, self._keys, self._lag = cursor, keys, cursor.lag
        saved = legacy_cursor_time(state, cursor.cursor_field, EXPORT_FIELDS)
        self._first = times.start_of(cursor.config) if saved is None else saved
        super().__init__(self._first, paginator)
        # Rows that are older cannot come late any more on the pages so far; None while none of them is younger.
        self._settled: int | None = None
        self.query = state.get("page") or self._query_from_time()
        self._seen: set[tuple[Any, ...]] = set()
        self._seen_at: int | None = None
        self._restarts_at: dict[int, int] = {}

    def begin(self, answer: ParsedResponse) -> None:
        super().begin(answer)
        self._first = min(self._first, self._time)

    @property
    def state(self) -> State:  # type: ignore[override]
        reached = self._time if self.query else self._time - self._lag
        if self._settled is not None:
            reached = min(reached, self._settled)
        state: State = {self._cursor.cursor_field: max(self._first, reached)}
        return {**state, "page": self.query} if "page[after]" in (self.query or {}) else state

    def select_new(self, rows: list[Row]) -> list[Row]:
        return [row for row in rows if self._key(row) not in self._seen] if self._seen else rows

    def advance(self, following: Query | None, answer: ParsedResponse, rows: list[Row], clock: list[Row]) -> None:
        end = None if self._cursor.by_rows else self._reached([answer.body.get("end_time")])
        end = end or self._reached(row.get(self._cursor.cursor_field) for row in clock)
        self._time = max(self._time, end or 0)
        settled = max(answer.requested_at - times.YOUNGEST_START - self._lag, 0)
        if self._settled is None and self._time > settled:
            self._settled = settled
        boundary = {self._key(row) for row in rows if self._at(row) is None or self._at(row) >= self._time}  # type: ignore[operator]
        self._seen = self._seen | boundary if self._seen_at == self._time else boundary
        self._seen_at = self._time
        self.query = following

    def _key(self, row: Row) -> tuple[Any, ...]:
        return tuple(str(row.get(key)) for key in self._keys)

    def _at(self, row: Row) -> int | None:
        return times.epoch(row.get(self._cursor.cursor_field))

    def recover_expired_cursor(self) -> bool:
        restarts = self._restarts_at.get(self._time, 0)
        if self.query is None or "page[after]" not in self.query or restarts == MAX_RESTARTS:
            return False
        self._restarts_at = {self._time: restarts + 1}
        self.restarts += 1
        self.query = self._query_from_time()
        return True
