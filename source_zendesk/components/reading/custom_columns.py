"""Custom fields as columns beside what Zendesk sent."""

from collections.abc import Mapping
from typing import Any

from source_zendesk.components.reading.extraction.base import Row
from source_zendesk.components.reading.field_columns import FieldColumns
from source_zendesk.components.reading.sideload_join import moved
from source_zendesk.messages.findings import Findings

CUSTOM, SIDELOADS = "custom", "sideloads"
Facts = Mapping[str, Mapping[str, Any]]


class CustomColumns:
    """Adds the object `custom` to each record, and to the objects under its `sideloads`, as its catalog declares it.

    `facts` say of each kind of record, which is the name of its schema, where it has the values of custom fields, and
    what it is called as a side-load. What Zendesk sent stays where it is. What does not fit goes to `findings`.
    """

    def __init__(self, stream: str, kind: str, facts: Facts, schema: Mapping[str, Any], findings: Findings) -> None:
        def columns(about: Mapping[str, Any] | None, path: list[str], place: str) -> FieldColumns | None:
            custom = _within(schema, [*path, "properties", CUSTOM])
            if about is None or custom is None:
                return None
            return FieldColumns(
                about,
                custom.get("properties", {}),
                lambda name, *said: findings.add_misfit(stream, f"{place}.{name}", *said),
            )

        self._own = columns(facts.get(kind), [], CUSTOM)
        beside = ((about["sideload"], about) for about in facts.values() if "sideload" in about)
        found = {
            name: columns(about, ["properties", SIDELOADS, "properties", name, "items"], f"{SIDELOADS}.{name}.{CUSTOM}")
            for name, about in beside
        }
        self._beside = {name: known for name, known in found.items() if known}

    def of(self, rows: list[Row]) -> list[Row]:
        """The records of the page, each with its columns."""
        if self._own:
            rows = [{**moved(row, CUSTOM), CUSTOM: self._own.of(row)} for row in rows]
        if self._beside:
            rows = [{**row, SIDELOADS: self._with_columns(row.get(SIDELOADS))} for row in rows]
        return rows

    def _with_columns(self, sideloads: Any) -> Any:
        """The same objects with their columns, in copies: other records may share them."""
        if not isinstance(sideloads, dict):
            return sideloads
        added = {
            name: [{**moved(one, CUSTOM), CUSTOM: known.of(one)} for one in sideloads.get(name) or []]
            for name, known in self._beside.items()
            if name in sideloads
        }
        return {**sideloads, **added}


def _within(schema: Any, path: list[str]) -> Any:
    for name in path:
        schema = schema.get(name) if isinstance(schema, Mapping) else None
    return schema
