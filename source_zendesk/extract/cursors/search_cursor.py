"""The cursor of searches by the time of the last change."""

from dataclasses import dataclass

from source_zendesk import times
from source_zendesk.extract.cursors.base import Cursor, IncrementalRead, ListRead, PageRows, State, cap_at_present
from source_zendesk.extract.cursors.legacy_state import legacy_cursor_time
from source_zendesk.extract.extractors import Row
from source_zendesk.extract.paginator import Paginator, Query
from source_zendesk.http.response import ParsedResponse

# A window of this size can be read within one hour, after which Zendesk's cursors expire.
WINDOW_IN_SECONDS = 30 * times.DAY_IN_SECONDS
# The search index lags behind the rows by minutes.
INDEX_IN_SECONDS = 3600


@dataclass
class SearchCursor(Cursor):
    """Searches for the rows that changed since the state, in windows of thirty days; the last window has no end.

    The next run starts `ticket_search_lookback_days` before the state, to read rows that were indexed late.

    State: `{<cursor_field>: ISO time}` up to which every row was read; inside a window also `page` and `started`.
    """

    @property
    def server_filter(self) -> str:
        """The condition of the search."""
        return "updated>="

    def open(self, state: State, paginator: Paginator, keys: list[str]) -> IncrementalRead:
        """Start a read, or resume the one in the state."""
        return _SearchRead(self, state, paginator)

    def start(self, state: State) -> int:
        """The epoch second at which the search starts."""
        cursor_time = legacy_cursor_time(state, self.cursor_field)
        if cursor_time is None:
            return times.start_of(self.config)
        days: int = self.config.get("ticket_search_lookback_days", 1)
        return (
            cursor_time
            if state.get("page")
            else max(cursor_time - max(days * times.DAY_IN_SECONDS, INDEX_IN_SECONDS), 0)
        )


class _SearchRead(ListRead):
    def __init__(self, cursor: SearchCursor, state: State, paginator: Paginator) -> None:
        self._field, self._paginator = cursor.cursor_field, paginator
        self._start, self._now = cursor.start(state), times.now()
        self._started: int | None = state.get("started")
        self.query: Query | None = state.get("page") or self._first_query()

    @property
    def _end(self) -> int | None:
        """The end of the window, None for the last window, which has no end."""
        end = self._start + WINDOW_IN_SECONDS
        return end if end < self._now - INDEX_IN_SECONDS else None

    def _search(self) -> Query:
        until = "" if self._end is None else f" updated<{times.iso(self._end)}"
        return {"query": f"updated>={times.iso(self._start)}{until}"}

    def _first_query(self) -> Query:
        return {**self._paginator.first_query(None), **self._search()}

    def complete(self, next_query: Query) -> Query:
        return {"query": (self.query or {})["query"], **next_query}

    @property
    def state(self) -> State:  # type: ignore[override]
        state: State = {self._field: times.iso(self._start)}
        if self._started is None:
            return state
        return {**state, "page": self.query, "started": self._started}

    def begin(self, response: ParsedResponse) -> None:
        self._start = cap_at_present(self._start, response, INDEX_IN_SECONDS, self._paginator.name)
        # The earlier of Zendesk's clock and this machine's: either may be ahead, and rows between them would be lost.
        requested_at = min(response.requested_at, times.now())
        self._started = requested_at if self._started is None else min(self._started, requested_at)

    def select_new(self, rows: list[Row]) -> list[Row]:
        """The rows of this window, and rows that changed after they were indexed in it."""
        return [row for row in rows if self._is_due(times.epoch(row.get(self._field)))]

    def _is_due(self, time: int | None) -> bool:
        if time is None or time > self._now - INDEX_IN_SECONDS:
            return True
        return self._start <= time and (self._end is None or time < self._end)

    def advance(self, next_query: Query | None, response: ParsedResponse, page: PageRows) -> None:
        # A window that ends in the future by Zendesk's clock is not over, even if it is by this machine's.
        self._now = min(self._now, response.requested_at)
        if next_query is not None:
            self.query = self.complete(next_query)
            return
        end = self._end
        self._start = max(self._start, self._started or response.requested_at) if end is None else end
        self._started = None
        self.query = None if end is None else self._first_query()
