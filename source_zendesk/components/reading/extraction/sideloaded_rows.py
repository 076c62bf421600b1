"""Records that came with those of another stream."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from source_zendesk.components.reading.extraction.base import Extraction, Row
from source_zendesk.errors import AnswerError

NOTHING: tuple[Any, ...] = (None, [], {})


@dataclass
class SideloadedRows(Extraction):
    """The objects that an export side-loads, in either shape.

    They lie in a list of their own under `record_key`, or inside the rows of the list `host_key`, under `embedded`.
    Hosts have such an object `unless` a field has a certain value, as deleted tickets have; raises `AnswerError` where
    there are such hosts and neither place is to be seen: the server did not heed `include`.
    https://developer.zendesk.com/documentation/ticketing/using-the-zendesk-api/side_loading/
    """

    host_key: str = ""
    embedded: str = ""
    unless: Mapping[str, Any] = field(default_factory=dict)

    def rows(self, body: Any) -> list[Row]:
        """The side-loaded objects; hosts without one, such as deleted tickets, have no record."""
        hosts = self._hosts(body)
        if isinstance(body.get(self.record_key), list):
            return self.objects(body[self.record_key], self.record_key)
        if any(map(self._has_some, hosts)) and not any(self.embedded in host for host in hosts):
            cause = f"the answer has {self.host_key} without the {self.record_key} that it was asked to include"
            cause += f"; list_{self.name} has them if it stays so"
            raise AnswerError(self.name, cause)
        found = [item for host in hosts if (item := host.get(self.embedded)) or item not in NOTHING]
        return self.objects(
            [row for item in found for row in (item if isinstance(item, list) else [item])], self.embedded
        )

    def clock_rows(self, body: Any, rows: list[Row]) -> list[Row]:
        """The hosts' rows: the export is ordered by their time."""
        return self._hosts(body)

    def _hosts(self, body: Any) -> list[Row]:
        hosts = body.get(self.host_key) if isinstance(body, dict) else None
        if not isinstance(hosts, list):
            raise AnswerError(self.name, f"the answer has no list `{self.host_key}`")
        return self.objects(hosts, self.host_key)

    def _has_some(self, host: Row) -> bool:
        return all(host.get(name) != value for name, value in self.unless.items())
