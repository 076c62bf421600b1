"""Cursor pages: `page[size]` and `page[after]`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from source_zendesk.components.reading import page_fields
from source_zendesk.components.reading.pagination.base import Query, query_of
from source_zendesk.components.reading.pagination.offset_pages import OffsetPages
from source_zendesk.errors import PaginationError


@dataclass
class CursorPages(OffsetPages):
    """Stops when `meta.has_more` is false; an empty page is not an end.

    A server that knows no cursors here ignores `page[size]` and answers an offset page: its `next_page` is followed.
    https://developer.zendesk.com/api-reference/introduction/pagination/#cursor-pagination
    """

    size_parameter: str = "page[size]"
    cursor_parameter: str = "page[after]"

    def told(self, body: Any) -> int | None:
        """Nothing: what a `count` means is documented for offset pages alone."""
        return None

    def following(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """Ask for the page after `meta.after_cursor`."""
        meta = page_fields.section(body, "meta")
        has_more, cursor = page_fields.flag(meta, "has_more"), page_fields.cursor(meta, "after_cursor")
        if has_more is None:
            return self._without_mark(query, body, rows, cursor)
        if not has_more:
            return None
        if cursor:
            return self._after(cursor)
        if link := page_fields.link(page_fields.section(body, "links"), "next"):
            following = query_of(link)
            return self._sized(following) if self.size_parameter in following else following
        raise PaginationError(
            self.name,
            "Zendesk says that there is more but gives no cursor",
            "Run the sync again; it goes on from this page",
        )

    def _without_mark(
        self, query: Query, body: Mapping[str, Any], rows: Sequence[Any], cursor: str | None
    ) -> Query | None:
        """Go on by the link, the `cursor` of `meta` unless the page was asked for by it, or that at the top.

        Without any of these, go on as in offset pages.
        """
        if link := page_fields.link(page_fields.section(body, "links"), "next"):
            return query_of(link)
        if cursor:
            return None if cursor == query.get(self.cursor_parameter) else self._after(cursor)
        if "after_cursor" in body:
            cursor = page_fields.cursor(body, "after_cursor")
            return self._after(cursor) if cursor else None
        return super().following(query, body, rows)

    def _after(self, cursor: str) -> Query:
        return self._sized({self.cursor_parameter: cursor})
