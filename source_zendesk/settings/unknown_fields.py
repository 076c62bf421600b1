"""Warnings about unknown fields of the configuration, most of which are misspelled."""

from collections.abc import Iterator, Mapping
from typing import Any

from source_zendesk.settings.inputs import suggestions
from source_zendesk.settings.validation import Schema, matching_alternative

# A field of Airbyte's connector; this connector always reads every page.
WITHOUT_EFFECT = ("ignore_pagination",)


def unknown_fields(config: Mapping[str, Any], schema: Schema) -> list[str]:
    """A warning for each field that the schema of the specification does not have, with the closest known field.

    Fields that start with an underscore belong to the platform. Warnings contain no values.
    """
    return list(_warnings(config, schema, ""))


def _warnings(content: Any, schema: Schema, path: str) -> Iterator[str]:
    if isinstance(content, list):
        for index, item in enumerate(content):
            yield from _warnings(item, schema.get("items", {}), f"{path[:-1]}[{index}].")
    elif isinstance(content, Mapping) and (known := _properties(content, schema)):
        for name, value in content.items():
            if name in known and not known[name].get("additionalProperties"):
                yield from _warnings(value, known[name], f"{path}{name}.")
            elif name not in known and not name.startswith("_") and name not in WITHOUT_EFFECT:
                hint = suggestions(name, known)
                yield f"`{path}{name}`: unknown field, which the connector ignores{hint or '.'}"


def _properties(content: Mapping[str, Any], schema: Schema) -> dict[str, Schema]:
    """The fields of an object, and of the alternative whose constants match; empty if none of the alternatives does."""
    alternative = matching_alternative(content, schema)
    if "oneOf" in schema and not alternative:
        return {}
    return {**schema.get("properties", {}), **alternative.get("properties", {})}
