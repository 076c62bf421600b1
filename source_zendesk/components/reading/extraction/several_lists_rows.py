"""Records that come in several lists."""

from dataclasses import dataclass, field
from typing import Any

from source_zendesk.components.reading.extraction.base import Extraction, Row
from source_zendesk.errors import AnswerError


@dataclass
class SeveralListsRows(Extraction):
    """The items of all lists that the answer has of `lists`; raises `AnswerError` where it has none."""

    lists: list[str] = field(default_factory=list)

    def rows(self, body: Any) -> list[Row]:
        """The items, list by list."""
        lists = body if isinstance(body, dict) else {}
        found = {name: lists[name] for name in self.lists if isinstance(lists.get(name), list)}
        if not found:
            raise AnswerError(self.name, f"the answer has none of the lists {', '.join(self.lists)}")
        return [row for name, items in found.items() for row in self.objects(items, name)]
