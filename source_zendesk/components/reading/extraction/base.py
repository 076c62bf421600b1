"""What every way of finding the records has in common."""

import logging
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from source_zendesk.errors import AnswerError

LOGGER = logging.getLogger("airbyte")
Row = dict[str, Any]


@dataclass
class Extraction(ABC):
    """Finds the records of an answer under `record_key`, a dotted path; raises `AnswerError` where there are none."""

    name: str
    record_key: str = ""

    def under(self, body: Any) -> Any:
        """What the dotted path `record_key` leads to, None where the answer does not have it."""
        for name in self.record_key.split("."):
            body = body.get(name) if isinstance(body, dict) else None
        return body

    @abstractmethod
    def rows(self, body: Any) -> list[Row]:
        """The records of an answer, as Zendesk sent them."""

    def clock_rows(self, body: Any, rows: list[Row]) -> list[Row]:
        """The rows that tell how far an export has come; those of the host where the records are side-loaded."""
        return rows

    def objects(self, items: list[Any], key: str) -> list[Row]:
        """The items of the list `key`; null is no record and is told of, any other value that is none is an error."""
        if all(isinstance(item, dict) for item in items):
            return items
        places = [place for place, item in enumerate(items) if item is None]
        others = [place for place, item in enumerate(items) if item is not None and not isinstance(item, dict)]
        if others:
            raise AnswerError(self.name, f"item {others[0]} of the list `{key}` is no object")
        told = ", ".join(map(str, places))
        LOGGER.warning(
            "Stream %s: the list `%s` of an answer holds null (item %s), which is no row", self.name, key, told
        )
        return [item for item in items if item is not None]

    def inner(self, row: Row, key: str) -> list[Row]:
        """The items of a list inside a row, none where it is null or missing."""
        items = row.get(key)
        if isinstance(items, list):
            return self.objects(items, key)
        if items is None:
            return []
        raise AnswerError(self.name, f"`{key}` is no list")
