"""Records in a list that is left out where it would be empty."""

from dataclasses import dataclass
from typing import Any

from source_zendesk.components.reading import page_fields
from source_zendesk.components.reading.extraction.base import Row
from source_zendesk.components.reading.extraction.list_rows import ListRows


@dataclass
class CountedRows(ListRows):
    """The items of the list under `record_key`; none where it is missing and the answer says a `count` of 0.

    https://developer.zendesk.com/api-reference/help_center/help-center-api/articles/
    """

    def rows(self, body: Any) -> list[Row]:
        """The items."""
        is_empty = page_fields.count(body) == 0 and self.under(body) is None
        return [] if is_empty else super().rows(body)
