"""Base classes of the cursors."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable
from typing import Any

from source_zendesk import times
from source_zendesk.extract.extractors import Row
from source_zendesk.extract.paginators import Query
from source_zendesk.http.response import ParsedResponse

State = dict[str, Any]
LOGGER = logging.getLogger("airbyte")
# Servers of one account may differ by some seconds.
UNREMARKABLE_SECONDS = 60


def cap_at_present(time: int, answer: ParsedResponse, lag: int, stream: str) -> int:
    """The time of a state, but no later than Zendesk's present; a later one becomes the present less `lag` seconds.

    Otherwise rows that change before that time would be lost.
    """
    if time <= answer.requested_at:
        return time
    present = max(answer.requested_at - lag, 0)
    if time > answer.requested_at + UNREMARKABLE_SECONDS:
        LOGGER.warning(
            "Stream %s: its state has the time %s, which is later than Zendesk's clock; going on from %s",
            stream, times.iso(time), times.iso(present),
        )  # fmt: skip
    return present


class IncrementalRead(ABC):
    """How far one read has come.

    `query` asks for the next page, None when there is none; `state` resumes the read at that page. `restarts` counts
    how often it went back to pages that it has had. `refused` are the query parameters that Zendesk does not know here.
    Not shared between threads.
    """

    query: Query | None
    state: State
    restarts = 0
    refused_params: Collection[str] = ()

    def begin(self, answer: ParsedResponse) -> None:  # noqa: B027  # most need no more than the query
        """Note that the page at hand was answered, before anything is taken from it."""

    @abstractmethod
    def select_new(self, rows: list[Row]) -> list[Row]:
        """The rows of the page at hand that are to be emitted."""

    def select_already_emitted(self, rows: list[Row]) -> list[Row]:
        """The rows of the page at hand that are not emitted because an earlier run has emitted them."""
        return []

    @abstractmethod
    def advance(self, following: Query | None, answer: ParsedResponse, rows: list[Row], clock: list[Row]) -> None:
        """Put the page at hand behind; `following` asks for the one after it, `clock` are the rows that tell time."""

    def recover_expired_cursor(self) -> bool:
        """Try a cursor that Zendesk refuses once more, then forget it and go back to the time or the beginning.

        False where there is nothing to forget.
        """
        return False

    def retry_earlier(self, now: int) -> bool:
        """Begin earlier, since Zendesk refuses the time as too near to its `now`; False where there is none to move."""
        return False


# The parameters that name a place in a list which may no longer be there; page numbers always are.
CURSORS = frozenset({"page[after]", "page[before]", "cursor"})
# A list whose cursors keep expiring is too slow to be read to its end.
MAX_RESTARTS = 3


class ListRead(IncrementalRead):
    """A read of a list from its first page on, and again from there when a page cursor no longer holds."""

    _retried_query: Query | None = None

    @abstractmethod
    def _first_query(self) -> Query:
        """What asks for the first page."""

    def recover_expired_cursor(self) -> bool:
        """Try the cursor once more, then begin again; False where there is none, or after too many beginnings."""
        if self.restarts >= MAX_RESTARTS or not CURSORS.intersection(self.query or ()):
            return False
        if self.query != self._retried_query:
            self._retried_query = self.query
            return True
        self.query, self.restarts = self._first_query(), self.restarts + 1
        return True


class ExportRead(IncrementalRead):
    """A read of an export from a time on, which Zendesk wants to be 65 seconds old.

    The time is held against our own clock, and against Zendesk's once that refuses it, or has answered.
    """

    _lag = 0

    def __init__(self, time: int, paginator: Any) -> None:
        self._time, self._paginator = time, paginator
        self._now = times.now()
        self._is_begun = False

    def begin(self, answer: ParsedResponse) -> None:
        """Bound the time of the state by Zendesk's clock."""
        if not self._is_begun:
            self._time = cap_at_present(self._time, answer, times.YOUNGEST_START + self._lag, self._paginator.name)
        self._is_begun = True

    def _reached(self, values: Iterable[Any]) -> int | None:
        """The latest time of the values of a page, None where there is none.

        A time that is further ahead than any clock is wrong: a state that followed it would skip the pages to come.
        """
        latest = times.latest()
        found = [time for value in values if (time := times.epoch(value)) is not None and time <= latest]
        return max(found, default=None)

    def _query_from_time(self) -> Query:
        query: Query = self._paginator.first_query(min(self._time, self._now - times.YOUNGEST_START))
        return query

    def retry_earlier(self, now: int) -> bool:
        """Begin in time by a clock that is behind ours; False where the time was no later than that already."""
        if now >= self._now:
            return False
        self._now = now
        self.query = self._query_from_time()
        return True
