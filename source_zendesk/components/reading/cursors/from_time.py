"""Exports that begin at a time."""

from collections.abc import Iterable
from typing import Any

from source_zendesk import times
from source_zendesk.components.reading.cursors.progress import Progress, until_present
from source_zendesk.components.reading.pagination.base import Query
from source_zendesk.components.requests.answer import Answer


class FromTime(Progress):
    """A read of an export from a time on, which Zendesk wants to be 65 seconds old.

    The time is held against our own clock, and against Zendesk's once that refuses it, or has answered.
    """

    _lag = 0

    def __init__(self, time: int, pagination: Any) -> None:
        self._time, self._pagination = time, pagination
        self._now = times.now()
        self._is_begun = False

    def begin(self, answer: Answer) -> None:
        """Bound the time of the state by Zendesk's clock."""
        if not self._is_begun:
            self._time = until_present(self._time, answer, times.YOUNGEST_START + self._lag, self._pagination.name)
        self._is_begun = True

    def _reached(self, values: Iterable[Any]) -> int | None:
        """The latest time of the values of a page, None where there is none.

        A time that is further ahead than any clock is wrong: a state that followed it would skip the pages to come.
        """
        latest = times.latest()
        found = [time for value in values if (time := times.epoch(value)) is not None and time <= latest]
        return max(found, default=None)

    def _from_time(self) -> Query:
        query: Query = self._pagination.first(min(self._time, self._now - times.YOUNGEST_START))
        return query

    def too_recent(self, now: int) -> bool:
        """Begin in time by a clock that is behind ours; False where the time was no later than that already."""
        if now >= self._now:
            return False
        self._now = now
        self.query = self._from_time()
        return True
