"""Pages of the three routing exports, which take nothing but a cursor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
        link = body.get("next_page")
        if not link or body.get("end_of_stream") or not rows:
            return None
        following = query_of(link)
        return None if following == query else following

    def end(self, query: Query, body: Mapping[str, Any]) -> str | None:
        """The cursor behind the last row of an answer; behind the last answer there is none, so that of the answer."""
        cursor = query_of(body.get("next_page") or "").get("cursor") or query.get("cursor")
        return str(cursor) if cursor else None
