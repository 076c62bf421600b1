"""The cursor of time-based exports."""

from dataclasses import dataclass
from typing import Any

from source_zendesk import times
from source_zendesk.extract.cursors.base import Cursor, ExportRead, IncrementalRead, State
from source_zendesk.extract.cursors.export_cursor import MAX_RESTARTS
from source_zendesk.extract.cursors.legacy_state import EXPORT_FIELDS, legacy_cursor_time
from source_zendesk.extract.extractors import Row
from source_zendesk.extract.paginators import Paginator, Query
from source_zendesk.http.response import ParsedResponse


@dataclass
class TimeExportCursor(Cursor):
    """Resumes a time-based export at the second where the last run stopped, less `lag` seconds for late rows.

    Zendesk returns the rows of that second again, and the rows of the second at which one page ends on the next page;
    the latter duplicates are dropped by key and time. With `by_rows`, the read advances by the times of the rows,
    since `end_time` of the export is not the time of its last row.

    State: `{<cursor_field>: epoch seconds}`, and `page` if the export returns cursor pages.
    """

    lag: int = 60
    by_rows: bool = False

    @property
    def server_filter(self) -> str:
        """The start time of the export."""
        return "start time"

    def open(self, state: State, paginator: Paginator, keys: list[str]) -> IncrementalRead:
        """Start a read, or resume the one in the state."""
        return _TimeExportRead(self, state, paginator, [*keys, self.cursor_field])


class _TimeExportRead(ExportRead):
    def __init__(self, cursor: TimeExportCursor, state: State, paginator: Paginator, keys: list[str]) -> None:
        self._cursor, self._keys, self._lag = cursor, keys, cursor.lag
        cursor_time = legacy_cursor_time(state, cursor.cursor_field, EXPORT_FIELDS)
        self._start = times.start_of(cursor.config) if cursor_time is None else cursor_time
        super().__init__(self._start, paginator)
        # Rows later than this may still appear on pages already read; None until a page contains such rows.
        self._late_rows_bound: int | None = None
        self.query = state.get("page") or self._query_from_time()
        self._seen: set[tuple[Any, ...]] = set()
        self._seen_at: int | None = None
        self._restarts_at: dict[int, int] = {}

    def begin(self, response: ParsedResponse) -> None:
        super().begin(response)
        self._start = min(self._start, self._time)

    @property
    def state(self) -> State:  # type: ignore[override]
        time = self._time if self.query else self._time - self._lag
        if self._late_rows_bound is not None:
            time = min(time, self._late_rows_bound)
        state: State = {self._cursor.cursor_field: max(self._start, time)}
        return {**state, "page": self.query} if "page[after]" in (self.query or {}) else state

    def select_new(self, rows: list[Row]) -> list[Row]:
        return [row for row in rows if self._key(row) not in self._seen] if self._seen else rows

    def advance(
        self, next_query: Query | None, response: ParsedResponse, rows: list[Row], cursor_rows: list[Row]
    ) -> None:
        end = None if self._cursor.by_rows else self._latest_time([response.body.get("end_time")])
        end = end or self._latest_time(row.get(self._cursor.cursor_field) for row in cursor_rows)
        self._time = max(self._time, end or 0)
        late_rows_bound = max(response.requested_at - times.YOUNGEST_START - self._lag, 0)
        if self._late_rows_bound is None and self._time > late_rows_bound:
            self._late_rows_bound = late_rows_bound
        boundary = {self._key(row) for row in rows if self._at(row) is None or self._at(row) >= self._time}  # type: ignore[operator]
        self._seen = self._seen | boundary if self._seen_at == self._time else boundary
        self._seen_at = self._time
        self.query = next_query

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
