"""The cursors of time-based exports."""

from dataclasses import dataclass
from typing import Any

from source_zendesk import times
from source_zendesk.extract.cursors.base import Cursor, ExportRead, IncrementalRead, PageRows, State
from source_zendesk.extract.cursors.emitted_rows import (
    MAX_ROWS,
    EmittedRows,
    digest,
    digests_of,
    join_digests,
    split_digests,
)
from source_zendesk.extract.cursors.legacy_state import EXPORT_FIELDS, OVERLAP_IN_SECONDS, legacy_cursor_time
from source_zendesk.extract.extractors import Row
from source_zendesk.extract.paginator import Paginator, Query
from source_zendesk.http.response import ParsedResponse

EMITTED, STARTED = "emitted", "started"
TimedRow = tuple[int | None, Row]


@dataclass
class TimeExportCursor(Cursor):
    """Resumes a time-based export at the second where the last run stopped, less `lag` seconds for late rows.

    Zendesk returns the rows since that second again, and the rows of the second at which one page ends on the next
    page. The latter duplicates are dropped by key and time, the former if they have not changed, see `EmittedRows`.
    With `by_rows`, the read advances by the times of the rows, since `end_time` of the export is not the time of its
    last row.

    State: `{<cursor_field>: epoch seconds}`, `page` if the export returns cursor pages, `started` until a first read
    reaches its end, and then `emitted` with the digests of the rows since that second.
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
        overlap = max(cursor.lag, OVERLAP_IN_SECONDS)
        cursor_time = legacy_cursor_time(state, cursor.cursor_field, EXPORT_FIELDS, overlap)
        self._start = times.start_of(cursor.config) if cursor_time is None else cursor_time
        super().__init__(self._start, paginator)
        # Rows later than this may still appear on pages already read; None until a page contains such rows.
        self._late_rows_bound: int | None = None
        self.query = state.get("page") or self._query_from_time()
        self._seen: set[tuple[Any, ...]] = set()
        self._seen_at: int | None = None
        self._is_first_read, self.first_read_at = not state, state.get(STARTED) or 0
        self._emitted_digests = state.get(EMITTED) or ""
        self._emitted = EmittedRows(self._emitted_digests)
        self._already_emitted: list[Row] = []
        # The rows that the next run receives again, if this page is the last.
        self._last_rows: list[TimedRow] = []

    def begin(self, response: ParsedResponse) -> None:
        super().begin(response)
        if self._is_first_read and not self.first_read_at:
            self.first_read_at = response.requested_at
        self._start = min(self._start, self._time)

    @property
    def state(self) -> State:  # type: ignore[override]
        state: State = {self._cursor.cursor_field: self._resume_time(self._time if self.query else self._final_time)}
        if self._emitted_digests:
            state[EMITTED] = self._emitted_digests
        if self.first_read_at and self.query:
            state[STARTED] = self.first_read_at
        return {**state, "page": self.query} if "page[after]" in (self.query or {}) else state

    @property
    def _final_time(self) -> int:
        return self._time - self._lag

    def _resume_time(self, time: int) -> int:
        if self._late_rows_bound is not None:
            time = min(time, self._late_rows_bound)
        return max(self._start, time)

    def select_new(self, rows: list[Row]) -> list[Row]:
        unseen = [row for row in rows if self._key(row) not in self._seen] if self._seen else rows
        new_rows, self._already_emitted = self._emitted.split(unseen)
        return new_rows

    def select_already_emitted(self, rows: list[Row]) -> list[Row]:
        return self._already_emitted

    def advance(self, next_query: Query | None, response: ParsedResponse, page: PageRows) -> None:
        self._advance_time(response, page.cursor_rows)
        timed_rows = [(times.epoch(row.get(self._cursor.cursor_field)), row) for row in page.rows]
        self._note_seen(timed_rows)
        self.query = next_query
        self._note_last(timed_rows)

    def _advance_time(self, response: ParsedResponse, cursor_rows: list[Row]) -> None:
        """Advance to the `end_time` of the page, or to the latest time of its rows."""
        end = None if self._cursor.by_rows else self._latest_time([response.body.get("end_time")])
        end = end or self._latest_time(row.get(self._cursor.cursor_field) for row in cursor_rows)
        self._time = max(self._time, end or 0)
        late_rows_bound = max(response.requested_at - self._paginator.youngest_start - self._lag, 0)
        if self._late_rows_bound is None and self._time > late_rows_bound:
            self._late_rows_bound = late_rows_bound

    def _note_seen(self, timed_rows: list[TimedRow]) -> None:
        """Note the rows of the second at which the page ends, and the last one: the next page contains them again."""
        boundary = {self._key(row) for at, row in timed_rows if at is None or at >= self._time}
        boundary.update(self._key(row) for _, row in timed_rows[-1:])
        self._seen = self._seen | boundary if self._seen_at == self._time else boundary
        self._seen_at = self._time

    def _note_last(self, timed_rows: list[TimedRow]) -> None:
        """Note the rows that the next run receives again; after the last page, keep their digests in the state."""
        since = self._resume_time(self._final_time)
        last_rows = [(at, row) for at, row in [*self._last_rows, *timed_rows] if at is None or at >= since]
        # The last row of a page is also the first of the next one.
        self._last_rows = last_rows[-2 * MAX_ROWS :]
        self._emitted_digests = "" if self.query else digests_of(row for _, row in self._last_rows)

    def _key(self, row: Row) -> tuple[Any, ...]:
        return tuple(str(row.get(key)) for key in self._keys)

    def recover_expired_cursor(self) -> bool:
        if "page[after]" not in (self.query or {}) or not self._can_restart:
            return False
        self._restart()
        return True


@dataclass
class RelatedRowCursor(TimeExportCursor):
    """Resumes as `TimeExportCursor`, and emits rows that the pages contain beside those of the export.

    Such a row has no time, and each page contains it to which one of its rows refers. A read emits it once, and again
    if it changes meanwhile. A later run emits it if it has changed, or if the run before has not received it. The read
    advances by the times of the export's rows.

    State: that of `TimeExportCursor`; `emitted` has the digests of the rows that the last run received.
    """

    def open(self, state: State, paginator: Paginator, keys: list[str]) -> IncrementalRead:
        """Start a read, or resume the one in the state."""
        return _RelatedRowRead(self, state, paginator, keys)


class _RelatedRowRead(_TimeExportRead):
    def __init__(self, cursor: RelatedRowCursor, state: State, paginator: Paginator, keys: list[str]) -> None:
        super().__init__(cursor, state, paginator, keys)
        self._earlier_digests = split_digests(state.get(EMITTED))
        # The digest of the last version of each row, by key; the rows of the current page are last.
        self._digests: dict[tuple[Any, ...], str] = {}

    def select_new(self, rows: list[Row]) -> list[Row]:
        new_rows: list[Row] = []
        self._already_emitted = []
        for row in rows:
            key, current = self._key(row), digest(row)
            last = self._digests.pop(key, None)
            self._digests[key] = current
            if last is None and current in self._earlier_digests:
                self._already_emitted.append(row)
            elif current != last:
                new_rows.append(row)
        return new_rows

    def advance(self, next_query: Query | None, response: ParsedResponse, page: PageRows) -> None:
        self._advance_time(response, page.cursor_rows)
        self.query = next_query
        self._emitted_digests = "" if next_query else join_digests(self._digests.values())
