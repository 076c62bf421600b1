"""Records of an answer to a write."""

from dataclasses import dataclass, field
from typing import Any

from source_zendesk.components.reading.extraction.base import Extraction, Row
from source_zendesk.components.reading.finishing import masked


@dataclass
class AnswerRows(Extraction):
    """The object or the list under `record_key`, or else the whole answer; one empty record where nothing came.

    Never raises: what the answer tells of is done, and an error would have it done again. A bare value becomes a record
    of one field, named by `item_field`; secrets are `masked`.
    """

    item_field: str = ""
    masked: list[str] = field(default_factory=list)

    def rows(self, body: Any) -> list[Row]:
        """One record or more."""
        found = body.get(self.record_key, body) if self.record_key and isinstance(body, dict) else body
        items = found if isinstance(found, list) else [found]
        return masked([self._row(item) for item in items if item is not None], self.masked) or [{}]

    def _row(self, item: Any) -> Row:
        return item if isinstance(item, dict) else {self.item_field or "value": item}
