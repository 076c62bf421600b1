"""Pages of the cursor-based incremental exports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from source_zendesk.components.reading import page_fields
from source_zendesk.components.reading.pagination.base import Pagination, Query, query_of
from source_zendesk.errors import PaginationError


@dataclass
class ExportCursorPages(Pagination):
    """Starts at `start_time` and goes on by `cursor`; stops when `end_of_stream` is true.

    Where an answer has no `end_of_stream`, the last page is one without a cursor, or with the one it was asked by.
    https://developer.zendesk.com/documentation/api-basics/working-with-data/using-the-incremental-export-api/
    """

    def first(self, since: int | None) -> Query:
        """Ask for everything that changed since an epoch second."""
        return self._sized({"start_time": since or 0})

    def resume(self, cursor: str) -> Query:
        """Ask for everything after a cursor that an earlier answer gave."""
        return self._sized({"cursor": cursor})

    def following(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """Go on from `after_cursor`, or from that of `after_url`."""
        is_last, cursor = page_fields.flag(body, "end_of_stream"), self.end(query, body)
        if is_last or (is_last is None and cursor in (None, query.get("cursor"))):
            return None
        if cursor is None:
            raise PaginationError(self.name, "the export has more but gives no `after_cursor`", "Run the sync again")
        return self.resume(cursor)

    def end(self, query: Query, body: Mapping[str, Any]) -> str | None:
        """The cursor behind the last row of an answer, None where the answer has none, as the last one may."""
        cursor = page_fields.cursor(body, "after_cursor")
        return cursor or page_fields.cursor(query_of(page_fields.link(body, "after_url")), "cursor")
