"""The cursor of lists that Zendesk returns between two dates, which can be in the future."""

from dataclasses import dataclass
from typing import NamedTuple

from source_zendesk import times
from source_zendesk.extract.cursors.base import Cursor, IncrementalRead, PageRows, State
from source_zendesk.extract.cursors.legacy_state import legacy_cursor_time
from source_zendesk.extract.cursors.list_cursor import PAGE
from source_zendesk.extract.cursors.offset_drift import OffsetDriftDetector
from source_zendesk.extract.extractors import Row
from source_zendesk.extract.paginator import Paginator, Query
from source_zendesk.http.response import ParsedResponse

DAY = times.DAY_IN_SECONDS
# With the day that a request adds at both ends, its dates are four weeks apart, which is never more than a month.
WINDOW_IN_SECONDS = 26 * DAY


class Window(NamedTuple):
    """The epoch seconds of two midnights; the window ends before the second one."""

    start: int
    end: int

    def contains(self, time: int) -> bool:
        """Whether a time is in the window."""
        return self.start <= time < self.end


@dataclass
class DateWindowCursor(Cursor):
    """Reads a list window by window, from the last run less `since_margin` seconds to `days_ahead` days from now.

    Zendesk returns the rows between the dates `since_parameter` and `until_parameter`, at most a month apart. It
    documents neither their time zone, nor whether the second date is included. So a request adds a day at both ends,
    and each window emits only the rows whose cursor field is in it. Rows without that field are always emitted.

    A row may change before its time and for `since_margin` seconds after it, so every run emits all rows from there on.
    If the rows of a window move between its pages, the window is read again, see `OffsetDriftDetector`.

    State: `{<cursor_field>: ISO time}` at which the last run began. During a read, it is the time of the earliest row
    to emit, with `page`, `started`, and, after the first page of a longer window, `drift`. A page number without
    `drift` restarts the window.
    """

    since_parameter: str = ""
    until_parameter: str = ""
    since_margin: int = 0
    days_ahead: int = 0

    @property
    def time_params(self) -> tuple[str, ...]:
        """The parameters of Zendesk's filter by date."""
        return self.since_parameter, self.until_parameter

    @property
    def server_filter(self) -> str:
        """The parameter with the first date."""
        return self.since_parameter

    def open(self, state: State, paginator: Paginator, keys: list[str]) -> IncrementalRead:
        """Start a read, or resume the one in the state."""
        return _DateWindowRead(self, state, paginator, keys)

    def start(self, state: State) -> int:
        """The epoch second of the earliest row to emit; in the past, whatever the state contains."""
        cursor_time = legacy_cursor_time(state, self.cursor_field)
        start = min(times.start_of(self.config) if cursor_time is None else cursor_time, times.now())
        return start if cursor_time is None or state.get("page") else max(start - self.since_margin, 0)

    def window_of(self, query: Query) -> Window | None:
        """The window of a query, None if its dates are not those of a window."""
        since, until = (times.epoch(query.get(name)) for name in self.time_params)
        if since is None or until is None or not -DAY <= since < until <= times.latest():
            return None
        return Window(since + DAY, until - DAY)

    def query_of(self, window: Window) -> Query:
        """The dates of the request for a window."""
        return {
            self.since_parameter: times.iso(window.start - DAY)[:10],
            self.until_parameter: times.iso(window.end + DAY)[:10],
        }


class _DateWindowRead(IncrementalRead):
    def __init__(self, cursor: DateWindowCursor, state: State, paginator: Paginator, keys: list[str]) -> None:
        self._cursor, self._paginator, self._keys = cursor, paginator, keys
        self._now, self._resume_state = times.now(), state
        self._bound, self._started = cursor.start(state), state.get("started")
        page: Query = state.get("page") or {}
        window = cursor.window_of(page)
        self._open(window or self._window_from(self._bound // DAY * DAY))
        if window and "drift" in state:
            self.query = page
            self._drift_detector.resume(state["drift"])

    def _open(self, window: Window) -> None:
        self._window, self.query = window, self._first_query(window)
        self._drift_detector = OffsetDriftDetector(self._paginator.name, self._keys)

    def _window_from(self, start: int) -> Window:
        return Window(start, min(start + WINDOW_IN_SECONDS, self._horizon))

    @property
    def _horizon(self) -> int:
        """The midnight at which the last window ends."""
        return (self._now // DAY + self._cursor.days_ahead + 1) * DAY

    def _first_query(self, window: Window) -> Query:
        return {**self._paginator.first_query(None), **self._cursor.query_of(window)}

    def complete(self, next_query: Query) -> Query:
        return {**self._cursor.query_of(self._window), **next_query}

    @property
    def state(self) -> State:  # type: ignore[override]
        if self._started is None:
            return self._resume_state
        if self.query is None:
            return {self._cursor.cursor_field: times.iso(self._started)}
        state = {self._cursor.cursor_field: times.iso(self._bound), "page": self.query, "started": self._started}
        position = self._drift_detector.position
        return {**state, "drift": position} if position else state

    def begin(self, response: ParsedResponse) -> None:
        self._started = response.requested_at if self._started is None else min(self._started, response.requested_at)
        # The later of the two clocks: rows between them would be missing.
        self._now = max(self._now, response.requested_at)

    def select_new(self, rows: list[Row]) -> list[Row]:
        field = self._cursor.cursor_field
        return self._drift_detector.select_new([row for row in rows if self._is_due(times.epoch(row.get(field)))])

    def _is_due(self, time: int | None) -> bool:
        return time is None or (time >= self._bound and self._window.contains(time))

    def advance(self, next_query: Query | None, response: ParsedResponse, page: PageRows) -> None:
        is_paged = next_query is not None or PAGE in (self.query or {}) or self._drift_detector.passes > 0
        if is_paged:
            self._drift_detector.record_page(response.requested_at, None, page.rows)
        if next_query is not None:
            self.query = self.complete(next_query)
        elif is_paged and self._drift_detector.should_restart():
            self.query, self.restarts = self._first_query(self._window), self.restarts + 1
        elif self._window.end < self._horizon:
            self._open(self._window_from(self._window.end))
        else:
            self.query = None
