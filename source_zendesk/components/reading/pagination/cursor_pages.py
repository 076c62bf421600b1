"""Cursor pages: `page[size]` and `page[after]`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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

    def told(self, body: Any) -> Any:
        """Nothing: what a `count` means is documented for offset pages alone."""
        return None

    def following(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """Ask for the page after `meta.after_cursor`."""
        meta, links = body.get("meta"), body.get("links") or {}
        if not isinstance(meta, Mapping) or "has_more" not in meta:
            return self._without_meta(query, body, rows)
        if not meta["has_more"]:
            return None
        if meta.get("after_cursor"):
            return self._sized({self.cursor_parameter: str(meta["after_cursor"])})
        if links.get("next"):
            link = query_of(links["next"])
            return self._sized(link) if self.size_parameter in link else link
        raise PaginationError(
            self.name,
            "Zendesk says that there is more but gives no cursor",
            "Run the sync again; it goes on from this page",
        )

    def _without_meta(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """Go on by the link or the cursor that stand at the top, or as in offset pages."""
        link = (body.get("links") or {}).get("next")
        if link:
            return query_of(link)
        if "after_cursor" in body:
            return self._sized({self.cursor_parameter: str(body["after_cursor"])}) if body["after_cursor"] else None
        return super().following(query, body, rows)
