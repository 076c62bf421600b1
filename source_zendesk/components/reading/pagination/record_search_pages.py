"""Cursor pages of a search for custom object records."""

from dataclasses import dataclass

from source_zendesk.components.reading.pagination.base import Query
from source_zendesk.components.reading.pagination.cursor_pages import CursorPages
from source_zendesk.errors import PaginationError

CEILING = 10_000


@dataclass
class RecordSearchPages(CursorPages):
    """Stops as cursor pages do; after 10,000 rows that is an error, unless the rows are sorted.

    By relevance Zendesk answers the first 10,000 rows and says nothing of the rest; with `sort` it answers all.
    https://developer.zendesk.com/api-reference/custom-data/custom-objects/custom_object_records/
    """

    def check_end(self, served: int, params: Query) -> None:
        """Refuse to take the first 10,000 rows for all."""
        if served >= CEILING and "sort" not in params:
            raise PaginationError(
                self.name,
                f"Zendesk answers no more than {CEILING} records by relevance, and so many came",
                "Narrow the request, or read custom_object_records",
            )
