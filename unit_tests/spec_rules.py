"""Rules of Airbyte's form for the fields of a specification, beyond those that the CDK's standard tests check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
COMBINATIONS = ("not", "anyOf", "allOf", "if", "then", "else", "$ref")
OBJECT_KEYWORDS = ("patternProperties", "prefixItems", "dependentSchemas", "dependentRequired")
ITEM_TYPES = ("object", "string", "number", "integer")


def spec_problems(specification: Schema) -> list[str]:
    """The violations of a connection specification, each with the path of its field."""
    found = [f"{path}: {problem}" for path, field in fields(specification) for problem in _field_problems(path, field)]
    return [*found, *(f"{path or '.'}: {problem}" for path, each in objects(specification) for problem in _order(each))]


def oauth_problems(specification: Schema, advanced_auth: Schema) -> list[str]:
    """The fields that the consent button uses and the specification does not have."""
    flow = advanced_auth["oauth_config_specification"]
    parts = (
        "oauth_user_input_from_connector_config_specification",
        "complete_oauth_output_specification",
        "complete_oauth_server_output_specification",
    )
    used = [".".join(each["path_in_connector_config"]) for part in parts for each in flow[part]["properties"].values()]
    known = {path for path, _ in fields(specification)}
    return [path for path in (".".join(advanced_auth["predicate_key"]), *used) if path not in known]


def fields(schema: Schema, path: str = "") -> Iterator[tuple[str, Schema]]:
    """Each field with its dotted path; fields of alternatives and items have the path of their parent."""
    for name, field in schema.get("properties", {}).items():
        inner = f"{path}.{name}".removeprefix(".")
        yield inner, field
        yield from fields(field, inner)
    for alternative in schema.get("oneOf", []):
        yield from fields(alternative, path)
    if isinstance(schema.get("items"), Mapping):
        yield from fields(schema["items"], f"{path}[]")


def objects(specification: Schema) -> Iterator[tuple[str, Schema]]:
    """The specification and every object in it that has fields, with the path."""
    for path, field in (("", specification), *fields(specification)):
        for each in (field, *field.get("oneOf", []), field.get("items", {})):
            if isinstance(each, Mapping) and "properties" in each:
                yield path, each


def _field_problems(path: str, field: Schema) -> Iterator[str]:
    kind, choices = field.get("type"), list(map(str, field.get("enum", [])))
    is_empty = not field.get("properties") and not field.get("oneOf")
    has_display = "oneOf" in field and field.get("display_type", "radio") in ("dropdown", "radio")
    violated = {
        f"expected one type; got {kind}": not isinstance(kind, str),
        "an object without fields is not shown": kind == "object" and is_empty,
        "items need one type": kind == "array" and _item_type(field) not in ITEM_TYPES,
        "a choice is listed twice": len(set(choices)) != len(choices),
        "additionalProperties is not true": field.get("additionalProperties", True) is not True,
        "only fields at the top have a group": "group" in field and "." in path,
        "display_type needs alternatives": "display_type" in field and not has_display,
        "fields beside alternatives are not shown": "oneOf" in field and "properties" in field,
    }
    yield from (problem for problem, is_violated in violated.items() if is_violated)
    yield from (f"{keyword} is not shown" for keyword in (*COMBINATIONS, *OBJECT_KEYWORDS) if keyword in field)
    yield from _alternatives(field) if "oneOf" in field else ()


def _item_type(field: Schema) -> object:
    items = field.get("items")
    return items.get("type") if isinstance(items, Mapping) else None


def _alternatives(field: Schema) -> Iterator[str]:
    constants = [
        {name for name, each in alternative.get("properties", {}).items() if "const" in each}
        for alternative in field["oneOf"]
    ]
    common = set.intersection(*constants)
    if field.get("type") != "object" or len(common) != 1:
        yield "alternatives need one constant field in common"
        return
    selected = [alternative["properties"][next(iter(common))] for alternative in field["oneOf"]]
    if any("enum" in each or "default" in each for each in selected):
        yield "the constant field has neither choices nor a default"
    if len({each["const"] for each in selected}) != len(selected):
        yield "two alternatives have the same constant"


def _order(schema: Schema) -> Iterator[str]:
    orders = Counter(
        (field.get("group"), field["order"]) for field in schema["properties"].values() if "order" in field
    )
    yield from (f"order {order} occurs twice in group {group}" for (group, order), count in orders.items() if count > 1)
