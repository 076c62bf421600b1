"""Records in JSON:API form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from source_zendesk.components.reading.extraction.base import Extraction, Row
from source_zendesk.errors import AnswerError

Key = tuple[str, str] | None


@dataclass
class IncludedRows(Extraction):
    """The items of `data`, or the one object that it is, each with what it refers to under `included`.

    That is what its `relationships` name of the answer's `included`, and what these name in turn.
    https://developer.zendesk.com/api-reference/agent-availability/agent-availability-api/agent_availabilities/
    """

    def rows(self, body: Any) -> list[Row]:
        """The items."""
        data = body.get("data") if isinstance(body, Mapping) else None
        if not isinstance(data, (list, dict)):
            raise AnswerError(self.name, "the answer has no `data`")
        included = {_key(item): item for item in self.inner(body, "included")}
        rows = self.objects(data if isinstance(data, list) else [data], "data")
        return [{**row, "included": list(_referred(row, included, set()))} for row in rows] if included else rows


def _referred(row: Row, included: Mapping[Key, Row], met: set[Key]) -> Iterator[Row]:
    relationships = row.get("relationships")
    for relationship in relationships.values() if isinstance(relationships, Mapping) else ():
        data = relationship.get("data") if isinstance(relationship, Mapping) else None
        for key in map(_key, data if isinstance(data, list) else [data]):
            if key in included and key not in met:
                met.add(key)
                yield included[key]
                yield from _referred(included[key], included, met)


def _key(item: Any) -> Key:
    return (str(item.get("type")), str(item.get("id"))) if isinstance(item, Mapping) else None
