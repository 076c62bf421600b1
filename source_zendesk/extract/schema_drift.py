"""Detects fields and types that the schema does not declare."""

from collections.abc import Mapping
from typing import Any

from source_zendesk.extract.extractors import Row
from source_zendesk.manifest.record_schema import UNDECLARED
from source_zendesk.output.schema_drift_report import SchemaDriftReport

Schema = Mapping[str, Any]
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (),
}
ALL_TYPES = frozenset(kind for kinds in TYPES.values() for kind in kinds)


def usable_schema(schema: Any) -> dict[str, Any]:
    """The schema without what is no JSON schema in it; a field whose schema is no object is not declared."""
    node = dict(schema) if isinstance(schema, Mapping) else {}
    if "properties" in node:
        found = node["properties"] if isinstance(node["properties"], Mapping) else {}
        node["properties"] = {name: usable_schema(each) for name, each in found.items() if isinstance(each, Mapping)}
    if isinstance(node.get("items"), Mapping):
        node["items"] = usable_schema(node["items"])
    names = node.get("type")
    if "type" in node and not all(isinstance(name, str) for name in (names if isinstance(names, list) else [names])):
        del node["type"]
    return node


class SchemaDriftDetector:
    """Reports what a typed destination would drop: undeclared fields, and values of another type.

    A typed destination uses the schema in the `catalog`; `schema` is the stream's full schema. With `collects`, fields
    that neither declares move into the object `_undeclared`. A field missing only from the catalog may have been
    deselected, and stays. Only top-level fields are checked: destinations store objects and lists whole. The check
    runs page by page, which costs less than parsing the page.
    """

    def __init__(
        self, stream: str, catalog: Schema, schema: Schema, drift_report: SchemaDriftReport, *, collects: bool
    ) -> None:
        in_catalog, in_schema = catalog.get("properties") or {}, schema.get("properties") or {}
        self._nodes = {**in_schema, **in_catalog}
        if collects:
            # A field that Zendesk sends under this name is undeclared like any other, and moves into the object.
            self._nodes.pop(UNDECLARED, None)
        self._unselected = set(in_schema) - set(in_catalog) if in_catalog else set()
        self._stream, self._drift_report, self._collects = stream, drift_report, collects
        types = {name: _types(node) for name, node in self._nodes.items()}
        self._declared_kinds = {(name, kind) for name, kinds in types.items() for kind in (*kinds, type(None))}
        self._declared_kinds -= {(name, kind) for name, kind in self._declared_kinds if name in self._unselected}

    def transform(self, rows: list[Row]) -> list[Row]:
        """The records of the page; with `collects`, undeclared fields are moved."""
        unexpected = _kinds(rows) - self._declared_kinds
        if not unexpected:
            return rows
        undeclared = {name for name, _ in unexpected if name not in self._nodes}
        if undeclared:
            self._drift_report.add_undeclared(self._stream, undeclared)
        if unselected := {name for name, _ in unexpected if name in self._unselected}:
            self._drift_report.add_unselected(self._stream, unselected)
        for name, kind in unexpected:
            if name in self._nodes and kind is not type(None):
                self._check(rows, name, kind)
        return [_collect_undeclared(row, undeclared) for row in rows] if self._collects and undeclared else rows

    def _check(self, rows: list[Row], name: str, kind: type) -> None:
        types = _types(self._nodes[name])
        if kind in types:
            return
        values: list[Any] = [value for row in rows if type(value := row.get(name)) is kind]
        if kind is float and int in types:
            # In JSON Schema, 2.0 is an integer.
            values = [value for value in values if not value.is_integer()]
        if values:
            self._drift_report.add_mismatch(self._stream, name, _declared(self._nodes[name]), values[0], len(values))


def _kinds(rows: list[Row]) -> set[tuple[str, type]]:
    """Every field of a page with each type of its values; reads column by column if all rows have the same fields."""
    if len(set(map(tuple, rows))) == 1:
        columns = zip(rows[0], zip(*(row.values() for row in rows), strict=True), strict=True)
        return {(name, kind) for name, column in columns for kind in set(map(type, column))}
    kinds: set[tuple[str, type]] = set()
    for row in rows:
        kinds.update(zip(row, map(type, row.values()), strict=True))
    return kinds


def _types(node: Schema) -> frozenset[type]:
    """The Python types that a schema allows; all of them if it declares none."""
    declared = node.get("type")
    names = [declared] if isinstance(declared, str) else declared
    if not names:
        return ALL_TYPES
    return frozenset(kind for name in names for kind in TYPES.get(name, ALL_TYPES))


def _declared(node: Schema) -> str:
    declared = node["type"]
    return " or ".join(name for name in ([declared] if isinstance(declared, str) else declared) if name != "null")


def _collect_undeclared(row: Row, undeclared: set[str]) -> Row:
    collected = {name: value for name, value in row.items() if name in undeclared}
    if not collected:
        return row
    others = {name: value for name, value in row.items() if name not in undeclared}
    return {**others, UNDECLARED: collected}
