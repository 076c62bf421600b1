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


class SchemaDriftDetector:
    """Notes what a typed destination would drop: fields that are not declared, and values of another type.

    A typed destination knows the `catalog`'s schema; the stream's `own` says what the catalog could declare. With
    `collects`, fields that neither declares are moved into the object `_undeclared`; one that only the catalog lacks
    may have been left out on purpose, and stays where it is. Only the fields of the record itself are looked at:
    destinations keep objects and lists whole. A page is looked at as a whole, which takes less than to parse it.
    """

    def __init__(
        self, stream: str, catalog: Schema, own: Schema, drift_report: SchemaDriftReport, *, collects: bool
    ) -> None:
        in_catalog, in_own = catalog.get("properties") or {}, own.get("properties") or {}
        self._nodes = {**in_own, **in_catalog}
        if collects:
            # What Zendesk itself sends under this name is undeclared like all others, and moves into the object.
            self._nodes.pop(UNDECLARED, None)
        self._left_out = set(in_own) - set(in_catalog) if in_catalog else set()
        self._stream, self._drift_report, self._collects = stream, drift_report, collects
        types = {name: _types(node) for name, node in self._nodes.items()}
        self._declared_kinds = {(name, kind) for name, kinds in types.items() for kind in (*kinds, type(None))}
        self._declared_kinds -= {(name, kind) for name, kind in self._declared_kinds if name in self._left_out}

    def transform(self, rows: list[Row]) -> list[Row]:
        """The records of the page, with what is undeclared collected where that is asked for."""
        strange = _kinds(rows) - self._declared_kinds
        if not strange:
            return rows
        undeclared = {name for name, _ in strange if name not in self._nodes}
        if undeclared:
            self._drift_report.add_undeclared(self._stream, undeclared)
        if left_out := {name for name, _ in strange if name in self._left_out}:
            self._drift_report.add_unselected(self._stream, left_out)
        for name, kind in strange:
            if name in self._nodes and kind is not type(None):
                self._check(rows, name, kind)
        return [_collected(row, undeclared) for row in rows] if self._collects and undeclared else rows

    def _check(self, rows: list[Row], name: str, kind: type) -> None:
        types = _types(self._nodes[name])
        if kind in types:
            return
        values: list[Any] = [value for row in rows if type(value := row.get(name)) is kind]
        if kind is float and int in types:
            # To JSON schema 2.0 is an integer.
            values = [value for value in values if not value.is_integer()]
        if values:
            self._drift_report.add_mismatch(self._stream, name, _declared(self._nodes[name]), values[0], len(values))


def _kinds(rows: list[Row]) -> set[tuple[str, type]]:
    """Every field of a page with each type that its values have; column by column where the rows are laid out alike."""
    if len(set(map(tuple, rows))) == 1:
        columns = zip(rows[0], zip(*(row.values() for row in rows), strict=True), strict=True)
        return {(name, kind) for name, column in columns for kind in set(map(type, column))}
    found: set[tuple[str, type]] = set()
    for row in rows:
        found.update(zip(row, map(type, row.values()), strict=True))
    return found


def _types(node: Schema) -> frozenset[type]:
    """The types that JSON of this schema has; all of them where it does not say."""
    said = node.get("type")
    names = [said] if isinstance(said, str) else said
    if not names:
        return ALL_TYPES
    return frozenset(kind for name in names for kind in TYPES.get(name, ALL_TYPES))


def _declared(node: Schema) -> str:
    said = node["type"]
    return " or ".join(name for name in ([said] if isinstance(said, str) else said) if name != "null")


def _collected(row: Row, undeclared: set[str]) -> Row:
    moved = {name: value for name, value in row.items() if name in undeclared}
    if not moved:
        return row
    kept = {name: value for name, value in row.items() if name not in undeclared}
    return {**kept, UNDECLARED: moved}
