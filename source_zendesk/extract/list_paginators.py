"""Paginators of lists. Each docstring contains the stop rule and a sample response."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from source_zendesk.errors import PaginationError
from source_zendesk.extract import page_fields
from source_zendesk.extract.paginator import Paginator, Query, parse_link


@dataclass
class SinglePagePaginator(Paginator):
    """Requests one page.

    Stop rule: the first response.

    Sample response: `{"ticket_field": {"id": 1}}`
    """

    def next_query(self, query: Query, body: Mapping[str, object], rows: Sequence[object]) -> Query | None:
        """None: the first page is the last."""
        return None


# Zendesk truncates searches after 1,000 rows, and searches for users after 10,000.
SEARCH_CEILINGS = (1_000, 10_000)


@dataclass
class OffsetPaginator(Paginator):
    """Follows `next_page`, or the link under another `link_key`.

    Stop rule: the link is null or missing.

    Raises `PaginationError` if Zendesk truncates the list: `next_page` leads past `last_page`, which Zendesk refuses,
    or the read ends after as many rows as one of `SEARCH_CEILINGS` and `count` reports more. The size of a page does
    not matter, because some searches return smaller pages than requested.

    Sample response: `{"groups": [{"id": 1}], "count": 250, "next_page": "https://acme.zendesk.com/...?page=2"}`

    https://developer.zendesk.com/api-reference/introduction/pagination/
    """

    last_page: int = 100
    link_key: str = "next_page"

    def check_truncation(self, row_count: int, params: Query, body: Mapping[str, Any]) -> None:
        """Raise `PaginationError` if the read ends at a ceiling and `count` reports more rows."""
        count = page_fields.count(body)
        if row_count in SEARCH_CEILINGS and count is not None and count > row_count:
            raise PaginationError(
                self.name,
                f"Zendesk returns only the first {row_count} of {count} rows",
                "Narrow the request, or read search_export",
            )

    def reported_count(self, body: object) -> int | None:
        """The `count` of a response, which counts the list and not the page."""
        return page_fields.count(body)

    def next_query(self, query: Query, body: Mapping[str, object], rows: Sequence[object]) -> Query | None:
        """Follow the link."""
        link = page_fields.link(body, self.link_key)
        if not link:
            return None
        next_query = parse_link(link)
        page = str(next_query.get("page", ""))
        if page.isdigit() and int(page) > self.last_page:
            raise PaginationError(
                self.name,
                f"this endpoint has more than {self.last_page} pages and Zendesk serves no more of them",
                "Narrow the request with `inputs`, or read the export or search/export stream of the same rows",
            )
        return next_query


@dataclass
class CursorPaginator(OffsetPaginator):
    """Follows `meta.after_cursor`, or `links.next`.

    Stop rule: `meta.has_more` is false. An empty page is not the end.

    If a response has no `has_more`, these are followed, in this order: `links.next`, a `meta.after_cursor` that differs
    from the requested one, a top-level `after_cursor`, `next_page`. If it has none of them, it is the last page.

    Sample response: `{"users": [{"id": 1}], "meta": {"has_more": true, "after_cursor": "xyz"}}`

    https://developer.zendesk.com/api-reference/introduction/pagination/#cursor-pagination
    """

    size_parameter: str = "page[size]"
    cursor_parameter: str = "page[after]"

    def reported_count(self, body: object) -> int | None:
        """None: Zendesk documents `count` for offset pages only."""
        return None

    def next_query(self, query: Query, body: Mapping[str, object], rows: Sequence[object]) -> Query | None:
        """Request the page after `meta.after_cursor`."""
        meta = page_fields.section(body, "meta")
        has_more, cursor = page_fields.flag(meta, "has_more"), page_fields.cursor(meta, "after_cursor")
        if has_more is None:
            return self._next_without_has_more(query, body, rows, cursor)
        if not has_more:
            return None
        if cursor:
            return self._after(cursor)
        if link := page_fields.next_link(body):
            next_query = parse_link(link)
            return self._with_page_size(next_query) if self.size_parameter in next_query else next_query
        raise PaginationError(
            self.name,
            "`has_more` is true, but the response has no cursor",
            "Run the sync again; it resumes at this page",
        )

    def _next_without_has_more(
        self, query: Query, body: Mapping[str, object], rows: Sequence[object], cursor: str | None
    ) -> Query | None:
        """Follow `links.next`, else the `cursor` of `meta`, else the top-level `after_cursor`, else `next_page`."""
        if link := page_fields.next_link(body):
            return parse_link(link)
        if cursor:
            return None if cursor == query.get(self.cursor_parameter) else self._after(cursor)
        if "after_cursor" in body:
            cursor = page_fields.cursor(body, "after_cursor")
            return self._after(cursor) if cursor else None
        if (
            self.cursor_parameter in query
            and not any(body.get(key) for key in ("meta", "links"))
            and "next_page" not in body
        ):
            raise PaginationError(
                self.name,
                "a page that was requested by cursor has no pagination fields (`meta`, `links`, `next_page`)",
                "Run the sync again; it resumes at this page",
            )
        return super().next_query(query, body, rows)

    def _after(self, cursor: str) -> Query:
        return self._with_page_size({self.cursor_parameter: cursor})


LARGEST_PAGE = 1000


@dataclass
class BeforeCursorPaginator(CursorPaginator):
    """Follows `before_url` from the newest rows to the oldest; `after_url` leads back to newer rows.

    Stop rule: `before_url` is null.

    A page has 1,000 rows. `limit` is sent only to reduce a page on which Zendesk fails.

    Sample response: `{"audits": [{"id": 9}], "before_url": "https://...?cursor=xyz", "after_url": null}`

    https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_audits/
    """

    size_parameter: str = "limit"

    @property
    def max_page_size(self) -> int:
        """The number of rows on a page that is requested without `limit`."""
        return LARGEST_PAGE

    def next_query(self, query: Query, body: Mapping[str, object], rows: Sequence[object]) -> Query | None:
        """Request the page of older rows; a response without `before_url` is followed like a cursor page."""
        if "before_url" not in body:
            return super().next_query(query, body, rows)
        link = page_fields.link(body, "before_url")
        if not link:
            return None
        return {name: value for name, value in parse_link(link).items() if name != self.size_parameter}


RELEVANCE_CEILING = 10_000


@dataclass
class RecordSearchPaginator(CursorPaginator):
    """Follows cursors, with their stop rule.

    Raises `PaginationError` if a search without `sort` ends at 10,000 rows: sorted by relevance, Zendesk truncates the
    result there and reports no more pages. With `sort`, it returns all rows.

    Sample response: `{"custom_object_records": [{"id": "01H"}], "meta": {"has_more": false}, "count": 10000}`

    https://developer.zendesk.com/api-reference/custom-data/custom-objects/custom_object_records/
    """

    def check_truncation(self, row_count: int, params: Query, body: Mapping[str, Any]) -> None:
        """Raise `PaginationError` for 10,000 rows without `sort`."""
        if row_count >= RELEVANCE_CEILING and "sort" not in params:
            raise PaginationError(
                self.name,
                f"Zendesk returns no more than {RELEVANCE_CEILING} records by relevance, and the search has reached "
                "that number",
                "Narrow the request, or read the stream of all these records",
            )
