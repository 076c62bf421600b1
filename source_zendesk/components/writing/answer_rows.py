"""Records of an answer to a write."""

from dataclasses import dataclass
from typing import Any

from source_zendesk.components.reading.extraction.base import Extraction, Row


@dataclass
class AnswerRows(Extraction):
    """The object or the list under `record_key`, or else the whole answer; one empty record where nothing came.

    Never raises: what the answer tells of is done, and an error would have it done again. A bare value becomes a record
    of one field, named by `item_field`.
    """

    item_field: str = ""

    def rows(self, body: Any) -> list[Row]:
        """One record or more."""
        found = body.get(self.record_key, body) if self.record_key and isinstance(body, dict) else body
        items = found if isinstance(found, list) else [found]
        return [self._row(item) for item in items if item is not None] or [{}]

    def _row(self, item: Any) -> Row:
        return item if isinstance(item, dict) else {self.item_field or "value": item}
