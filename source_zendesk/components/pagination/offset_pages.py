"""Offset pages: `page` and `per_page`, and a link to the next page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from source_zendesk.components.pagination.base import Pagination, Query, query_of
from source_zendesk.errors import PaginationError


@dataclass
class OffsetPages(Pagination):
    """Stops when `next_page` is null or missing.

    Zendesk refuses pages past the hundredth; the first of them is an error here, before it is asked for, so that 10,000
    rows are never taken for all of them. https://developer.zendesk.com/api-reference/introduction/pagination/
    """

    last_page: int = 100

    def following(self, query: Query, body: Mapping[str, Any]) -> Query | None:
        """Follow `next_page`."""
        link = body.get("next_page")
        if not link:
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
