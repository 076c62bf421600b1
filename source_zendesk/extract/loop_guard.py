"""A guard against pagination loops."""

from typing import Any

from source_zendesk import json_values
from source_zendesk.errors import PaginationError
from source_zendesk.extract.paginators import Query

MAX_REPEATS = 2
# Pages without a row are no end, but so many of them lead nowhere.
MAX_EMPTY_PAGES = 100


class PaginationLoopGuard:
    """Refuses to go round in a loop: a page that was asked for already, or the same rows for the third time.

    Empty pages are no end, and no more are pages that came before, in whatever order; a hundred of them in a row are
    refused as well. Pages are told apart by their length, their first row and their last.
    Where a second fills a page, a time-based export gives its rows once by the time before and once by its own.
    """

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._asked: set[str] = set()
        self._previous: list[Any] = []
        self._times = self._barren = 0
        self._looks = {_page_key([])}

    def check(self, query: Query, following: Query | None, rows: list[Any]) -> None:
        """Note a page; raises `PaginationError` where the one after it would be no new one."""
        self._asked.add(_query_key(query))
        self._times = self._times + 1 if rows == self._previous else 0
        look = _page_key(rows)
        self._barren = self._barren + 1 if look in self._looks else 0
        self._looks.add(look)
        if following is not None and (
            _query_key(following) in self._asked or (len(rows) > 1 and self._times >= MAX_REPEATS)
        ):
            raise self._error("Zendesk answered the same page again, so the rest of the rows cannot be reached")
        if following is not None and self._barren >= MAX_EMPTY_PAGES:
            raise self._error(f"Zendesk says that there is more, and gave no new row on {MAX_EMPTY_PAGES} pages")
        self._previous = rows

    def _error(self, cause: str) -> PaginationError:
        return PaginationError(self._stream, cause, "Run the sync again; report it to Zendesk if it stays")

    def reset(self) -> None:
        """Let pages come again, since the read goes back to some it has had."""
        self._asked.clear()
        self._previous, self._looks = [], {_page_key([])}


def _query_key(query: Query) -> str:
    return repr(sorted(query.items()))


def _page_key(rows: list[Any]) -> int:
    return hash((len(rows), json_values.dumps(rows[:1]), json_values.dumps(rows[-1:])))
