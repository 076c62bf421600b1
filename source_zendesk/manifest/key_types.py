"""The types of the ids that records carry for their path."""

from collections.abc import Mapping

from source_zendesk.manifest.entry import Entry
from source_zendesk.manifest.resources import load_schema

TEXT = "string"


def key_types(entry: Entry, entries: Mapping[str, Entry]) -> dict[str, str]:
    """The JSON type of each placeholder of the path: that of the id which fills it.

    The record's own field of this name tells it, or else the field of the parent's rows that it comes from. What only
    the user gives is the record's own id where the path ends in it, and otherwise text.
    """
    return {name: _key_type(entry, name, entries) for name in entry.placeholders}


def _key_type(entry: Entry, name: str, entries: Mapping[str, Entry]) -> str:
    own_id = "id" if entry.endpoint.endswith(f"{{{name}}}") else ""
    return _declared(entry, name) or _of_parent(entry, name, entries) or _declared(entry, own_id) or TEXT


def _of_parent(entry: Entry, name: str, entries: Mapping[str, Entry]) -> str:
    for parent in entry.parents:
        if name in parent["fields"] and "stream" in parent:
            stream, source = entries[parent["stream"]], parent["fields"][name]
            return _key_type(stream, source, entries) if source in stream.placeholders else _declared(stream, source)
    return ""


def _declared(entry: Entry, path: str) -> str:
    """The type of what a dotted path leads to in the schema, empty where it has none."""
    node = load_schema(entry.schema, entry.product)
    for step in path.split("."):
        node = node.get("properties", {}).get(step, {})
    return next((kind for kind in node.get("type", []) if kind != "null"), "")
