"""Pages of the three routing exports, which take nothing but a cursor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from source_zendesk.components.reading import page_fields
from source_zendesk.components.reading.pagination.base import Pagination, Query, query_of


@dataclass
class RoutingPages(Pagination):
    """Stops when an answer is empty, says `end_of_stream`, or has no link but to itself.

    https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_skill_based_routing/
    """

    def resume(self, cursor: str) -> Query:
        """Ask for everything after a cursor that an earlier answer gave."""
        return {"cursor": cursor}

    def following(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """Follow `next_page`, which carries the cursor."""
        link = page_fields.link(body, "next_page")
        if not link or page_fields.flag(body, "end_of_stream") or not rows:
            return None
        following = query_of(link)
        return None if following == query else following

    def end(self, query: Query, body: Mapping[str, Any]) -> str | None:
        """The cursor behind the last row of an answer; behind the last answer there is none, so that of the answer."""
        following = query_of(page_fields.link(body, "next_page"))
        return page_fields.cursor(following, "cursor") or page_fields.cursor(query, "cursor")
