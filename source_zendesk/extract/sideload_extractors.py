"""Record extractors for Zendesk's sideloads and other shapes of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from source_zendesk import times
from source_zendesk.errors import ResponseError
from source_zendesk.extract.extractors import ListExtractor, RecordExtractor, Row


@dataclass
class DefinitionExtractor(RecordExtractor):
    """One record for each definition in the lists of the object under `record_key`, with `condition` naming its list.

    https://developer.zendesk.com/api-reference/ticketing/ticket-management/skill_based_routing/
    """

    def extract(self, body: Any) -> list[Row]:
        """The definitions of `conditions_all`, then those of `conditions_any`."""
        definitions = body.get(self.record_key) if isinstance(body, dict) else None
        if not isinstance(definitions, dict):
            raise ResponseError(self.name, f"the answer has no object `{self.record_key}`")
        return [
            {**definition, "condition": condition.removeprefix("conditions_")}
            for condition in ("conditions_all", "conditions_any")
            for definition in self.nested_list(definitions, condition)
        ]


Key = tuple[str, str] | None


@dataclass
class JsonApiExtractor(RecordExtractor):
    """The items of `data`, or the one object that it is, each with what it refers to under `included`.

    That is what its `relationships` name of the answer's `included`, and what these name in turn.
    https://developer.zendesk.com/api-reference/agent-availability/agent-availability-api/agent_availabilities/
    """

    def extract(self, body: Any) -> list[Row]:
        """The items."""
        data = body.get("data") if isinstance(body, Mapping) else None
        if not isinstance(data, (list, dict)):
            raise ResponseError(self.name, "the answer has no `data`")
        included = {_key(item): item for item in self.nested_list(body, "included")}
        rows = self.validate_objects(data if isinstance(data, list) else [data], "data")
        return [{**row, "included": list(_related(row, included, set()))} for row in rows] if included else rows


def _related(row: Row, included: Mapping[Key, Row], met: set[Key]) -> Iterator[Row]:
    relationships = row.get("relationships")
    for relationship in relationships.values() if isinstance(relationships, Mapping) else ():
        data = relationship.get("data") if isinstance(relationship, Mapping) else None
        for key in map(_key, data if isinstance(data, list) else [data]):
            if key in included and key not in met:
                met.add(key)
                yield included[key]
                yield from _related(included[key], included, met)


def _key(item: Any) -> Key:
    return (str(item.get("type")), str(item.get("id"))) if isinstance(item, Mapping) else None


NOTHING: tuple[Any, ...] = (None, [], {})


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
    unless: Mapping[str, Any] = field(default_factory=dict)

    def extract(self, body: Any) -> list[Row]:
        """The side-loaded objects; hosts without one, such as deleted tickets, have no record."""
        hosts = self._parent_list(body)
        if isinstance(body.get(self.record_key), list):
            return self.validate_objects(body[self.record_key], self.record_key)
        if any(map(self._has_sideload, hosts)) and not any(self.embedded in host for host in hosts):
            cause = f"the answer has {self.parent_list_key} without the {self.record_key} that it was asked to include"
            cause += f"; list_{self.name} has them if it stays so"
            raise ResponseError(self.name, cause)
        found = [item for host in hosts if (item := host.get(self.embedded)) or item not in NOTHING]
        return self.validate_objects(
            [row for item in found for row in (item if isinstance(item, list) else [item])], self.embedded
        )

    def cursor_rows(self, body: Any, rows: list[Row]) -> list[Row]:
        """The hosts' rows: the export is ordered by their time."""
        return self._parent_list(body)

    def _parent_list(self, body: Any) -> list[Row]:
        hosts = body.get(self.parent_list_key) if isinstance(body, dict) else None
        if not isinstance(hosts, list):
            raise ResponseError(self.name, f"the answer has no list `{self.parent_list_key}`")
        return self.validate_objects(hosts, self.parent_list_key)

    def _has_sideload(self, host: Row) -> bool:
        return all(host.get(name) != value for name, value in self.unless.items())


CHANGED = "_ab_updated_at"


@dataclass
class MetricExtractor(SideloadExtractor):
    """The side-loaded metrics, each with the moment at which its ticket changed last, in epoch seconds.

    The field has the name that Airbyte's connector gave it: its destinations tell the newest row of a ticket by it.
    """

    def extract(self, body: Any) -> list[Row]:
        """The metrics; one whose ticket is not on the page goes by its own time."""
        changed = {host.get("id"): host.get("generated_timestamp") for host in self._parent_list(body)}
        return [{**row, CHANGED: changed.get(row.get("ticket_id")) or _own(row)} for row in super().extract(body)]


def _own(row: Row) -> int | None:
    return times.epoch(row.get("updated_at"))


REFERENCE = "via_reference_id"


@dataclass
class CommentExtractor(ListExtractor):
    """The child events of type `Comment` of the ticket events under `record_key`.

    Each also carries what its event knows better, `via_reference_id`, and what only its event knows: `ticket_id`,
    `timestamp` and, where it has none itself, `created_at`. Raises `ResponseError` where events say that there
    were comments and none is there: the server did not heed `include`.
    https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/#incremental-ticket-event-export
    """

    def extract(self, body: Any) -> list[Row]:
        """The comments, in the order of their events."""
        found = [(event, child) for event in super().extract(body) for child in self.nested_list(event, "child_events")]
        comments = [(event, child) for event, child in found if child.get("event_type") == "Comment"]
        if any(_is_mention(child) for _, child in found) and all(_is_mention(child) for _, child in comments):
            cause = "the answer mentions comments without the text that it was asked to include"
            raise ResponseError(self.name, f"{cause}; list_{self.name} has them if it stays so")
        return [{**self._of_event(event), **child, **_reference(event)} for event, child in comments]

    def cursor_rows(self, body: Any, rows: list[Row]) -> list[Row]:
        """The events: the export is ordered by their time."""
        return super().extract(body)

    def _of_event(self, event: Row) -> Row:
        return {name: event.get(name) for name in ("ticket_id", "timestamp", "created_at")}


def _reference(event: Row) -> Row:
    """What the event came from, such as the ticket that was merged; Zendesk tells it of the event alone."""
    return {} if event.get(REFERENCE) is None else {REFERENCE: event[REFERENCE]}


def _is_mention(child: Row) -> bool:
    """Whether a child event says no more than that there was a comment."""
    return bool(child.get("comment_present")) and "body" not in child
