"""The schema of the records of a stream."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from airbyte_cdk.sources.declarative.schema import SchemaLoader

from source_zendesk.manifest.endpoint import Endpoint
from source_zendesk.manifest.resources import load_schema

UNDECLARED = "_undeclared"
UNDECLARED_PROPERTY: dict[str, Any] = {
    UNDECLARED: {
        "type": ["null", "object"],
        "additionalProperties": True,
        "description": "The fields that Zendesk sent and that this schema does not declare.",
    }
}


TEXT = "string"


def path_param_types(endpoint: Endpoint, endpoints: Mapping[str, Endpoint]) -> dict[str, str]:
    """The JSON type of each placeholder of the path: that of the id which fills it.

    The record's own field of this name tells it, or else the field of the parent's rows that it comes from. What only
    the user gives is the record's own id where the path ends in it, and otherwise text.
    """
    return {name: _key_type(endpoint, name, endpoints) for name in endpoint.placeholders}


def _key_type(endpoint: Endpoint, name: str, endpoints: Mapping[str, Endpoint]) -> str:
    own_id = "id" if endpoint.path.endswith(f"{{{name}}}") else ""
    return (
        _declared(endpoint, name) or _type_in_parent(endpoint, name, endpoints) or _declared(endpoint, own_id) or TEXT
    )


def _type_in_parent(endpoint: Endpoint, name: str, endpoints: Mapping[str, Endpoint]) -> str:
    for parent in endpoint.parents:
        if name in parent["fields"] and "stream" in parent:
            stream, source = endpoints[parent["stream"]], parent["fields"][name]
            return _key_type(stream, source, endpoints) if source in stream.placeholders else _declared(stream, source)
    return ""


def _declared(endpoint: Endpoint, path: str) -> str:
    """The type of what a dotted path leads to in the schema, empty where it has none."""
    node = load_schema(endpoint.schema, endpoint.product)
    for step in path.split("."):
        node = node.get("properties", {}).get(step, {})
    return next((kind for kind in node.get("type", []) if kind != "null"), "")


ACTION_FIELDS = {
    "_action": {
        "type": ["null", "object"],
        "description": "The action that this record tells of: its stream, its parameters and its fingerprint.",
        "additionalProperties": True,
        "properties": {
            "stream": {"type": ["null", "string"]},
            "parameters": {"type": ["null", "object"], "additionalProperties": True},
            "fingerprint": {"type": ["null", "string"]},
        },
    },
    "_status": {
        "type": ["null", "string"],
        "description": "`done`, the status in which its job ended, `unknown`, or `dry_run`.",
    },
    "_warning": {
        "type": ["null", "string"],
        "description": "What Zendesk dropped of the action, by its header `X-Zendesk-API-Warn`; why it is `unknown`.",
    },
    "_request": {
        "type": ["null", "object"],
        "description": "In a dry run, the request that would have been sent.",
        "additionalProperties": True,
    },
}
PARENT_KEY = "The parent that this record was read for."


@dataclass
class RecordSchema(SchemaLoader):
    """The schema of the object `schema` of a `product`, with the ids of the parents that the path names: `key_types`.

    Records of kind `action` carry what tells of their action instead.
    """

    schema: str
    kind: str = "read"
    product: str = ""
    key_types: dict[str, str] = field(default_factory=dict)

    def get_json_schema(self) -> Mapping[str, Any]:
        """A JSON schema without references."""
        schema = load_schema(self.schema, self.product)
        return {**schema, "properties": {**self._added(), **schema["properties"]}}

    def _added(self) -> dict[str, Any]:
        if self.kind == "action":
            return ACTION_FIELDS
        return {name: {"type": ["null", kind], "description": PARENT_KEY} for name, kind in self.key_types.items()}
