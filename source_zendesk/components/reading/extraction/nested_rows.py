"""Records inside those of another stream."""

from dataclasses import dataclass, field
from typing import Any

from source_zendesk.components.reading.extraction.base import Row
from source_zendesk.components.reading.extraction.list_rows import ListRows


@dataclass
class NestedRows(ListRows):
    """The items of the lists that `nested` names, one inside the other, in the rows under `record_key`.

    Each gets the ids of the rows around it, under the names of `nested_ids`.
    """

    nested: list[str] = field(default_factory=list)
    nested_ids: list[str] = field(default_factory=list)

    def rows(self, body: Any) -> list[Row]:
        """The innermost items."""
        found: list[tuple[Row, Row]] = [({}, row) for row in super().rows(body)]
        for key, name in zip(self.nested, self.nested_ids, strict=True):
            found = [({**ids, name: row.get("id")}, inner) for ids, row in found for inner in self.inner(row, key)]
        return [{**ids, **row} for ids, row in found]

    def clock_rows(self, body: Any, rows: list[Row]) -> list[Row]:
        """The rows around them: one without any inside is no end."""
        return super().rows(body)
