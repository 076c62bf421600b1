"""Records in a list."""

from dataclasses import dataclass
from typing import Any

from source_zendesk.components.reading.extraction.base import Extraction, Row
from source_zendesk.errors import AnswerError


@dataclass
class ListRows(Extraction):
    """One record for each item of the list under `record_key`.

    A bare value becomes a record of one field, named by `item_field`.
    """

    item_field: str = ""

    def rows(self, body: Any) -> list[Row]:
        """The items of the list; a list that is missing is an error, never an empty page."""
        items = self.under(body)
        if not isinstance(items, list):
            raise AnswerError(self.name, f"the answer has no list `{self.record_key}`")
        if self.item_field:
            items = [item if isinstance(item, dict) or item is None else {self.item_field: item} for item in items]
        return self.objects(items, self.record_key)
