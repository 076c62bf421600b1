"""The cursor of lists that every run reads in full."""

from dataclasses import dataclass, field, replace

from source_zendesk import json_values, times
from source_zendesk.extract.cursors.base import Cursor, IncrementalRead, ListRead, PageRows, State, cap_at_present
from source_zendesk.extract.cursors.legacy_state import legacy_cursor_time
from source_zendesk.extract.cursors.offset_drift import TIME_FIELDS, OffsetDriftDetector
from source_zendesk.extract.extractors import Row
from source_zendesk.extract.paginator import Paginator, Query
from source_zendesk.http.response import ParsedResponse

PAGE = "page"


@dataclass
class ListCursor(Cursor):
    """Reads a list and emits the rows whose `cursor_field` is not older than the state, and rows without that field.

    - Without `cursor_field`, every run emits every row.
    - `lag`: seconds before the newest row that the next run reads again, since rows can appear late.
    - `newest_first`: the read stops at the first page without a new row.
    - `since_parameter`: the query parameter by which Zendesk filters by time, in `since_format` (`epoch`, `iso`,
      `milliseconds`, or `range` for two ISO times). `since_margin` seconds are subtracted if Zendesk filters by another
      time than `cursor_field`. With `until_parameter`, the list ends at the time of the first request, so that rows
      that are created meanwhile do not move its pages.
    - `emits_all`: all returned rows are emitted. If Zendesk filters by time, `since_margin` covers their later changes.
    - `first_days`: without a `start_date`, a first read with `since_parameter` or `newest_first` starts so many days
      back. All other lists are read in full.
    - `pages_overlap`: drops the rows that the previous page contains too.
    - `changes_query`: if there is a state, requests the newest rows first and stops like `newest_first`. A first read
      does not use it: rows that change meanwhile would move to the front, which the read has passed.

    A list with offset pages is read again if its rows move between pages, see `OffsetDriftDetector`; with
    `single_pass`, it is read once.

    State: `{<cursor_field>: ISO time}`; in the middle of a list also `page`, `high` and `started`. With page numbers,
    it also has `count`, or `drift` if the list has no count. A state with a page number and neither of them restarts
    the list. A read of the newest changes has no `drift`.
    """

    lag: int = 60
    newest_first: bool = False
    since_parameter: str = ""
    since_format: str = "epoch"
    since_margin: int = 0
    until_parameter: str = ""
    first_days: int = times.HISTORY_IN_DAYS
    emits_all: bool = False
    single_pass: bool = False
    pages_overlap: bool = False
    changes_query: dict[str, str] = field(default_factory=dict)

    @property
    def optional_params(self) -> tuple[str, ...]:
        """Zendesk's filter by time, which `select_new` repeats, and the order that lets a read stop early."""
        return (*([self.since_parameter] if self.since_parameter else []), *self.changes_query)

    @property
    def time_params(self) -> tuple[str, ...]:
        """The parameters of Zendesk's filter by time."""
        return tuple(filter(None, (self.since_parameter, self.until_parameter)))

    @property
    def server_filter(self) -> str:
        """The filter by time or the order with which a read stops early; empty without either."""
        order = ", ".join(f"{name}={value}" for name, value in self.changes_query.items())
        return self.since_parameter or order or ("newest first" if self.newest_first else "")

    def for_all_rows(self) -> "ListCursor":
        """The same cursor if it filters by `start_date`, otherwise one that emits every row."""
        return self if self.newest_first or self.since_parameter else replace(self, cursor_field="")

    def reads_whole_list(self, state: State) -> bool:
        """True without a state, unless the read stops at `start_date`."""
        return not state and not self.newest_first

    def for_volatile_rows(self) -> "ListCursor":
        """The same cursor if its reads request only changes, otherwise one that emits every row and keeps its state."""
        return self if self.server_filter else replace(self, emits_all=True)

    def open(self, state: State, paginator: Paginator, keys: list[str]) -> IncrementalRead:
        """Start a read, or resume the one in the state."""
        return _ListCursorRead(self, state, paginator, keys)

    def since_query(self, since: int) -> Query:
        """The query parameters that exclude rows older than `since`."""
        if not self.since_parameter:
            return {}
        since = max(min(since, times.now()) - self.since_margin, 0)
        if self.until_parameter:
            return {self.since_parameter: times.iso(since), self.until_parameter: times.iso(times.now())}
        if self.since_format == "range":
            return {self.since_parameter: [times.iso(since), times.iso(times.now() + 86400)]}
        if self.since_format == "milliseconds":
            return {self.since_parameter: since * 1000}
        return {self.since_parameter: times.iso(since) if self.since_format == "iso" else since}


class _ListCursorRead(ListRead):
    _previous_page: frozenset[bytes] = frozenset()

    def __init__(self, cursor: ListCursor, state: State, paginator: Paginator, keys: list[str]) -> None:
        self._cursor, self._paginator = cursor, paginator
        # The request time of page one; rows that change later may have been on it.
        self._started: int | None = state.get("started")
        self._max_cursor: int | None = state.get("high")
        self._bound = legacy_cursor_time(state, cursor.cursor_field)
        if self._bound is None and (cursor.newest_first or cursor.since_parameter):
            self._bound = times.start_of(cursor.config, cursor.first_days)
        requests_changes = self._bound is not None and bool(cursor.changes_query)
        self._stops_early, self._is_newest_first = cursor.newest_first or requests_changes, requests_changes
        self._fixed_params = dict(cursor.changes_query) if requests_changes else self._time_query(state)
        # Passes over the newest changes are compared by keys, which the state does not contain.
        count, drift = state.get("count"), None if requests_changes else state.get("drift")
        page = state.get("page") or self._first_query()
        self.query = self._first_query() if PAGE in page and count is None and drift is None else page
        fields = (*TIME_FIELDS, *([cursor.cursor_field] if cursor.cursor_field else []))
        started = None if count is None else self._started
        self._drift_detector = OffsetDriftDetector(paginator.name, keys, count, started, fields)
        if drift is not None:
            self._drift_detector.resume(drift)

    def _first_query(self) -> Query:
        return {**self._paginator.first_query(None), **self._fixed_params}

    def _time_query(self, state: State) -> Query:
        """The filter by time; that of the state's page if there is one, because its cursor is valid for no other."""
        page = state.get("page") or {}
        own = {name: page[name] for name in self._cursor.time_params if name in page}
        return own or self._cursor.since_query(self._bound or 0)

    def complete(self, next_query: Query) -> Query:
        return {**self._fixed_params, **next_query}

    @property
    def state(self) -> State:  # type: ignore[override]
        if self.query is None:
            return self._final_state()
        count = self._drift_detector.count if PAGE in self.query else None
        drift = None if self._is_newest_first else self._drift_detector.position
        positions = {"started": self._started, "high": self._max_cursor, "count": count, "drift": drift}
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

    def begin(self, response: ParsedResponse) -> None:
        self._started = response.requested_at if self._started is None else min(self._started, response.requested_at)
        if self._bound is not None:
            self._bound = cap_at_present(self._bound, response, self._cursor.lag, self._paginator.name)

    def select_new(self, rows: list[Row]) -> list[Row]:
        newer = self._drift_detector.select_new(self._newer_than_state(rows))
        if not self._previous_page:
            return newer
        return [row for row in newer if json_values.dumps(row) not in self._previous_page]

    def _newer_than_state(self, rows: list[Row]) -> list[Row]:
        field, bound = self._cursor.cursor_field, self._bound
        if not field or bound is None or self._cursor.emits_all:
            return rows
        return [row for row in rows if (time := times.epoch(row.get(field))) is None or time >= bound]

    def select_already_emitted(self, rows: list[Row]) -> list[Row]:
        newer = set(map(id, self._newer_than_state(rows)))
        return [row for row in rows if id(row) not in newer]

    def advance(self, next_query: Query | None, response: ParsedResponse, page: PageRows) -> None:
        rows, cursor_times = page.rows, self._cursor_times(page.rows)
        if self._cursor.pages_overlap:
            self._previous_page = frozenset(map(json_values.dumps, rows))
        if cursor_times:
            self._max_cursor = min(max(*cursor_times, self._max_cursor or 0, 0), response.requested_at)
        stops_early = self._stops_early and self._cursor.changes_query.keys().isdisjoint(self.refused_params)
        is_sorted = stops_early and cursor_times == sorted(cursor_times, reverse=True)
        newer = self._newer_than_state(rows) if is_sorted else rows
        is_end = is_sorted and rows and not newer
        self._is_newest_first &= is_sorted
        detects_drift = self._detects_drift(next_query)
        if detects_drift:
            rows = newer if self._is_newest_first else rows
            self._drift_detector.record_page(response.requested_at, page.reported_count, rows)
        self.query = None if is_end or next_query is None else self.complete(next_query)
        ends_pass = detects_drift and self.query is None
        if ends_pass and self._drift_detector.should_restart(is_newest_first=self._is_newest_first):
            self.query, self.restarts = self._first_query(), self.restarts + 1

    def _cursor_times(self, rows: list[Row]) -> list[int]:
        field = self._cursor.cursor_field
        return [time for row in rows if (time := times.epoch(row.get(field))) is not None] if field else []

    def _detects_drift(self, next_query: Query | None) -> bool:
        """Whether the list has offset pages and may be read again."""
        is_offset = PAGE in (next_query or {}) or PAGE in (self.query or {}) or self._drift_detector.passes > 0
        return is_offset and not self._cursor.single_pass
