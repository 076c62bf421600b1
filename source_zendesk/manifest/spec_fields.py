"""The names and the values that the specification of the configuration lists."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from source_zendesk.manifest.loader import Manifest

Schema = Mapping[str, Any]


@cache
def spec_words() -> frozenset[str]:
    """The names of all fields, and the values that fields list."""
    fields = list(_fields(Manifest.load().spec["connection_specification"]))
    listed = [[*schema.get("enum", []), schema.get("const", "")] for _, schema in fields]
    return frozenset([*(name for name, _ in fields), *(word for words in listed for word in words if word)])


@cache
def public_fields() -> frozenset[str]:
    """The names of the fields that are secret in no object."""
    fields = list(_fields(Manifest.load().spec["connection_specification"]))
    secret = {name for name, schema in fields if schema.get("airbyte_secret")}
    return frozenset(name for name, _ in fields) - secret


def _fields(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Each field with its schema, at every depth."""
    for name, field in schema.get("properties", {}).items():
        yield name, field
        yield from _fields(field)
    for inner in schema.get("oneOf", []):
        yield from _fields(inner)
    if "items" in schema:
        yield from _fields(schema["items"])
