"""Metrics of the tickets of an export."""

from dataclasses import dataclass
from typing import Any

from source_zendesk import times
from source_zendesk.components.reading.extraction.base import Row
from source_zendesk.components.reading.extraction.sideloaded_rows import SideloadedRows

CHANGED = "_ab_updated_at"


@dataclass
class MetricRows(SideloadedRows):
    """The side-loaded metrics, each with the moment at which its ticket changed last, in epoch seconds.

    The field has the name that Airbyte's connector gave it: its destinations tell the newest row of a ticket by it.
    """

    def rows(self, body: Any) -> list[Row]:
        """The metrics; one whose ticket is not on the page goes by its own time."""
        changed = {host.get("id"): host.get("generated_timestamp") for host in self._hosts(body)}
        return [{**row, CHANGED: changed.get(row.get("ticket_id")) or _own(row)} for row in super().rows(body)]


def _own(row: Row) -> int | None:
    return times.epoch(row.get("updated_at"))
