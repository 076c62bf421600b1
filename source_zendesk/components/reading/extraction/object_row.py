"""A record that is the answer itself or an object inside it."""

from dataclasses import dataclass
from typing import Any

from source_zendesk.components.reading.extraction.base import Extraction, Row
from source_zendesk.errors import AnswerError


@dataclass
class ObjectRow(Extraction):
    """One record: the object under `record_key`, or the whole answer where there is no key.

    Some endpoints answer the object both bare and in an envelope, and some a list of one: all are read. A bare value
    becomes a record of one field, named by `item_field`.
    """

    item_field: str = ""

    def rows(self, body: Any) -> list[Row]:
        """The record, in a list of one."""
        found = self.under(body) if self.record_key and isinstance(body, dict) else body
        if found is None and isinstance(body, dict) and not {"id", "user_id"}.isdisjoint(body):
            found = body
        if isinstance(found, list):
            return self.objects(found, self.record_key)
        if self.item_field and not isinstance(found, dict):
            return [{self.item_field: found}]
        if not isinstance(found, dict):
            raise AnswerError(self.name, f"the answer has no object `{self.record_key}`")
        return [found]
