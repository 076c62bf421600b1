"""Attribute definitions, which come in two lists."""

from dataclasses import dataclass
from typing import Any

from source_zendesk.components.reading.extraction.base import Extraction, Row
from source_zendesk.errors import AnswerError


@dataclass
class DefinitionRows(Extraction):
    """One record for each definition in the lists of the object under `record_key`, with `condition` naming its list.

    https://developer.zendesk.com/api-reference/ticketing/ticket-management/skill_based_routing/
    """

    def rows(self, body: Any) -> list[Row]:
        """The definitions of `conditions_all`, then those of `conditions_any`."""
        definitions = body.get(self.record_key) if isinstance(body, dict) else None
        if not isinstance(definitions, dict):
            raise AnswerError(self.name, f"the answer has no object `{self.record_key}`")
        return [
            {**definition, "condition": condition.removeprefix("conditions_")}
            for condition in ("conditions_all", "conditions_any")
            for definition in self.inner(definitions, condition)
        ]
