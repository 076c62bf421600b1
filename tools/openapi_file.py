"""Reads an OpenAPI 3 file: its operations, their query parameters, and the schemas of their responses."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

METHODS = ("get", "post", "put", "patch", "delete")
COMBINATIONS = ("allOf", "oneOf", "anyOf")
PLACEHOLDER = re.compile(r"{[^{}/]+}")
Node = Mapping[str, Any]
Key = tuple[str, str]
"""Method and normalized path: the same for an entry and its operation."""
API = "/api/v2"
WRITE_ONLY = "write only"


class OpenApiError(Exception):
    """The file is not an OpenAPI 3 file in YAML or JSON."""


def operation_key(method: str, path: str) -> Key:
    """The key of an operation: without the names of placeholders and without `.json`."""
    return method.upper(), PLACEHOLDER.sub("{}", path).removesuffix("/").removesuffix(".json")


@dataclass(frozen=True)
class Schema:
    """A JSON schema without references and combinations: the parts of `allOf`, `oneOf` and `anyOf` count together.

    `definitions` is the document that contains the targets of `$ref`. The fields are resolved when they are read, so a
    schema may contain itself.
    """

    nodes: list[Node]
    definitions: Node = field(default_factory=dict)

    @property
    def parts(self) -> list[Node]:
        """The schemas that describe a value together."""
        return [part for node in self.nodes for part in _parts(node, self.definitions, ())]

    @property
    def types(self) -> set[str]:
        """The types besides null; empty if a value may have every type."""
        types: set[str] = set()
        for part in self.parts:
            declared = part.get("type") or ("object" if "properties" in part else "array" if "items" in part else [])
            types.update([declared] if isinstance(declared, str) else declared)
        return types - {"null"}

    @property
    def fields(self) -> dict[str, "Schema"]:
        """The schemas of an object's fields."""
        nodes: dict[str, list[Node]] = {}
        for part in self.parts:
            for name, node in (part.get("properties") or {}).items():
                nodes.setdefault(name, []).append(node)
        return {name: Schema(each, self.definitions) for name, each in nodes.items()}

    @property
    def required(self) -> list[str]:
        """The fields that an object needs in each of its forms, so without those of `oneOf` and `anyOf`."""
        parts = [part for node in self.nodes for part in _parts(node, self.definitions, (), ("allOf",))]
        return sorted({name for part in parts for name in part.get("required") or []})

    @property
    def items(self) -> "Schema":
        """The schema of a list's items."""
        return Schema([part["items"] for part in self.parts if part.get("items")], self.definitions)

    @property
    def is_write_only(self) -> bool:
        """Whether only requests have the value; Zendesk says so in the description."""
        return any(
            part.get("writeOnly") or str(part.get("description", "")).lower().startswith(WRITE_ONLY)
            for part in self.parts
        )

    def find(self, path: str) -> "Schema | None":
        """The schema of the field at a dotted path, None if there is none; the schema itself for the empty path."""
        schema: Schema | None = self
        for name in filter(None, path.split(".")):
            schema = schema.fields.get(name) if schema else None
        return schema


def _parts(
    node: object, definitions: Node, seen: tuple[str, ...], combinations: tuple[str, ...] = COMBINATIONS
) -> Iterator[Node]:
    """A schema and what it combines; a reference to a schema that is being resolved has no further part."""
    if not isinstance(node, Mapping):
        return
    reference = node.get("$ref")
    if isinstance(reference, str):
        if reference not in seen:
            yield from _parts(resolve(reference, definitions), definitions, (*seen, reference), combinations)
        return
    yield node
    for key in combinations:
        for part in node.get(key) or []:
            yield from _parts(part, definitions, seen, combinations)


def resolve(reference: str, definitions: Node) -> Any:
    """The target of a reference within the document; raises `OpenApiError` if there is none."""
    target: Any = definitions
    for name in reference.removeprefix("#/").split("/"):
        target = target.get(name.replace("~1", "/").replace("~0", "~")) if isinstance(target, Mapping) else None
    if target is None:
        raise OpenApiError(f"the target of the reference {reference} is missing")
    return target


@dataclass(frozen=True)
class Operation:
    """An operation: `query` has the names of its query parameters, `body` and `response` are its JSON.

    `needs_body` is whether the file requires the body.
    """

    method: str
    path: str
    operation_id: str
    query: list[str]
    body: Schema
    response: Schema
    needs_body: bool

    @property
    def key(self) -> Key:
        """Method and normalized path."""
        return operation_key(self.method, self.path)


class OpenApiFile:
    """The operations of a file by their keys; raises `OpenApiError` for a file that cannot be read."""

    def __init__(self, path: Path) -> None:
        document = _load(path)
        self.title = str(document["info"]["title"])
        self.operations = {operation.key: operation for operation in _operations(document)}


def _load(path: Path) -> Node:
    try:
        document = yaml.load(path.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe
    except OSError as error:
        raise OpenApiError(f"cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise OpenApiError(f"is not YAML: {error}") from error
    if not (isinstance(document, Mapping) and str(document.get("openapi", "")).startswith("3.")):
        raise OpenApiError("is not OpenAPI 3: `openapi: 3.…` is missing")
    if not (isinstance(document.get("paths"), Mapping) and (document.get("info") or {}).get("title")):
        raise OpenApiError("is not OpenAPI 3: `paths` or `info.title` is missing")
    return document


def _operations(document: Node) -> Iterator[Operation]:
    """The operations; paths that are relative to `/api/v2` get it."""
    paths: Node = document["paths"]
    prefix = "" if any(path.startswith("/api/") for path in paths) else API
    for path, item in paths.items():
        for method in METHODS:
            if method in item:
                content = item[method]
                parameters = [*(item.get("parameters") or []), *(content.get("parameters") or [])]
                yield Operation(
                    method.upper(),
                    prefix + path,
                    str(content.get("operationId", "")),
                    sorted(_query_names(parameters, document)),
                    Schema([*_json_schemas(content.get("requestBody") or {}, document)], document),
                    Schema([*_success_schemas(content, document)], document),
                    _needs_body(content.get("requestBody") or {}, document),
                )


def _needs_body(message: Node, document: Node) -> bool:
    return bool((resolve(message["$ref"], document) if "$ref" in message else message).get("required"))


def _query_names(parameters: Iterable[Node], document: Node) -> set[str]:
    resolved = (resolve(each["$ref"], document) if "$ref" in each else each for each in parameters)
    return {parameter["name"] for parameter in resolved if parameter.get("in") == "query"}


def _success_schemas(content: Node, document: Node) -> Iterator[Node]:
    """The schema of the first 2xx response that has one."""
    for status, response in sorted((str(key), value) for key, value in (content.get("responses") or {}).items()):
        schemas = [*_json_schemas(response, document)]
        if status.startswith("2") and schemas:
            yield from schemas
            return


def _json_schemas(message: Node, document: Node) -> Iterator[Node]:
    """The schema of the JSON of a request or a response, if it has one."""
    resolved = resolve(message["$ref"], document) if "$ref" in message else message
    schema = (resolved.get("content") or {}).get("application/json", {}).get("schema")
    if schema:
        yield schema
