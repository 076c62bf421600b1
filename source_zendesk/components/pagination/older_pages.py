"""Pages that run from the newest row to the oldest by `before_url`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from source_zendesk.components.pagination.base import Query, query_of
from source_zendesk.components.pagination.cursor_pages import CursorPages


@dataclass
class OlderPages(CursorPages):
    """Stops when `before_url` is null; `after_url` leads back to rows that are newer.

    https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_audits/
    """

    def following(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """Ask for the page of older rows; an answer in the plain cursor shape is followed as such."""
        if "before_url" not in body:
            return super().following(query, body, rows)
        return query_of(body["before_url"]) if body["before_url"] else None
