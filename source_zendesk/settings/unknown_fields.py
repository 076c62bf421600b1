"""Fields of the configuration that nothing reads, which are misspelt more often than not."""

from collections.abc import Iterator, Mapping
from typing import Any

from source_zendesk.settings.inputs import suggestions

Schema = Mapping[str, Any]
# Airbyte's connector has it; here every page is read anyway.
WITHOUT_EFFECT = ("ignore_pagination",)


def unknown_fields(config: Mapping[str, Any], schema: Schema) -> list[str]:
    """A sentence for each field that the specification's schema does not have, with the nearest that it has.

    What begins with an underscore is the platform's; values are never shown.
    """
    return list(_unknown(config, schema, ""))


def _unknown(given: Any, schema: Schema, path: str) -> Iterator[str]:
    if isinstance(given, list):
        for index, item in enumerate(given):
            yield from _unknown(item, schema.get("items", {}), f"{path[:-1]}[{index}].")
    elif isinstance(given, Mapping) and (known := _properties(given, schema)):
        for name, value in given.items():
            if name in known:
                yield from _unknown(value, known[name], f"{path}{name}.")
            elif not name.startswith("_") and name not in WITHOUT_EFFECT:
                hint = suggestions(name, known)
                yield f"`{path}{name}`: the configuration has no such field, it is left unused{hint or '.'}"


def _properties(given: Mapping[str, Any], schema: Schema) -> dict[str, Schema]:
    """The fields of an object: its own, and those of the kind that it is, by the constants of each kind."""
    kinds = [kind.get("properties", {}) for kind in schema.get("oneOf", [])]
    fitting = [kind for kind in kinds if all(_fits(given.get(name), field) for name, field in kind.items())]
    return dict(schema.get("properties", {})) | {name: field for kind in fitting for name, field in kind.items()}


def _fits(value: Any, field: Schema) -> bool:
    return "const" not in field or field["const"] == value
