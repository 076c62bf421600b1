"""Paginators of Sunshine Conversations. Each docstring contains the stop rule and a sample response."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from source_zendesk.errors import PaginationError
from source_zendesk.extract import page_fields
from source_zendesk.extract.paginator import Paginator, Query, parse_link


@dataclass
class MessagingPaginator(Paginator):
    """Follows `meta.afterCursor`, or `links.next`.

    Stop rule: `meta.hasMore` is false; without it, the response has no `links.next`.

    Sample response: `{"apps": [{"id": "a1"}], "meta": {"hasMore": true, "afterCursor": "a1"}}`

    https://developer.zendesk.com/api-reference/conversations/#section/Introduction/API-Pagination-and-Records-Limits
    """

    size_parameter: str = "page[size]"
    cursor_parameter = "page[after]"
    cursor_field = "afterCursor"
    link_field = "next"

    def next_query(self, query: Query, body: Mapping[str, object], rows: Sequence[object]) -> Query | None:
        """Request the page after the cursor of the response."""
        meta, links = page_fields.section(body, "meta"), page_fields.section(body, "links")
        has_more, link = page_fields.flag(meta, "hasMore"), page_fields.link(links, self.link_field)
        if not has_more and not (has_more is None and link):
            return None
        cursor = page_fields.cursor(meta, self.cursor_field) or parse_link(link).get(self.cursor_parameter)
        if not cursor:
            raise PaginationError(
                self.name, "`hasMore` is true, but the response has no cursor", "Run the sync again; it resumes here"
            )
        return self._with_page_size({self.cursor_parameter: cursor})


@dataclass
class MessagePaginator(MessagingPaginator):
    """Follows `meta.beforeCursor`, or `links.prev`: the first response contains the newest messages.

    Stop rule: `meta.hasMore` is false; without it, the response has no `links.prev`. `links.next` leads to newer
    messages, of which there are none. A page has 100 messages.

    Sample response: `{"messages": [{"id": "m9"}], "meta": {"hasMore": true, "beforeCursor": "m9"}}`

    https://developer.zendesk.com/api-reference/conversations/#tag/Messages/operation/ListMessages
    """

    cursor_parameter = "page[before]"
    cursor_field = "beforeCursor"
    link_field = "prev"
