"""Searches by the time of the last change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from source_zendesk import times
from source_zendesk.extract.cursors.base import IncrementalRead, ListRead, State, cap_at_present
from source_zendesk.extract.cursors.legacy_state import legacy_cursor_time
from source_zendesk.extract.extractors import Row
from source_zendesk.extract.paginators import Paginator, Query
from source_zendesk.http.response import ParsedResponse

# Small enough for a window to be read within the hour for which Zendesk keeps a cursor.
WINDOW_IN_SECONDS = 30 * times.DAY_IN_SECONDS
# The index follows the rows within minutes.
INDEX_IN_SECONDS = 3600


@dataclass
class SearchCursor:
    """Searches for the rows that changed since the state, thirty days at a time, the last of them without an end.

    Rows that the index showed late come with the next run, which begins `ticket_search_lookback_days` before the state.

    State: `{<cursor_field>: ISO time}`, up to which every row came, and in the middle of thirty days `page` and
    `started` besides.
    """

    config: Mapping[str, Any]
    cursor_field: str = ""

    @property
    def optional_params(self) -> tuple[str, ...]:
        """The search itself cannot be left out."""
        return ()

    def open(self, state: State, paginator: Paginator, keys: list[str]) -> IncrementalRead:
        """Begin a read, or go on with the one in the state."""
        return _SearchRead(self, state, paginator)

    def start(self, state: State) -> int:
        """Epoch seconds from which on rows are searched for."""
        saved = legacy_cursor_time(state, self.cursor_field)
        if saved is None:
            return times.start_of(self.config)
        days: int = self.config["ticket_search_lookback_days"]
        return saved if state.get("page") else max(saved - max(days * times.DAY_IN_SECONDS, INDEX_IN_SECONDS), 0)


class _SearchRead(ListRead):
    def __init__(self, cursor: SearchCursor, state: State, paginator: Paginator) -> None:
        self._field, self._paginator = cursor.cursor_field, paginator
        self._start, self._now = cursor.start(state), times.now()
        self._started: int | None = state.get("started")
        self.query: Query | None = state.get("page") or self._first_query()

    @property
    def _end(self) -> int | None:
        """Where the thirty days end, None for the last, which end when the server says."""
        end = self._start + WINDOW_IN_SECONDS
        return end if end < self._now - INDEX_IN_SECONDS else None

    def _search(self) -> Query:
        until = "" if self._end is None else f" updated<{times.iso(self._end)}"
        return {"query": f"updated>={times.iso(self._start)}{until}"}

    def _first_query(self) -> Query:
        return {**self._paginator.first_query(None), **self._search()}

    @property
    def state(self) -> State:  # type: ignore[override]
        state: State = {self._field: times.iso(self._start)}
        if self._started is None:
            return state
        return {**state, "page": self.query, "started": self._started}

    def begin(self, answer: ParsedResponse) -> None:
        self._start = cap_at_present(self._start, answer, INDEX_IN_SECONDS, self._paginator.name)
        self._started = answer.requested_at if self._started is None else min(self._started, answer.requested_at)

    def select_new(self, rows: list[Row]) -> list[Row]:
        """The rows of these thirty days, and those that changed since the index found them there."""
        return [row for row in rows if self._is_due(times.epoch(row.get(self._field)))]

    def _is_due(self, time: int | None) -> bool:
        if time is None or time > self._now - INDEX_IN_SECONDS:
            return True
        return self._start <= time and (self._end is None or time < self._end)

    def advance(self, following: Query | None, answer: ParsedResponse, rows: list[Row], clock: list[Row]) -> None:
        # Days that are to come by Zendesk's clock are not over, whatever ours says.
        self._now = min(self._now, answer.requested_at)
        if following is not None:
            self.query = {"query": (self.query or {})["query"], **following}
            return
        end = self._end
        self._start = max(self._start, self._started or answer.requested_at) if end is None else end
        self._started = None
        self.query = None if end is None else self._first_query()
