"""Offset pages: `page` and `per_page`, and a link to the next page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from source_zendesk.components.reading import page_fields
from source_zendesk.components.reading.pagination.base import Pagination, Query, query_of
from source_zendesk.errors import PaginationError

# Searches end after 1,000 rows, those for users after 10,000.
CEILINGS = (1_000, 10_000)


@dataclass
class OffsetPages(Pagination):
    """Stops when `next_page` is null or missing; where Zendesk stops at its ceiling instead, that is an error.

    Zendesk refuses pages past the hundredth; the first of them is an error here, before it is asked for, so that 10,000
    rows are never taken for all of them. https://developer.zendesk.com/api-reference/introduction/pagination/
    """

    last_page: int = 100

    def _refuse_ceiling(self, query: Query, count: int | None) -> None:
        served = int(query.get("page", 1)) * int(self.page_size or 0)
        if served in CEILINGS and count is not None and count > served:
            raise PaginationError(
                self.name,
                f"Zendesk serves the first {served} of {count} rows",
                "Narrow the request, or read search_export",
            )

    def told(self, body: Any) -> int | None:
        """The `count` of an answer, which is that of the list and not of the page."""
        return page_fields.count(body)

    def following(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """Follow `next_page`."""
        link = page_fields.link(body, "next_page")
        if not link:
            self._refuse_ceiling(query, page_fields.count(body))
            return None
        following = query_of(link)
        page = str(following.get("page", ""))
        if page.isdigit() and int(page) > self.last_page:
            raise PaginationError(
                self.name,
                f"this endpoint has more than {self.last_page} pages and Zendesk serves no more of them",
                "Narrow the request with `inputs`, or read the export or search/export stream of the same rows",
            )
        return following
