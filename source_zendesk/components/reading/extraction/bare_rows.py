"""Records in a list that may stand without an envelope."""

from dataclasses import dataclass
from typing import Any

from source_zendesk.components.reading.extraction.base import Row
from source_zendesk.components.reading.extraction.list_rows import ListRows


@dataclass
class BareRows(ListRows):
    """The items of the list under `record_key`, or of the answer itself where that is a list."""

    def rows(self, body: Any) -> list[Row]:
        """The items."""
        return self.objects(body, "") if isinstance(body, list) else super().rows(body)
