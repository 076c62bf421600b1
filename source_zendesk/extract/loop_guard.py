"""A guard against pagination loops."""

from collections.abc import Sequence
from typing import Any

from source_zendesk import json_values
from source_zendesk.errors import PaginationError
from source_zendesk.extract.paginator import MAX_EMPTY_PAGES, Query

MAX_REPEATS = 2
REPEATED = "Zendesk returned the same page again, so the remaining rows cannot be read"


class PaginationLoopGuard:
    """Detects pagination loops: a repeated query, the same rows three times in a row, or many pages without new rows.

    `max_empty_pages` is the number of pages in a row without new rows that are a loop.

    A page has no new rows if it is empty or equals an earlier page by its length, first row and last row. The same rows
    twice are no loop: if the rows of one second fill a page, a time export returns them for the time before and again
    for that second. The guard keeps the rows of a page in memory only if they seem to repeat.

    With `distinct_by`, the fields of a key, two pages in a row never have the same rows: a server that ignores the
    number of the page returns its first page again.
    """

    def __init__(self, stream: str, max_empty_pages: int = MAX_EMPTY_PAGES, distinct_by: Sequence[str] = ()) -> None:
        self._stream, self._max_empty_pages, self._distinct_by = stream, max_empty_pages, distinct_by
        self.reset()

    def reset(self) -> None:
        """Forget the pages so far, since the read returns to an earlier page."""
        self._requested: set[str] = set()
        self._previous_key = _page_key([])
        self._repeated: list[Any] | None = None
        self._repeats = self._pages_without_new_rows = 0
        self._page_keys = {self._previous_key}
        self._previous_ids: list[Any] = []

    def check(self, query: Query, next_query: Query | None, rows: list[Any]) -> None:
        """Record a page; raises `PaginationError` if the next request would continue a loop."""
        self._requested.add(_query_key(query))
        if self._repeats_ids(rows):
            raise self._error(REPEATED)
        key = _page_key(rows)
        is_repeated = key == self._previous_key and self._repeated in (None, rows)
        self._repeats = self._repeats + 1 if is_repeated else 0
        self._previous_key, self._repeated = key, rows if is_repeated else None
        self._pages_without_new_rows = self._pages_without_new_rows + 1 if key in self._page_keys else 0
        self._page_keys.add(key)
        if next_query is not None and (
            _query_key(next_query) in self._requested or (len(rows) > 1 and self._repeats >= MAX_REPEATS)
        ):
            raise self._error(REPEATED)
        if next_query is not None and self._pages_without_new_rows >= self._max_empty_pages:
            raise self._error(f"Zendesk reports more pages, but returned no new row on {self._max_empty_pages} pages")

    def _repeats_ids(self, rows: list[Any]) -> bool:
        """Whether the rows have the keys of the previous page; a row without one is compared as a whole."""
        if not self._distinct_by:
            return False
        ids = [[row[name] for name in self._distinct_by if row.get(name) is not None] or row for row in rows]
        previous, self._previous_ids = self._previous_ids, ids
        return bool(ids) and ids == previous

    def _error(self, cause: str) -> PaginationError:
        return PaginationError(self._stream, cause, "Run the sync again; if the error persists, report it to Zendesk")


def _query_key(query: Query) -> str:
    return repr(sorted(query.items()))


def _page_key(rows: list[Any]) -> int:
    return hash((len(rows), json_values.dumps(rows[:1]), json_values.dumps(rows[-1:])))
