"""Lists that are read through on every run."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from source_zendesk import times
from source_zendesk.extract.cursors.base import IncrementalRead, ListRead, State, cap_at_present
from source_zendesk.extract.cursors.legacy_state import legacy_cursor_time
from source_zendesk.extract.cursors.offset_drift import OffsetDriftDetector
from source_zendesk.extract.extractors import Row
from source_zendesk.extract.paginators import Paginator, Query
from source_zendesk.http.response import ParsedResponse

PAGE = "page"


@dataclass
class ListCursor:
    """Reads a list and emits the rows whose `cursor_field` is not older than the state, and those that have none.

    Without a `cursor_field` every row is emitted on every run. `lag` seconds before the newest row are read again,
    since rows can show late. `newest_first` stops at the first page without a new row. `since_parameter` hands the time
    to Zendesk, as epoch seconds, ISO 8601 where `since_format` is `iso`, or the two ends of a range where it is
    `range`, or `milliseconds`, less `since_margin` seconds where Zendesk filters by another time than `cursor_field`,
    of which `emits_all` emits whatever it then gives. These lists, and
    those newest first, begin at `start_date`, or `first_days` back where there is none; all others are complete on
    their first run. `changes_query` asks for the newest rows first once there is a state, and the read stops as
    `newest_first` does; whole, a list is read as it comes, since rows that change meanwhile move to a front that lies
    behind.

    A list in offset pages is read again where its rows moved, see `OffsetDriftDetector`.

    State: `{<cursor_field>: ISO time}`, and in the middle of a list `page`, `high` and `started` besides, with `count`
    where the pages are told by number; those without it cannot be gone on with.
    """

    config: Mapping[str, Any]
    cursor_field: str = ""
    lag: int = 60
    newest_first: bool = False
    since_parameter: str = ""
    since_format: str = "epoch"
    since_margin: int = 0
    first_days: int = times.HISTORY_IN_DAYS
    emits_all: bool = False
    changes_query: dict[str, str] = field(default_factory=dict)

    @property
    def optional_params(self) -> tuple[str, ...]:
        """Zendesk's filter by time, which `keep` repeats, and the order that lets a read stop early."""
        return (*([self.since_parameter] if self.since_parameter else []), *self.changes_query)

    def for_all_rows(self) -> "ListCursor":
        """The cursor for who needs every row on every run; a list that is bound by `start_date` stays so."""
        return self if self.newest_first or self.since_parameter else replace(self, cursor_field="")

    def open(self, state: State, paginator: Paginator, keys: list[str]) -> IncrementalRead:
        """Begin a read, or go on with the one in the state."""
        return _ListCursorRead(self, state, paginator, keys)

    def since_query(self, since: int) -> Query:
        """The part of the query that leaves rows older than `since` out."""
        if not self.since_parameter:
            return {}
        since = max(min(since, times.now()) - self.since_margin, 0)
        if self.since_format == "range":
            return {self.since_parameter: [times.iso(since), times.iso(times.now() + 86400)]}
        if self.since_format == "milliseconds":
            return {self.since_parameter: since * 1000}
        return {self.since_parameter: times.iso(since) if self.since_format == "iso" else since}


class _ListCursorRead(ListRead):
    def __init__(self, cursor: ListCursor, state: State, paginator: Paginator, keys: list[str]) -> None:
        self._cursor = cursor
        self._bound = legacy_cursor_time(state, cursor.cursor_field)
        # When page one was asked for; what changes later may have been on it.
        self._started: int | None = state.get("started")
        self._max_cursor: int | None = state.get("high")
        if self._bound is None and (cursor.newest_first or cursor.since_parameter):
            self._bound = times.start_of(cursor.config, cursor.first_days)
        self._stops = cursor.newest_first
        self._since = cursor.since_query(self._bound or 0)
        if self._bound is not None and cursor.changes_query:
            self._since, self._stops = dict(cursor.changes_query), True
        self._paginator = paginator
        page, count = state.get("page") or self._first_query(), state.get("count")
        self.query = self._first_query() if PAGE in page and count is None else page
        self._watch = OffsetDriftDetector(paginator.name, keys, count, None if count is None else self._started)

    def _first_query(self) -> Query:
        return {**self._paginator.first_query(None), **self._since}

    @property
    def state(self) -> State:  # type: ignore[override]
        if self.query is None:
            return self._final_state()
        count = self._watch.count if PAGE in self.query else None
        positions = {"started": self._started, "high": self._max_cursor, "count": count}
        state: State = {"page": self.query, **{name: value for name, value in positions.items() if value is not None}}
        if self._bound is not None:
            state[self._cursor.cursor_field] = times.iso(self._bound)
        return state

    def _final_state(self) -> State:
        if not self._cursor.cursor_field:
            return {}
        bounds = [] if self._bound is None else [self._bound]
        if self._max_cursor is not None and self._started is not None:
            bounds.append(max(min(self._max_cursor, self._started) - self._cursor.lag, 0))
        return {self._cursor.cursor_field: times.iso(max(bounds))} if bounds else {}

    def begin(self, answer: ParsedResponse) -> None:
        self._started = answer.requested_at if self._started is None else min(self._started, answer.requested_at)
        if self._bound is not None:
            self._bound = cap_at_present(self._bound, answer, self._cursor.lag, self._paginator.name)

    def select_new(self, rows: list[Row]) -> list[Row]:
        return self._watch.select_new(self._newer_than_state(rows))

    def _newer_than_state(self, rows: list[Row]) -> list[Row]:
        field, bound = self._cursor.cursor_field, self._bound
        if not field or bound is None or self._cursor.emits_all:
            return rows
        return [row for row in rows if (time := times.epoch(row.get(field))) is None or time >= bound]

    def select_already_emitted(self, rows: list[Row]) -> list[Row]:
        young = set(map(id, self._newer_than_state(rows)))
        return [row for row in rows if id(row) not in young]

    def advance(self, following: Query | None, answer: ParsedResponse, rows: list[Row], clock: list[Row]) -> None:
        field = self._cursor.cursor_field
        seen = [time for row in rows if (time := times.epoch(row.get(field))) is not None] if field else []
        if seen:
            self._max_cursor = min(max(*seen, self._max_cursor or 0, 0), answer.requested_at)
        stops = self._stops and self._cursor.changes_query.keys().isdisjoint(self.refused_params)
        ended = stops and rows and seen == sorted(seen, reverse=True) and not self._newer_than_state(rows)
        is_offset = PAGE in (following or {}) or PAGE in (self.query or {}) or self._watch.passes > 0
        if is_offset:
            self._watch.record_page(answer, rows)
        self.query = None if ended or following is None else {**self._since, **following}
        if is_offset and self.query is None and self._watch.should_restart():
            self.query, self.restarts = self._first_query(), self.restarts + 1
