"""Pages that come again."""

from typing import Any

from source_zendesk.components.pagination.base import Query
from source_zendesk.errors import PaginationError


class Repeats:
    """Refuses to go round in a loop: a page that was asked for already, or the rows of the page before once more."""

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._asked: set[str] = set()
        self._previous: list[Any] = []

    def check(self, query: Query, following: Query | None, rows: list[Any]) -> None:
        """Note a page; raises `PaginationError` where the one after it would be no new one."""
        self._asked.add(_told(query))
        if following is not None and (_told(following) in self._asked or (len(rows) > 1 and rows == self._previous)):
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
