"""Pages that come again."""

from typing import Any

from source_zendesk.components.pagination.base import Query
from source_zendesk.errors import PaginationError

MOST_TIMES = 2


class Repeats:
    """Refuses to go round in a loop: a page that was asked for already, or the same rows for the third time.

    Where a second fills a page, a time-based export gives its rows once by the time before and once by its own.
    """

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._asked: set[str] = set()
        self._previous: list[Any] = []
        self._times = 0

    def check(self, query: Query, following: Query | None, rows: list[Any]) -> None:
        """Note a page; raises `PaginationError` where the one after it would be no new one."""
        self._asked.add(_told(query))
        self._times = self._times + 1 if len(rows) > 1 and rows == self._previous else 0
        if following is not None and (_told(following) in self._asked or self._times == MOST_TIMES):
            raise PaginationError(
                self._stream,
                "Zendesk answered the same page again, so the rest of the rows cannot be reached",
                "Run the sync again; report it to Zendesk if it stays",
            )
        self._previous = rows

    def forget(self) -> None:
        """Let pages come again, since the read goes back to some it has had."""
        self._asked.clear()
        self._previous = []


def _told(query: Query) -> str:
    return repr(sorted(query.items()))
