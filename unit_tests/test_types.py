"""Every field of every stream has one type that destinations have a column for."""

from collections.abc import Iterator
from typing import Any

import pytest

from source_zendesk.manifest import Endpoint, Manifest

Node = dict[str, Any]
MANIFEST = Manifest.load()
PLAIN = {"string", "integer", "number", "boolean", "array", "object"}
# Inside objects and lists, where no column is made of them: an id that is a number here and a text there, and anything.
LOOSE_ID = ["null", "string", "integer"]
ANYTHING = ["null", "string", "integer", "number", "boolean", "array", "object"]
IDS = ("integer", "string")


def one_type(node: Node) -> str:
    """The type beside null, empty where there is none or several."""
    kinds = [kind for kind in node.get("type", []) if kind != "null"]
    return kinds[0] if len(kinds) == 1 and kinds[0] in PLAIN else ""


def column_faults(name: str, node: Node) -> Iterator[str]:
    kind, otherwise = one_type(node), node.get("x-otherwise")
    if not kind:
        yield f"{name}: {node.get('type')} is no one type"
    elif otherwise is not None:
        named = {"string": otherwise == "text", "array": otherwise == "list", "object": otherwise != ""}
        if not named.get(kind):
            yield f"{name}: {otherwise!r} does not say how a value becomes {kind}"


def inner_faults(name: str, node: Node) -> Iterator[str]:
    if not one_type(node) and node.get("type") not in (LOOSE_ID, ANYTHING):
        yield f"{name}: {node.get('type')} is neither one type nor a form that is agreed on"


def item_faults(name: str, items: Node) -> Iterator[str]:
    if not one_type(items) and items.get("type") != LOOSE_ID:
        yield f"{name}: items of {items.get('type')}"
    if "object" in items.get("type", []) and "properties" not in items:
        yield f"{name}: items that are objects without properties"


def below(name: str, node: Node) -> Iterator[str]:
    for key, child in node.get("properties", {}).items():
        yield from inner_faults(f"{name}.{key}", child)
        yield from below(f"{name}.{key}", child)
    if one_type(node) == "array":
        yield from item_faults(f"{name}[]", node.get("items", {}))
        yield from below(f"{name}[]", node.get("items", {}))


def faults(schema: Node) -> list[str]:
    """What is wrong with the types of a schema, in words."""
    fields = schema["properties"].items()
    return [
        fault for name, node in fields for fault in (*column_faults(name, node), *below(name, node))
    ]  # fmt: skip


@pytest.mark.parametrize("product", MANIFEST.products)
def test_every_field_has_one_type(product: str) -> None:
    entries = [entry for entry in MANIFEST.endpoints.values() if entry.product == product]
    found = {entry.name: faults(MANIFEST.record_schema(entry)) for entry in entries}
    assert {name: kinds for name, kinds in found.items() if kinds} == {}


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ({"type": ["null", "string", "integer"]}, "x: ['null', 'string', 'integer'] is no one type"),
        ({"description": "Anything"}, "x: None is no one type"),
        ({"type": ["null", "array"]}, "x[]: items of None"),
        ({"type": ["null", "array"], "items": {"type": ANYTHING}}, f"x[]: items of {ANYTHING}"),
        (
            {"type": ["null", "array"], "items": {"type": ["null", "object"]}},
            "x[]: items that are objects without properties",
        ),
        (
            {"type": ["null", "object"], "properties": {"y": {"type": ["null", "string", "object"]}}},
            "x.y: ['null', 'string', 'object'] is neither one type nor a form that is agreed on",
        ),
        ({"type": ["null", "object"], "x-otherwise": ""}, "x: '' does not say how a value becomes object"),
        ({"type": ["null", "string"], "x-otherwise": "list"}, "x: 'list' does not say how a value becomes string"),
        ({"type": ["null", "integer"], "x-otherwise": "text"}, "x: 'text' does not say how a value becomes integer"),
    ],
)
def test_a_field_that_no_column_holds_is_found(field: Node, message: str) -> None:
    assert message in faults({"properties": {"x": field}})


def test_values_that_vary_are_free_inside_lists_and_objects() -> None:
    inner = {"type": ["null", "object"], "properties": {"id": {"type": LOOSE_ID}, "value": {"type": ANYTHING}}}
    assert faults({"properties": {"list": {"type": ["null", "array"], "items": inner}, "object": inner}}) == []


def sources(entry: Endpoint) -> Iterator[tuple[str, Node]]:
    """The placeholders that a parent's own field fills, and that field."""
    for parent in entry.parents:
        if parent.stream:
            known = MANIFEST.record_schema(MANIFEST.endpoints[parent.stream])
            for name, path in parent.fields.items():
                node: Node = known
                for step in path.split("."):
                    node = node["properties"][step]
                if name in entry.placeholders:
                    yield name, node


def test_a_parents_id_has_the_type_that_it_has_there() -> None:
    found, compared = [], 0
    for entry in MANIFEST.endpoints.values():
        own = MANIFEST.record_schema(entry)["properties"] if entry.kind == "read" else {}
        for name, node in sources(entry) if own else ():
            compared += 1
            if one_type(own[name]) != one_type(node) and (entry.name, name) not in OWN:
                found.append(f"{entry.name}.{name}")
    assert found == []
    assert compared > 200


# Where the record has a field of this name itself, in a type of its own.
OWN = {("ticket_task_lists", "ticket_id")}


def test_ids_of_the_path_are_whole_numbers_or_text() -> None:
    for entry in MANIFEST.endpoints.values():
        known = MANIFEST.record_schema(entry)["properties"] if entry.kind != "action" else {}
        assert all(one_type(known[name]) in IDS for name in entry.placeholders if known), entry.name
