"""The schema of a stream's records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from airbyte_cdk.sources.declarative.schema import SchemaLoader

from source_zendesk.manifest.resources import load_schema

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
