"""Paginators of lists whose pages have numbers. Each docstring contains the stop rule and a sample response."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from source_zendesk.extract import page_fields
from source_zendesk.extract.paginator import Paginator, Query


@dataclass
class NumberedPaginator(Paginator):
    """Requests the next page by its number.

    Stop rule: the requested page is `total_pages` of the object at `pagination_key`, a dotted path. A response without
    that object is the only page.

    Sample response: `{"agents_activity": {"agents": [{"id": 1}], "pagination": {"current_page": 1, "total_pages": 3}}}`

    https://developer.zendesk.com/api-reference/voice/talk-api/introduction/
    """

    pagination_key: str = "pagination"

    has_numbers = True

    def next_query(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """Request the next number."""
        pagination: Mapping[str, Any] = body
        for name in self.pagination_key.split("."):
            pagination = page_fields.section(pagination, name)
        page = int(query.get("page", 1))
        return {"page": page + 1} if page < page_fields.number(pagination, "total_pages") else None


@dataclass
class CountedPaginator(Paginator):
    """Requests the next page by its number until the list has no more rows.

    Stop rule: the page is empty, `next` of the object at `pagination_key` is null, or the read has received `total`
    rows. The documentation has no maximum size, so a page that is not full is no end.

    Sample response: `{"disputes": [{"disputeId": "1"}], "pagination": {"page": 1, "pageSize": 100, "total": 250}}`

    https://developer.zendesk.com/api-reference/qa/export/
    """

    size_parameter: str = "pageSize"
    pagination_key: str = "pagination"

    ends_at_count = has_numbers = True

    def reported_count(self, body: object) -> int | None:
        """The `total` of a response, None if it has none."""
        pagination = page_fields.section(body, self.pagination_key) if isinstance(body, Mapping) else {}
        return None if pagination.get("total") is None else page_fields.number(pagination, "total")

    def next_query(self, query: Query, body: Mapping[str, Any], rows: Sequence[object]) -> Query | None:
        """Request the next number."""
        pagination = page_fields.section(body, self.pagination_key)
        if not rows or ("next" in pagination and not page_fields.link(pagination, "next")):
            return None
        return self._with_page_size({"page": int(query.get("page", 1)) + 1})


@dataclass
class NextCursorPaginator(CountedPaginator):
    """Follows `nextCursor`; if the first response has none, the numbers of the pages.

    Stop rule: `nextCursor` is empty. If the first response has none: the rule of `CountedPaginator`.

    Sample response: `{"rows": [{"autoqaRatingId": "1"}], "nextCursor": "xyz"}`

    https://developer.zendesk.com/api-reference/qa/export/
    """

    def next_query(self, query: Query, body: Mapping[str, Any], rows: Sequence[object]) -> Query | None:
        """Request the page after `nextCursor`."""
        if cursor := page_fields.cursor(body, "nextCursor"):
            return self._with_page_size({"cursor": cursor})
        return None if "cursor" in query else super().next_query(query, body, rows)
