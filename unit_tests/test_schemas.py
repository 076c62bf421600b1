"""The record schemas are well formed, open, described, and lack nothing that the API or a peer is known to send."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from source_zendesk.manifest import Manifest

ROOT = Path(__file__).parents[1]
SCHEMAS = ROOT / "schemas"
SHARED = SCHEMAS / "shared"
DATA = Path(__file__).parent / "data"
# Zendesk's API description and the peers' schemas, where they lie beside the checkout.
REFERENCE = ROOT.parent / "shared" / "zendesk-api" / "reference.json"
PEERS = ROOT.parent / "shared" / "research" / "peer_schemas.json"

OBJECTS = sorted(SCHEMAS.glob("*.json"))
FILES = OBJECTS + sorted(SHARED.glob("*.json"))
ENDPOINTS: dict[str, dict[str, str | None]] = json.loads((DATA / "schema_endpoints.json").read_text())
PEER_STREAMS: dict[str, str] = json.loads((DATA / "schema_peers.json").read_text())
# Ids that are, or may be, text, and in which files; every other id is an integer.
TEXT_IDS: dict[str, list[str]] = json.loads((DATA / "schema_text_ids.json").read_text())

KEYWORDS = {
    *("$schema", "$ref", "title", "description", "type", "format", "airbyte_type"),
    *("properties", "additionalProperties", "items", "x-otherwise", "x-volatile"),
}
LONGEST_DESCRIPTION = 90
# Where the API description shows another object than the endpoint sends.
REFERENCE_WRONG = {"GET /api/v2/incremental/ticket_events"}
# Where it says text of what is a boolean in every other place.
REFERENCE_WRONG_FIELDS = {"deleted_user.shared_phone_number: may be string"}
# Where a peer's schema is mistaken: the logo is an object, and `confition` is a slip of the pen.
PEER_WRONG = {("brand", "logo"), ("attribute_definition", "confition")}

Node = dict[str, Any]


def read(path: Path) -> Node:
    schema: Node = json.loads(path.read_text())
    return schema


def nodes(schema: Node, name: str = "") -> Iterator[tuple[str, Node]]:
    """Every schema node under a name: the property's, or the list's for its items."""
    yield name, schema
    for key, child in schema.get("properties", {}).items():
        yield from nodes(child, key)
    if schema.get("items"):
        yield from nodes(schema["items"], f"{name}[]")


def expand(node: Node, seen: tuple[str, ...] = ()) -> Node:
    """The node with every reference replaced by what it refers to."""
    if "$ref" in node:
        target = node["$ref"]
        if target in seen:
            raise ValueError(f"circle of references: {' > '.join((*seen, target))}")
        return expand(read(SHARED / target), (*seen, target))
    result = dict(node)
    if "properties" in node:
        result["properties"] = {key: expand(child, seen) for key, child in node["properties"].items()}
    if "items" in node:
        result["items"] = expand(node["items"], seen)
    return result


def id_faults(file: str, name: str, types: set[str]) -> Iterator[str]:
    plain = name.removesuffix("[]")
    if not re.search(r"(^|_)ids?$", plain):
        return
    if "number" in types:
        yield f"{name}: an id is never a fraction"
    if "string" in types and file not in TEXT_IDS.get(plain, []):
        yield f"{name}: this id is an integer"


OTHER_MOMENTS = {"sla_next_breach_at", "call_recording.started_at"}
"""Times that Zendesk documents in a form other than ISO 8601."""


def node_faults(file: str, name: str, node: Node) -> Iterator[str]:
    types = set(node.get("type", ()))
    if not types or "null" not in types:
        yield f"{name}: not nullable"
    if "object" in types and node.get("additionalProperties") is not True:
        yield f"{name}: not open"
    if "array" in types and "items" not in node:
        yield f"{name}: a list without items"
    if node.get("format") == "date-time" and node.get("airbyte_type") != "timestamp_with_timezone":
        yield f"{name}: a moment without its Airbyte type"
    is_moment = types == {"null", "string"} and name.endswith("_at") and not {name, f"{file}.{name}"} & OTHER_MOMENTS
    if is_moment and "format" not in node:
        yield f"{name}: a moment without format"
    yield from id_faults(file, name, types)


def faults(file: str, schema: Node) -> Iterator[str]:
    """What is wrong with a schema, in words."""
    for name, node in nodes(schema):
        yield from (f"{name}: {keyword} is not used here" for keyword in sorted(set(node) - KEYWORDS))
        if "$ref" in node:
            if set(node) - {"x-volatile"} != {"$ref"}:
                yield f"{name}: nothing may stand beside $ref"
            elif not (SHARED / node["$ref"]).is_file():
                yield f"{name}: {node['$ref']} does not exist"
            continue
        yield from node_faults(file, name, node)
        if not name.endswith("[]") and not 0 < len(node.get("description", "")) <= LONGEST_DESCRIPTION:
            yield f"{name}: no description of 1 to {LONGEST_DESCRIPTION} characters"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_schema_is_sound(path: Path) -> None:
    schema = read(path)
    Draft7Validator.check_schema(schema)
    assert list(faults(path.stem, schema)) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_is_in_canonical_form(path: Path) -> None:
    text = path.read_text()
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("path", OBJECTS, ids=lambda path: path.stem)
def test_a_schema_has_a_title_and_no_unresolved_reference(path: Path) -> None:
    schema = read(path)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema["title"]
    assert schema["type"] == ["null", "object"]
    assert "$ref" not in json.dumps(expand(schema))


def test_every_shared_part_is_used() -> None:
    used = {node["$ref"] for path in FILES for _, node in nodes(read(path)) if "$ref" in node}
    assert used == {path.name for path in SHARED.glob("*.json")}


def test_every_object_is_that_of_an_entry() -> None:
    assert {path.stem for path in OBJECTS} <= {entry.schema for entry in Manifest.load().endpoints.values()}


def test_no_endpoint_belongs_to_two_objects() -> None:
    assert set(ENDPOINTS) <= {path.stem for path in OBJECTS}
    endpoints = [endpoint for named in ENDPOINTS.values() for endpoint in named]
    assert len(endpoints) == len(set(endpoints)) == 438


def test_reference_circle_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unit_tests.test_schemas.SHARED", tmp_path)
    (tmp_path / "one.json").write_text('{"properties": {"next": {"$ref": "two.json"}}}')
    (tmp_path / "two.json").write_text('{"items": {"$ref": "one.json"}}')
    with pytest.raises(ValueError, match=r"one\.json > two\.json > one\.json"):
        expand({"$ref": "one.json"})


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"type": "string"}, "x: not nullable"),
        ({"type": ["null", "object"], "additionalProperties": False}, "x: not open"),
        ({"type": ["null", "array"]}, "x: a list without items"),
        ({"type": ["null", "string"], "oneOf": []}, "x: oneOf is not used here"),
        ({"type": ["null", "string"], "description": "x" * 91}, "x: no description of 1 to 90 characters"),
        ({"type": ["null", "string"], "format": "date-time"}, "x: a moment without its Airbyte type"),
        ({"$ref": "via.json", "description": "How"}, "x: nothing may stand beside $ref"),
        ({"$ref": "nowhere.json"}, "x: nowhere.json does not exist"),
    ],
)
def test_fault_is_found(broken: Node, message: str) -> None:
    schema = copy.deepcopy(read(SCHEMAS / "tag.json"))
    schema["properties"]["x"] = broken
    assert message in list(faults("tag", schema))


@pytest.mark.parametrize(
    ("name", "types", "message"),
    [
        ("user_id", ["null", "number"], "user_id: an id is never a fraction"),
        ("user_id", ["null", "string"], "user_id: this id is an integer"),
        ("solved_at", ["null", "string"], "solved_at: a moment without format"),
    ],
)
def test_type_that_does_not_fit_the_name_is_found(name: str, types: list[str], message: str) -> None:
    schema = {"type": ["null", "object"], "properties": {name: {"type": types}}}
    assert message in list(faults("tag", schema))


def variants(known: Node) -> list[Node]:
    """The shapes that a node of the API description may take."""
    union = known.get("anyOf") or known.get("oneOf")
    return [shape for part in union for shape in variants(part)] if union else [known]


def narrower(known: Node, ours: Node, name: str) -> Iterator[str]:
    """What is known to come and our schema does not have."""
    types = set(ours.get("type", ()))
    for shape in variants(known):
        kind = shape.get("type")
        fits = {kind} | ({"number"} if kind == "integer" else set())
        if ours and kind and not fits & types and "x-otherwise" not in ours:
            yield f"{name}: may be {kind}"
        if kind == "object" and ours.get("x-otherwise") == "list":
            yield from narrower(shape, ours["items"], f"{name}[]")
            continue
        for key, child in shape.get("properties", {}).items():
            if key in ours.get("properties", {}):
                yield from narrower(child, ours["properties"][key], f"{name}.{key}")
            elif ours:
                yield f"{name}.{key}: missing"
        if shape.get("items"):
            yield from narrower(shape["items"], ours.get("items", {}), f"{name}[]")


def rows(known: Node, key: str) -> Iterator[Node]:
    """The records of an answer, as the API description has them: objects under the dotted key."""
    for step in filter(None, key.split(".")):
        known = known.get("properties", {}).get(step, {})
    for shape in variants(known):
        for row in variants(shape["items"]) if "items" in shape else [shape]:
            if row.get("properties"):
                yield row


def reference() -> dict[str, list[Node]]:
    """The successful answers of every endpoint, whatever its placeholders are called."""
    answers: dict[str, list[Node]] = {}
    for operation in json.loads(REFERENCE.read_text()):
        schemas = [a["schema"] for s, a in operation["responses"].items() if s.startswith("2") and a.get("schema")]
        answers[re.sub(r"{\w+}", "{}", f"{operation['method']} {operation['path']}")] = schemas
    return answers


@pytest.mark.skipif(not REFERENCE.is_file(), reason="Zendesk's API description is not beside the checkout")
def test_nothing_of_the_api_description_is_missing_or_narrower() -> None:
    answers = reference()
    compared = 0
    found: list[str] = []
    for name, endpoints in ENDPOINTS.items():
        ours = expand(read(SCHEMAS / f"{name}.json"))
        for endpoint, key in endpoints.items():
            if key is None or endpoint in REFERENCE_WRONG:
                continue
            for answer in answers.get(re.sub(r"{\w+}", "{}", endpoint), []):
                for row in rows(answer, key):
                    compared += 1
                    found += narrower(row, ours, name)
    assert set(found) == REFERENCE_WRONG_FIELDS
    assert compared > 300


def peer_fields() -> Iterator[tuple[str, str, str]]:
    for peer, streams in json.loads(PEERS.read_text()).items():
        if "support" in peer or "tap-zendesk" in peer:
            for stream, fields in streams.items():
                for field, types in fields.items():
                    if stream in PEER_STREAMS:
                        yield PEER_STREAMS[stream], field, types


@pytest.mark.skipif(not PEERS.is_file(), reason="the peers' schemas are not beside the checkout")
def test_no_field_of_a_peer_is_missing_or_narrower() -> None:
    found, compared = set(), 0
    for name, field, declared in peer_fields():
        if (name, field) in PEER_WRONG:
            continue
        compared += 1
        ours = expand(read(SCHEMAS / f"{name}.json"))["properties"].get(field)
        kinds = {kind.split(":")[0] for kind in declared.split("|")}
        # Peers also call integers numbers.
        wanted = {"integer" if kind == "number" else kind for kind in kinds}
        if ours is None or not (wanted <= set(ours["type"]) or "x-otherwise" in ours):
            found.add(f"{name}.{field}: {declared}")
    assert found == set()
    assert compared > 1000


def test_a_missing_or_narrower_field_is_found() -> None:
    known = {"properties": {"a": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "integer"}}]}}}
    ours = {"type": ["null", "object"], "properties": {"a": {"type": ["null", "array"], "items": {"type": ["string"]}}}}
    assert list(narrower(known, ours, "x")) == ["x.a: may be string", "x.a[]: may be integer"]
    assert list(narrower(known, {"type": ["object"], "properties": {}}, "x")) == ["x.a: missing"]
