"""Base classes of the cursors."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from source_zendesk import times
from source_zendesk.extract.extractors import Row
from source_zendesk.extract.paginator import Query
from source_zendesk.http.response import ParsedResponse
from source_zendesk.manifest.definitions import build_component

State = dict[str, Any]
LOGGER = logging.getLogger("airbyte")
# The clocks of one account's servers may differ by some seconds.
UNREMARKABLE_SECONDS = 60


def cap_at_present(time: int, response: ParsedResponse, lag: int, stream: str) -> int:
    """The time of a state; a time later than Zendesk's clock becomes the present less `lag` seconds.

    Otherwise, rows that change before that time would be lost.
    """
    if time <= response.requested_at:
        return time
    present = max(response.requested_at - lag, 0)
    if time > response.requested_at + UNREMARKABLE_SECONDS:
        LOGGER.warning(
            "Stream %s: the time %s of its state is later than Zendesk's clock; resuming at %s",
            stream, times.iso(time), times.iso(present),
        )  # fmt: skip
    return present


@dataclass(frozen=True)
class PageRows:
    """The rows of a response: all of them, the rows that advance the read, and the new rows as records.

    `reported_count` is Zendesk's count of the whole list, None if the response has none.
    """

    rows: list[Row]
    cursor_rows: list[Row]
    new_rows: list[Row] = field(default_factory=list)
    reported_count: int | None = None


class IncrementalRead(ABC):
    """The progress of one read. Not thread-safe.

    `query` requests the next page, None after the last; `state` resumes the read at that page. `restarts` is the number
    of times that the read returned to earlier pages. `refused_params` are query parameters that Zendesk refuses here.
    `first_read_at` is the epoch second at which a first read began, also if an earlier run began it: it requested all
    its rows later. It is 0 if an earlier run reached the end.
    """

    query: Query | None
    state: State
    restarts = 0
    first_read_at = 0
    refused_params: Collection[str] = ()

    def complete(self, next_query: Query) -> Query:
        """The query of a page with the parameters that this read adds to those of its paginator."""
        return next_query

    def begin(self, response: ParsedResponse) -> None:  # noqa: B027  # most need no more than the query
        """Record the response to the current page, before its rows are extracted."""

    @abstractmethod
    def select_new(self, rows: list[Row]) -> list[Row]:
        """The rows of the current page to emit."""

    def select_already_emitted(self, rows: list[Row]) -> list[Row]:
        """The rows of the current page that an earlier run has emitted."""
        return []

    @abstractmethod
    def advance(self, next_query: Query | None, response: ParsedResponse, page: PageRows) -> None:
        """Advance past the current page; `next_query` requests the next."""

    def recover_expired_cursor(self) -> bool:
        """After a refusal, retry the cursor once, then drop it and restart from the time or the first page.

        False if the read has no cursor to drop.
        """
        return False

    def retry_earlier(self, now: int) -> bool:
        """Start earlier, since Zendesk refuses a time this close to its `now`; False if the read has no such time."""
        return False


@dataclass
class Cursor(ABC):
    """Starts the reads of a stream."""

    config: Mapping[str, Any]
    cursor_field: str = ""

    @staticmethod
    def from_definition(definition: Mapping[str, Any], config: Mapping[str, Any], cursor_field: str) -> "Cursor":
        """The cursor of a definition of the manifest: its `class_name` with its options.

        A definition without a `cursor_field` has that of the stream. The CDK has no custom component for cursors.
        """
        cursor: Cursor = build_component({"cursor_field": cursor_field, **definition}, config=config)
        return cursor

    @property
    def optional_params(self) -> tuple[str, ...]:
        """The query parameters that only save requests: the connector filters by the same condition itself."""
        return ()

    @property
    def time_params(self) -> tuple[str, ...]:
        """The query parameters whose values are times of the read."""
        return ()

    @property
    @abstractmethod
    def server_filter(self) -> str:
        """By what a read with a state requests only changes; empty if it requests every row and filters them itself."""

    def for_all_rows(self) -> "Cursor":
        """The cursor without incremental filtering; a filter by `start_date` remains."""
        return self

    def reads_whole_list(self, state: State) -> bool:
        """Whether a read that starts at this state emits every row of a list, as far as Zendesk does not filter it."""
        return False

    def for_volatile_rows(self) -> "Cursor":
        """The cursor for rows that can change without their cursor field: emits every row that it requests anyway."""
        return self

    @abstractmethod
    def open(self, state: State, paginator: Any, keys: list[str]) -> IncrementalRead:
        """Start a read, or resume the one in the state."""


# The parameters with cursors, which can expire; page numbers cannot.
CURSORS = frozenset({"page[after]", "page[before]", "cursor"})
# If the cursors of a list, or of an export at one second of its rows, keep expiring, the read cannot reach its end.
MAX_RESTARTS = 3


class ListRead(IncrementalRead):
    """A read of a list from its first page on; restarts there if a page cursor expires."""

    _retried_query: Query | None = None

    @abstractmethod
    def _first_query(self) -> Query:
        """The query of the first page."""

    def recover_expired_cursor(self) -> bool:
        """Retry the cursor once, then restart; False without a cursor, or after too many restarts."""
        if self.restarts >= MAX_RESTARTS or not CURSORS.intersection(self.query or ()):
            return False
        if self.query != self._retried_query:
            self._retried_query = self.query
            return True
        self.query, self.restarts = self._first_query(), self.restarts + 1
        return True


class ExportRead(IncrementalRead):
    """A read of an export from a time on, which must lie some seconds in the past (`youngest_start` of the paginator).

    The time is compared with this machine's clock, and with Zendesk's after its first response or refusal.
    """

    _lag = 0

    def __init__(self, time: int, paginator: Any) -> None:
        self._time, self._paginator = time, paginator
        self._now = times.now()
        self._is_started = False
        self._restarts_at: dict[int, int] = {}

    def begin(self, response: ParsedResponse) -> None:
        """Limit the time of the state to Zendesk's clock."""
        if not self._is_started:
            self._time = cap_at_present(
                self._time, response, self._paginator.youngest_start + self._lag, self._paginator.name
            )
        self._is_started = True

    def _latest_time(self, values: Iterable[Any]) -> int | None:
        """The latest time among the values of a page, None if there is none.

        Ignores times later than any clock: a state with such a time would skip the next pages.
        """
        latest = times.latest()
        valid = [time for value in values if (time := times.epoch(value)) is not None and time <= latest]
        return max(valid, default=None)

    def _query_from_time(self) -> Query:
        query: Query = self._paginator.first_query(min(self._time, self._now - self._paginator.youngest_start))
        return query

    @property
    def _can_restart(self) -> bool:
        """Whether the read has not restarted too often at its current time."""
        return self._restarts_at.get(self._time, 0) < MAX_RESTARTS

    def _restart(self) -> None:
        """Restart from the time of the read, without the expired cursor."""
        self._restarts_at = {self._time: self._restarts_at.get(self._time, 0) + 1}
        self.restarts += 1
        self.query = self._query_from_time()

    def retry_earlier(self, now: int) -> bool:
        """Start by Zendesk's clock if that is behind this machine's; False if the time was early enough."""
        if now >= self._now:
            return False
        self._now = now
        self.query = self._query_from_time()
        return True
