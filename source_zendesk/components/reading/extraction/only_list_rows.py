"""Records in the only list of an answer."""

from dataclasses import dataclass
from typing import Any

from source_zendesk.components.reading.extraction.base import Extraction, Row
from source_zendesk.errors import AnswerError


@dataclass
class OnlyListRows(Extraction):
    """One record for each item of the one list that there is; its key tells the resource, which an argument chose.

    https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/#incremental-sample-export
    """

    def rows(self, body: Any) -> list[Row]:
        """The items of the list."""
        lists = {key: value for key, value in body.items() if isinstance(value, list)} if isinstance(body, dict) else {}
        if len(lists) != 1:
            raise AnswerError(self.name, "the answer has no list of rows")
        ((key, items),) = lists.items()
        return self.objects(items, key)
