"""Pages that run from the newest row to the oldest by `before_url`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from source_zendesk.components.reading import page_fields
from source_zendesk.components.reading.pagination.base import Query, query_of
from source_zendesk.components.reading.pagination.cursor_pages import CursorPages

LARGEST_PAGE = 1000


@dataclass
class OlderPages(CursorPages):
    """Stops when `before_url` is null; `after_url` leads back to rows that are newer.

    A page has 1,000 rows; only where that is too many is it asked for fewer, by `limit`.
    https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_audits/
    """

    size_parameter: str = "limit"

    @property
    def largest(self) -> int:
        """The rows of a page without `limit`, which is the most there is."""
        return LARGEST_PAGE

    def following(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """Ask for the page of older rows; an answer in the plain cursor shape is followed as such."""
        if "before_url" not in body:
            return super().following(query, body, rows)
        link = page_fields.link(body, "before_url")
        if not link:
            return None
        return {name: value for name, value in query_of(link).items() if name != self.size_parameter}
