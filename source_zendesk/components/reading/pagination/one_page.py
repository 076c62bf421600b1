"""Endpoints that answer everything at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from source_zendesk.components.reading.pagination.base import Pagination, Query


@dataclass
class OnePage(Pagination):
    """Stops after the first answer."""

    def following(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """There is no other page."""
        return None
