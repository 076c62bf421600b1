"""Some of the records in a list."""

from dataclasses import dataclass, field
from typing import Any

from source_zendesk.components.reading.extraction.base import Row
from source_zendesk.components.reading.extraction.list_rows import ListRows


@dataclass
class PartRows(ListRows):
    """The items of the list under `record_key` whose fields have the values that `part` names."""

    part: dict[str, Any] = field(default_factory=dict)

    def rows(self, body: Any) -> list[Row]:
        """Those items."""
        return [row for row in super().rows(body) if all(row.get(name) == value for name, value in self.part.items())]

    def clock_rows(self, body: Any, rows: list[Row]) -> list[Row]:
        """All items: a page that holds none of the part is no end."""
        return super().rows(body)
