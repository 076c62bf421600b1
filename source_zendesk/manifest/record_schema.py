"""The JSON schema of the records of a stream."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from airbyte_cdk.sources.declarative.schema import SchemaLoader

from source_zendesk.manifest.endpoint import Endpoint
from source_zendesk.manifest.parent_ref import BRAND
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
    """The JSON type of each placeholder of the path, and of each other parent field that is in the primary key.

    It is the type of the record's field of that name, or of the parent's field that fills the placeholder. Otherwise
    it is the type of the record's `id` if the path ends with the placeholder, or string.
    """
    others = [name for parent in endpoint.parents for name in parent.fields if name in endpoint.primary_key]
    names = dict.fromkeys(
        endpoint.placeholders + [name for name in others if name != BRAND or not endpoint.options.per_brand]
    )
    return {name: _param_type(endpoint, name, endpoints) for name in names}


def _param_type(endpoint: Endpoint, name: str, endpoints: Mapping[str, Endpoint]) -> str:
    own_id = "id" if endpoint.path.endswith(f"{{{name}}}") else ""
    return (
        _declared_type(endpoint, name)
        or _parent_field_type(endpoint, name, endpoints)
        or _declared_type(endpoint, own_id)
        or TEXT
    )


def _parent_field_type(endpoint: Endpoint, name: str, endpoints: Mapping[str, Endpoint]) -> str:
    for parent in endpoint.parents:
        if name in parent.fields and parent.stream:
            stream, source = endpoints[parent.stream], parent.fields[name]
            return (
                _param_type(stream, source, endpoints)
                if source in stream.placeholders
                else _declared_type(stream, source)
            )
    return ""


def _declared_type(endpoint: Endpoint, path: str) -> str:
    """The type of the field at a dotted path of the schema, empty if there is none."""
    node = load_schema(endpoint.schema, endpoint.product)
    for step in path.split("."):
        node = node.get("properties", {}).get(step, {})
    return next((kind for kind in node.get("type", []) if kind != "null"), "")


VOLATILE = "x-volatile"


def volatile_fields(endpoint: Endpoint) -> list[str]:
    """The fields of the records that can change without the cursor field, such as counters; the schema marks them."""
    properties = load_schema(endpoint.schema, endpoint.product)["properties"]
    return [name for name, node in properties.items() if node.get(VOLATILE)]


ACTION_FIELDS = {
    "_action": {
        "type": ["null", "object"],
        "description": "The action of this record: its stream, its parameters and its fingerprint.",
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
        "description": "The response header `X-Zendesk-API-Warn`: ignored fields; or why the status is `unknown`.",
    },
    "_request": {
        "type": ["null", "object"],
        "description": "In a dry run, the request that would have been sent.",
        "additionalProperties": True,
    },
}
PARENT_KEY = "The parent of this record in the request."


@dataclass
class RecordSchema(SchemaLoader):
    """The schema of records, with the parent ids in `path_param_types`; for actions with `_action` and its status."""

    schema: str
    kind: str = "read"
    product: str = ""
    path_param_types: dict[str, str] = field(default_factory=dict)

    def get_json_schema(self) -> Mapping[str, Any]:
        """A JSON schema without references."""
        schema = load_schema(self.schema, self.product)
        return {**schema, "properties": {**self._added_properties(), **schema["properties"]}}

    def _added_properties(self) -> dict[str, Any]:
        if self.kind == "action":
            return ACTION_FIELDS
        return {
            name: {"type": ["null", kind], "description": PARENT_KEY} for name, kind in self.path_param_types.items()
        }
