"""The manifest as a table: one entry for each endpoint."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from airbyte_cdk.utils.yaml_loader import safe_load_yaml

from source_zendesk.placeholders import placeholders_of
from source_zendesk.resources import manifest_path

FAMILIES = "#/definitions/"


@dataclass(frozen=True)
class Entry:
    """One stream of the manifest: its family and its parameters."""

    family: str
    kind: str
    method: str
    parameters: Mapping[str, Any]
    definition: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The name of the stream."""
        return str(self.parameters["name"])

    @property
    def endpoint(self) -> str:
        """The full path, with `{placeholders}`."""
        return str(self.parameters["endpoint"])

    @property
    def placeholders(self) -> list[str]:
        """What the path needs."""
        return placeholders_of(self.endpoint)

    @property
    def primary_key(self) -> list[str]:
        """The fields that tell records apart, empty where there are none."""
        return list(self.parameters["primary_key"])

    @property
    def cursor_field(self) -> str:
        """The field that the stream is incremental by, empty where it is not."""
        return str(self.parameters.get("cursor_field", ""))

    @property
    def parents(self) -> list[dict[str, Any]]:
        """The streams, or fixed values, that fill the placeholders."""
        return list(self.parameters.get("parents", []))

    @property
    def incremental(self) -> str:
        """How a stream with parents goes on: `none`, `follows_parent` or `per_parent`."""
        return str(self.parameters.get("incremental", "none"))

    @property
    def required_arguments(self) -> list[str]:
        """What an item of `inputs` or `actions` must have; a stream with parents needs what they would give."""
        given = [name for parent in self.parents for name in parent["fields"]]
        return list(self.parameters.get("required_arguments", given))

    @property
    def optional_arguments(self) -> list[str]:
        """What an item of `inputs` or `actions` may have besides."""
        return list(self.parameters.get("optional_arguments", []))

    @property
    def takes_body(self) -> bool:
        """Whether arguments of other names go into the body of the request."""
        return bool(self.definition["retriever"].get("body_parameters"))

    @property
    def sends(self) -> str:
        """What the request of an action carries, empty for all but actions."""
        return str(self.definition["retriever"].get("sends", ""))

    @property
    def most_items(self) -> int:
        """How many items a bulk action takes, 0 where there is no limit."""
        return int(self.definition["retriever"].get("most_items", 0))

    @property
    def sideload(self) -> str:
        """What the endpoint is asked to include for this stream, empty for all but sideload streams."""
        return str(self.definition["retriever"].get("sideload", ""))


class Manifest:
    """The parsed `manifest.yaml`."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content
        self.entries = {entry.name: entry for entry in map(self._entry, content["streams"])}

    @classmethod
    @cache
    def load(cls) -> "Manifest":
        """The manifest of this installation, read once."""
        return cls(safe_load_yaml(manifest_path().read_bytes()))

    def _entry(self, stream: Mapping[str, Any]) -> Entry:
        family = stream["$ref"].removeprefix(FAMILIES)
        definition = self.content["definitions"][family]
        requester = definition["retriever"]["requester"]["$ref"].removeprefix(FAMILIES)
        method = self.content["definitions"][requester]["http_method"]
        return Entry(family, definition["kind"], method, stream["$parameters"], definition)

    def with_parents(self, names: Iterable[str]) -> set[str]:
        """The streams of these names and all that their reading needs."""
        found: set[str] = set()
        waiting = [name for name in names if name in self.entries]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += [parent["stream"] for parent in self.entries[name].parents if "stream" in parent]
        return found

    def narrowed_to(self, names: Iterable[str]) -> dict[str, Any]:
        """The manifest with these streams, their parents and what they refer to alone: resolving all takes seconds."""
        kept = self.with_parents(names)
        streams = [stream for stream in self.content["streams"] if stream["$parameters"]["name"] in kept]
        narrowed = {**self.content, "streams": streams, "definitions": {}}
        waiting = set(_references(narrowed))
        while waiting:
            name = waiting.pop()
            narrowed["definitions"][name] = self.content["definitions"][name]
            waiting |= set(_references(narrowed["definitions"][name])).difference(narrowed["definitions"])
        return narrowed


def _references(content: Any) -> Iterator[str]:
    """The definitions that a part of the manifest refers to."""
    if isinstance(content, Mapping):
        if isinstance(content.get("$ref"), str):
            yield content["$ref"].removeprefix(FAMILIES)
        content = list(content.values())
    if isinstance(content, list):
        for item in content:
            yield from _references(item)
