"""The schema of a stream's records."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from airbyte_cdk.sources.declarative.schema import SchemaLoader

from source_zendesk.resources import load_schema

PARENT_KEY = {"type": ["null", "integer", "string"], "description": "The parent that this record was read for."}


@dataclass
class RecordSchema(SchemaLoader):
    """The schema of the object `schema`, with the ids of the parents that the `endpoint` names."""

    schema: str
    endpoint: str

    def get_json_schema(self) -> Mapping[str, Any]:
        """A JSON schema without references."""
        schema = load_schema(self.schema)
        parents = dict.fromkeys(re.findall(r"{(\w+)}", self.endpoint), PARENT_KEY)
        return {**schema, "properties": {**parents, **schema["properties"]}}
