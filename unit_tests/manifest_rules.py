"""What a manifest must be, as rules that tell each fault; the tests apply them to ours and to broken ones."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from source_zendesk.components.record_schema import RecordSchema
from source_zendesk.resources import schemas_path

Content = Mapping[str, Any]
FAMILIES = "#/definitions/"
KINDS = {"read", "input", "action", "sideload"}
EVERY_ENTRY = {"name", "endpoint", "primary_key", "schema"}
BY_KIND = {
    "read": {"cursor_field"},
    "sideload": {"cursor_field"},
    "input": {"required_arguments", "optional_arguments"},
    "action": {"required_arguments", "optional_arguments"},
}
ONE_ENTRY = {"query"}
OPTIONAL = {"record_key", "item_field", "file_field", "job_endpoint", "parents", "incremental", *ONE_ENTRY}
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def placeholders(endpoint: str) -> list[str]:
    return re.findall(r"{(\w+)}", endpoint)


def entries(content: Content) -> Iterator[tuple[str, Content, Content]]:
    """Family, parameters and the family's definition of every entry whose family is one."""
    for stream in content["streams"]:
        family = stream["$ref"].removeprefix(FAMILIES)
        if content["definitions"].get(family, {}).get("kind") in KINDS:
            yield family, stream["$parameters"], content["definitions"][family]


def fields(parameters: Content) -> set[str]:
    return set(RecordSchema(parameters["schema"], parameters["endpoint"]).get_json_schema()["properties"])


def has_schema(parameters: Content) -> bool:
    return (schemas_path() / f"{parameters['schema']}.json").exists()


def families_exist(content: Content) -> Iterator[str]:
    for stream in content["streams"]:
        family = stream["$ref"].removeprefix(FAMILIES)
        if family not in content["definitions"]:
            yield f"{stream['$parameters']['name']}: there is no family {family}"
        elif content["definitions"][family].get("kind") not in KINDS:
            yield f"{family}: its kind is none of {', '.join(sorted(KINDS))}"


def sorted_by_path(content: Content) -> Iterator[str]:
    paths = [stream["$parameters"]["endpoint"] for stream in content["streams"]]
    for before, after in itertools.pairwise(paths):
        if before > after:
            yield f"{after} stands behind {before}"


def names_are_unique(content: Content) -> Iterator[str]:
    names = Counter(stream["$parameters"]["name"] for stream in content["streams"])
    yield from (f"{name} is the name of {count} streams" for name, count in names.items() if count > 1)
    yield from (f"{name} is not in snake case" for name in names if not NAME.fullmatch(name))


def parameters_are_complete(content: Content) -> Iterator[str]:
    """Every entry sets all parameters of its family, and no others but a query: a parent's would leak in."""
    families: dict[str, list[Content]] = {}
    for family, parameters, definition in entries(content):
        families.setdefault(family, []).append(parameters)
        wanted = EVERY_ENTRY | BY_KIND[definition["kind"]]
        yield from (f"{parameters['name']} lacks {key}" for key in sorted(wanted - set(parameters)))
        yield from (f"{parameters['name']} has {key}" for key in sorted(set(parameters) - wanted - OPTIONAL))
        if ("parents" in parameters) != ("incremental" in parameters):
            yield f"{parameters['name']} has one of parents and incremental without the other"
    for family, members in families.items():
        common = Counter(frozenset(member) - ONE_ENTRY for member in members).most_common(1)[0][0]
        odd = [member["name"] for member in members if set(member) - ONE_ENTRY != common]
        yield from (f"{name} has other parameters than the rest of {family}" for name in odd)


def entries_hold_nothing_else(content: Content) -> Iterator[str]:
    for stream in content["streams"]:
        if set(stream) != {"$ref", "$parameters"}:
            yield f"{stream['$parameters']['name']}: an entry is a family and its parameters"


def references(node: Any) -> list[str]:
    return re.findall(r"#/definitions/(\w+)", str(node))


def definitions_are_used(content: Content) -> Iterator[str]:
    """Follows the references from all that is no definition; tables without a type are the code's."""
    components = [name for name, definition in content["definitions"].items() if "type" in definition]
    waiting = references({key: value for key, value in content.items() if key != "definitions"})
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found and name in content["definitions"]:
            found.add(name)
            waiting += references(content["definitions"][name])
    yield from (f"{name} is defined and not used" for name in components if name not in found)


def schemas_exist(content: Content) -> Iterator[str]:
    for _, parameters, _ in entries(content):
        if not has_schema(parameters):
            yield f"{parameters['name']}: there is no schema {parameters['schema']}"


def schemas_are_used(content: Content) -> Iterator[str]:
    used = {parameters["schema"] for _, parameters, _ in entries(content)}
    for path in sorted(schemas_path().glob("*.json")):
        if path.stem not in used:
            yield f"schemas/{path.name} is used by no stream"


def keys_are_in_the_schema(content: Content) -> Iterator[str]:
    for _, parameters, definition in entries(content):
        if has_schema(parameters) and definition["kind"] != "action":
            known = fields(parameters)
            wanted = [*parameters["primary_key"], parameters.get("cursor_field") or "id"]
            checked = wanted if parameters.get("cursor_field") else wanted[:-1]
            yield from (f"{parameters['name']}: {key} is not in its schema" for key in checked if key not in known)


def parents_fill_the_path(content: Content) -> Iterator[str]:
    known = {parameters["name"]: (parameters, definition) for _, parameters, definition in entries(content)}
    for _, parameters, definition in entries(content):
        name, parents = parameters["name"], parameters.get("parents", [])
        given = [placeholder for parent in parents for placeholder in parent["fields"]]
        if definition["kind"] in ("input", "action"):
            given = parameters["required_arguments"]
        if missing := [p for p in placeholders(parameters["endpoint"]) if p not in given]:
            yield f"{name}: nothing gives {', '.join(missing)}"
        for parent in parents:
            yield from _of_parent(name, parent, known)


def _of_parent(name: str, parent: Content, known: Mapping[str, tuple[Content, Content]]) -> Iterator[str]:
    if "stream" not in parent:
        return
    if parent["stream"] not in known or known[parent["stream"]][1]["kind"] != "read":
        yield f"{name}: its parent {parent['stream']} is no stream that can be read by itself"
        return
    parameters, _ = known[parent["stream"]]
    if not has_schema(parameters):
        return
    wanted = [*parent["fields"].values(), *parent.get("unless", {})]
    if parent.get("from_the_beginning") and not parameters.get("cursor_field"):
        yield f"{name}: {parent['stream']} has no time to begin with"
    yield from (
        f"{name}: {parent['stream']} has no field {field}" for field in wanted if field not in fields(parameters)
    )


def children_follow_what_tells_time(content: Content) -> Iterator[str]:
    """Only a parent with a cursor can tell which of its rows changed."""
    cursors = {parameters["name"]: parameters.get("cursor_field") for _, parameters, _ in entries(content)}
    for _, parameters, _ in entries(content):
        kind = parameters.get("incremental", "none")
        if kind not in ("none", "follows_parent", "per_parent"):
            yield f"{parameters['name']}: incremental is {kind!r}"
        if kind != "none" and not parameters.get("cursor_field"):
            yield f"{parameters['name']}: it is incremental and has no cursor"
        if kind == "follows_parent" and not cursors.get(parameters["parents"][0].get("stream", "")):
            yield f"{parameters['name']}: its parent has no cursor to follow"


RULES: tuple[Callable[[Content], Iterator[str]], ...] = (
    families_exist, sorted_by_path, names_are_unique, parameters_are_complete, entries_hold_nothing_else,
    definitions_are_used, schemas_exist, schemas_are_used, keys_are_in_the_schema, parents_fill_the_path,
    children_follow_what_tells_time,
)  # fmt: skip
