"""Compares the manifest with an OpenAPI file: operations, query parameters, and the fields of records."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.printable import join_first
from source_zendesk.settings.action_bodies import required_keys
from source_zendesk.writes.action import TAKES_BODY
from tools.openapi_file import OpenApiFile, Operation, Schema, operation_key

NEW_READS, NEW_WRITES = "new reading operations", "new writing operations"
GONE, KEYS = "entries without an operation", "missing record keys"
PARAMETERS, FIELDS, TYPES = "missing parameters", "missing fields", "changed types"
BODIES = "other bodies"
KINDS = (NEW_READS, NEW_WRITES, GONE, PARAMETERS, BODIES, KEYS, FIELDS, TYPES)
"""The kinds of differences in the order of the report."""

OFFSET_PARAMS = frozenset({"page", "per_page"})
PAGE_PARAMS = frozenset({*OFFSET_PARAMS, "page[size]", "page[after]", "page[before]", "cursor", "start_time"})
PARAMS_OF_PAGINATORS = {"SinglePagePaginator": frozenset[str](), "OffsetPaginator": OFFSET_PARAMS}
"""The paging parameters that a paginator uses, if it does not use all of them."""
UNKEYED = frozenset({
    "$multi_list_extractor", "$json_api_extractor", "$definition_extractor", "$metric_extractor", "$identity_extractor",
    "$comment_extractor",
})  # fmt: skip
"""Extractors whose records are not the value at the record key."""
NAMED_STREAMS = 3


@dataclass(frozen=True, order=True)
class Difference:
    """A difference: `subject` identifies it, such as `GET /api/v2/tags`, `tickets.sort_by` or `ticket.via.source`."""

    kind: str
    subject: str
    detail: str


Fields = Mapping[str, Schema]
Pair = tuple[Endpoint, Operation]


def find_differences(manifest: Manifest, file: OpenApiFile) -> list[Difference]:
    """All differences, sorted by kind and subject."""
    endpoints = manifest.endpoints.values()
    pairs = [
        (each, operation)
        for each in endpoints
        if (operation := file.operations.get(operation_key(each.method, each.path)))
    ]
    found = [
        *_new_operations(file, pairs),
        *_entries_without_operation(endpoints, pairs),
        *(each for pair in pairs for each in _missing_parameters(manifest, pair)),
        *(each for pair in pairs for each in _other_bodies(*pair)),
        *_record_differences(manifest, pairs),
    ]
    return sorted(found, key=lambda each: (KINDS.index(each.kind), each.subject))


def _new_operations(file: OpenApiFile, pairs: Iterable[Pair]) -> Iterator[Difference]:
    known = {operation.key for _, operation in pairs}
    for key, operation in file.operations.items():
        if key not in known:
            kind = NEW_READS if operation.method == "GET" else NEW_WRITES
            yield Difference(kind, f"{operation.method} {operation.path}", operation.operation_id)


def _entries_without_operation(endpoints: Iterable[Endpoint], pairs: Iterable[Pair]) -> Iterator[Difference]:
    """The other entries of the products that the file covers: at least half of their entries have an operation."""
    found = {endpoint.name for endpoint, _ in pairs}
    products: dict[str, list[Endpoint]] = {}
    for endpoint in endpoints:
        products.setdefault(endpoint.product, []).append(endpoint)
    for entries in products.values():
        others = [each for each in entries if each.name not in found]
        if 2 * len(others) <= len(entries):
            yield from (Difference(GONE, each.name, f"{each.method} {each.path}") for each in others)


def _missing_parameters(manifest: Manifest, pair: Pair) -> Iterator[Difference]:
    endpoint, operation = pair
    known = _known_params(manifest, endpoint)
    for name in operation.query:
        if name.removesuffix("[]") not in known:
            yield Difference(PARAMETERS, f"{endpoint.name}.{name}", operation.operation_id)


def _other_bodies(endpoint: Endpoint, operation: Operation) -> Iterator[Difference]:
    """The keys of a body that only the entry or only the file requires; the only key of a body counts as required.

    Also a body that only the file requires, and a list that the entry accepts as any value.
    """
    if endpoint.options.sends not in TAKES_BODY:
        return
    choices, documented = required_keys(endpoint), operation.body.fields
    if operation.needs_body and not (choices or endpoint.options.needs_body):
        yield Difference(BODIES, endpoint.name, "the file requires a body")
    if documented:
        yield from _other_keys(endpoint, operation, choices)


def _other_keys(endpoint: Endpoint, operation: Operation, choices: list[dict[str, str]]) -> Iterator[Difference]:
    documented = operation.body.fields
    known = {name: kind for choice in choices for name, kind in choice.items()}
    required = documented if len(documented) == 1 else operation.body.required
    for name in required:
        if name not in known:
            yield Difference(BODIES, f"{endpoint.name}.{name}", "not in required_body")
    for choice in choices:
        if not documented.keys() & choice.keys():
            yield Difference(BODIES, f"{endpoint.name}.{'|'.join(choice)}", "not in the file")
    for name, kind in known.items():
        if kind == "any" and name in documented and documented[name].types == {"array"}:
            yield Difference(BODIES, f"{endpoint.name}.{name}", "documented as a list")


def _known_params(manifest: Manifest, endpoint: Endpoint) -> set[str]:
    """The query parameters that an entry sends, that an item may have, or that the connector uses for paging."""
    options = endpoint.options
    offered = [name for names in (*endpoint.required_params, *endpoint.optional_params) for name in names.split("|")]
    known = {*options.query, *offered, *({"include"} if options.sideloads or options.sideload else ())}
    if options.paginator:
        paginator = manifest.component(endpoint, "paginator")
        class_name = paginator["class_name"].rpartition(".")[2]
        known |= {*PARAMS_OF_PAGINATORS.get(class_name, PAGE_PARAMS), paginator.get("cursor_parameter", "")}
        known.add(paginator.get("size_parameter", ""))
    if options.incremental_cursor:
        cursor = manifest.component(endpoint, "incremental_cursor")
        known |= {cursor.get("since_parameter", ""), *cursor.get("changes_query", {})}
    return {name.removesuffix("[]") for name in known}


def _record_differences(manifest: Manifest, pairs: Iterable[Pair]) -> Iterator[Difference]:
    """The differences of the records; the streams with the same schema share a difference."""
    streams: dict[tuple[str, str, str], list[str]] = {}
    for endpoint, operation in pairs:
        rows = _find_rows(endpoint, operation.response)
        if rows:
            declared = Schema([manifest.record_schema(endpoint)])
            for each in _compare(endpoint.schema, rows, declared):
                streams.setdefault((each.kind, each.subject, each.detail), []).append(endpoint.name)
        elif operation.response.fields and endpoint.kind != "action":
            yield Difference(KEYS, f"{endpoint.name}.{endpoint.record_key}", operation.operation_id)
    for (kind, subject, detail), names in streams.items():
        yield Difference(kind, subject, f"{detail}; {join_first(names, NAMED_STREAMS)}")


def _find_rows(endpoint: Endpoint, response: Schema) -> Schema | None:
    """The schema of the records in a response, empty if it cannot be compared; None without a value at the record key.

    Not compared are jobs, bare values, records that an extractor builds, and texts, which document an empty response.
    """
    options = endpoint.options
    if options.jobs or options.item_field or options.extractor in UNKEYED or response.types == {"string"}:
        return Schema([])
    if options.extractor == "$single_list_extractor":
        lists = [each for each in response.fields.values() if each.types == {"array"}]
        return lists[0].items if len(lists) == 1 else None
    rows = response.find(endpoint.record_key)
    if rows is None and options.extractor == "$object_extractor" and "id" in response.fields:
        return response
    for name in ("", *options.nested):
        rows = rows.find(name) if rows else None
        rows = rows.items if rows and rows.types == {"array"} else rows
    return rows


def _compare(path: str, documented: Schema, declared: Schema) -> Iterator[Difference]:
    """The differences of a value in responses and, if it has the documented type, of its fields or items."""
    if documented.is_write_only:
        return
    if _differs(documented, declared):
        yield Difference(TYPES, path, f"documented {_words(documented)}, declared {_words(declared)}")
        return
    if "array" in documented.types:
        yield from _compare(path, documented.items, declared.items)
    if "object" in declared.types:
        yield from _compare_fields(path, documented.fields, declared.fields)


def _compare_fields(path: str, documented: Fields, declared: Fields) -> Iterator[Difference]:
    for name, field in documented.items():
        if name in declared:
            yield from _compare(f"{path}.{name}", field, declared[name])
        elif not field.is_write_only:
            yield Difference(FIELDS, f"{path}.{name}", _words(field))


def _differs(documented: Schema, declared: Schema) -> bool:
    """Whether a documented type is not declared; `x-otherwise` declares all types, `number` every integer."""
    types = declared.types
    if not types or any("x-otherwise" in part for part in declared.parts):
        return False
    return bool(documented.types - types - ({"integer"} if "number" in types else set()))


def _words(schema: Schema) -> str:
    return " or ".join(sorted(schema.types)) or "any type"
