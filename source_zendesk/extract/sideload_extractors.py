"""Record extractors for sideloads and other response shapes specific to Zendesk."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from source_zendesk import times
from source_zendesk.errors import ResponseError
from source_zendesk.extract.extractors import ExtractedRows, ListExtractor, RecordExtractor, Row
from source_zendesk.http.error_text import embedded_error


@dataclass
class DefinitionExtractor(RecordExtractor):
    """One record for each definition in the lists of the object under `record_key`; `condition` is the list's name.

    https://developer.zendesk.com/api-reference/ticketing/ticket-management/skill_based_routing/
    """

    def extract(self, body: object) -> list[Row]:
        """The definitions of `conditions_all`, then those of `conditions_any`."""
        definitions = body.get(self.record_key) if isinstance(body, dict) else None
        if not isinstance(definitions, dict):
            raise ResponseError(self.name, f"the response has no object `{self.record_key}`{embedded_error(body)}")
        return [
            {**definition, "condition": condition.removeprefix("conditions_")}
            for condition in ("conditions_all", "conditions_any")
            for definition in self.nested_list(definitions, condition)
        ]


Key = tuple[str, str] | None


@dataclass
class JsonApiExtractor(RecordExtractor):
    """The items of `data`, or its only object; each gets the `included` objects that it refers to.

    These are the objects that its `relationships` refer to, directly or through another included object.
    https://developer.zendesk.com/api-reference/agent-availability/agent-availability-api/agent_availabilities/
    """

    def extract(self, body: Any) -> list[Row]:
        """The items."""
        data = body.get("data") if isinstance(body, Mapping) else None
        if not isinstance(data, (list, dict)):
            raise ResponseError(self.name, f"the response has no `data`{embedded_error(body)}")
        included = {resource_key(item): item for item in self.nested_list(body, "included")}
        rows = self.validate_objects(data if isinstance(data, list) else [data], "data")
        return [{**row, "included": list(_related(row, included, set()))} for row in rows] if included else rows


def _related(row: Row, included: Mapping[Key, Row], visited: set[Key]) -> Iterator[Row]:
    relationships = row.get("relationships")
    for relationship in relationships.values() if isinstance(relationships, Mapping) else ():
        data = relationship.get("data") if isinstance(relationship, Mapping) else None
        for key in map(resource_key, data if isinstance(data, list) else [data]):
            if key in included and key not in visited:
                visited.add(key)
                yield included[key]
                yield from _related(included[key], included, visited)


def resource_key(item: object) -> Key:
    """The type and the id by which a JSON:API document refers to a resource."""
    return (str(item.get("type")), str(item.get("id"))) if isinstance(item, Mapping) else None


EMPTY: tuple[object, ...] = (None, [], {})


@dataclass
class SideloadExtractor(RecordExtractor):
    """Extracts the sideloaded objects of an export, in either of their two shapes.

    The response contains them as a list under `record_key`, or embedded in the records of the list `parent_list_key`,
    under `embedded`. A parent has such an object `unless` a field has a certain value, as deleted tickets do. Raises
    `ResponseError` if there are such parents and the response has neither shape: the server ignored `include`.
    https://developer.zendesk.com/documentation/ticketing/using-the-zendesk-api/side_loading/
    """

    parent_list_key: str = ""
    embedded: str = ""
    unless: Mapping[str, object] = field(default_factory=dict)

    def extract(self, body: Any) -> list[Row]:
        """The sideloaded objects; parents without one, such as deleted tickets, have no record."""
        return self.extract_page(body).records

    def extract_page(self, body: object) -> ExtractedRows:
        """The sideloaded objects; the read advances by the parent list, since the export is ordered by its time."""
        parents = self._parent_list(body)
        return ExtractedRows(self._sideloaded(body, parents), cursor_rows=parents)

    def _sideloaded(self, body: Any, parents: list[Row]) -> list[Row]:
        if isinstance(body.get(self.record_key), list):
            return self.validate_objects(body[self.record_key], self.record_key)
        if any(map(self._has_sideload, parents)) and not any(self.embedded in parent for parent in parents):
            cause = f"the response has {self.parent_list_key} without the requested sideload {self.record_key}"
            raise ResponseError(self.name, f"{cause}; if that persists, read list_{self.name}")
        values = [value for parent in parents if (value := parent.get(self.embedded)) or value not in EMPTY]
        return self.validate_objects(
            [row for value in values for row in (value if isinstance(value, list) else [value])], self.embedded
        )

    def _parent_list(self, body: object) -> list[Row]:
        parents = body.get(self.parent_list_key) if isinstance(body, dict) else None
        if not isinstance(parents, list):
            raise ResponseError(self.name, f"the response has no list `{self.parent_list_key}`{embedded_error(body)}")
        return self.validate_objects(parents, self.parent_list_key)

    def _has_sideload(self, parent: Row) -> bool:
        return all(parent.get(name) != value for name, value in self.unless.items())


@dataclass
class RelatedListExtractor(ListExtractor):
    """The objects under `record_key` to which the rows of the list `parent_list_key` refer by their field `reference`.

    If no row refers to an object, the response may lack the list. The read advances by these rows.
    https://developer.zendesk.com/api-reference/wfm/introduction/
    """

    parent_list_key: str = ""
    reference: str = ""

    def extract(self, body: object) -> list[Row]:
        """The objects."""
        return self.extract_page(body).records

    def extract_page(self, body: object) -> ExtractedRows:
        """The objects; the read advances by the parent list, since the export is ordered by its time."""
        parents = ListExtractor(self.name, self.parent_list_key).extract(body)
        is_empty = self.value_at_key(body) is None and not any(parent.get(self.reference) for parent in parents)
        return ExtractedRows([] if is_empty else super().extract(body), cursor_rows=parents)


CHANGED = "_ab_updated_at"


@dataclass
class MetricExtractor(SideloadExtractor):
    """The sideloaded metrics, each with the time of its ticket's last change, in epoch seconds.

    The field has the name from Airbyte's connector, whose destinations deduplicate the rows of a ticket by it.
    """

    def extract_page(self, body: object) -> ExtractedRows:
        """The metrics; one whose ticket is not on the page gets its own time."""
        page = super().extract_page(body)
        changed = {parent.get("id"): parent.get("generated_timestamp") for parent in page.cursor_rows}
        metrics = [{**row, CHANGED: changed.get(row.get("ticket_id")) or _metric_time(row)} for row in page.records]
        return replace(page, records=metrics)


def _metric_time(row: Row) -> int | None:
    return times.epoch(row.get("updated_at"))
