"""Custom fields as typed columns."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from source_zendesk.extract.column_types import ColumnType, declared_type
from source_zendesk.extract.extractors import Row
from source_zendesk.extract.sideload_join import rename_conflicting_field
from source_zendesk.output.schema_drift_report import SchemaDriftReport

# What is left of a value when it was taken away, or its record was deleted:
# https://developer.zendesk.com/api-reference/custom-data/custom-objects/custom_object_records/
EMPTY_VALUES = ("", "[DELETED]")
# A union would be made anew for each value.
IDS = (int, str)

Column = tuple[str, ColumnType]
Note = Callable[[str, str, Any], None]


class CustomFieldMapper:
    """Takes the columns that a catalog has `declared` out of records that have their values as Zendesk sends them.

    `about` says where: under its `values`, a list of ids and values or an object; in a list its `prefix` stands before
    the id in the name of a column. A value that does not fit its column is null there, and `note` is told the column,
    its type and the value.
    """

    def __init__(self, about: Mapping[str, Any], declared: Mapping[str, Mapping[str, Any]], note: Note) -> None:
        self._values, self._note = str(about["values"]), note
        self._columns = dict(_columns(about.get("prefix", ""), declared))

    def map_record(self, row: Row) -> Row | None:
        """The columns of those fields that came, null for a record that has no place for them."""
        values = row.get(self._values)
        if isinstance(values, list):
            return self._map_list(values)
        if isinstance(values, dict):
            pairs = ((name, kind, values[key]) for key, (name, kind) in self._columns.items() if key in values)
            return {name: self._convert(name, kind, value) for name, kind, value in pairs}
        return None

    def _map_list(self, values: list[Any]) -> Row:
        found: Row = {}
        for one in values:
            field = one.get("id") if isinstance(one, dict) else None
            column = self._columns.get(field) if isinstance(field, IDS) else None
            if column is not None:
                name, kind = column
                value = one.get("value")
                is_plain = value is None or value.__class__ is kind.plain
                found[name] = value if is_plain else self._convert(name, kind, value)
        return found

    def _convert(self, name: str, kind: ColumnType, value: Any) -> Any:
        fitting = None if value is None else kind.converted(value)
        if fitting is None and value is not None and value not in EMPTY_VALUES:
            self._note(name, kind.name, value)
        return fitting


def _columns(prefix: str, declared: Mapping[str, Mapping[str, Any]]) -> Iterable[tuple[Any, Column]]:
    """Each under its key, those of ids under the number and its text: Zendesk sends ids as either."""
    for name, schema in declared.items():
        kind, key = declared_type(schema), name.removeprefix(prefix)
        if kind:
            yield key, (name, kind)
        if kind and prefix and key.isdecimal():
            yield int(key), (name, kind)


CUSTOM, SIDELOADS = "custom", "sideloads"
CustomFieldOptions = Mapping[str, Mapping[str, Any]]


class CustomFieldsTransformation:
    """Adds the object `custom` to each record, and to the objects under its `sideloads`, as its catalog declares it.

    `facts` say of each kind of record, which is the name of its schema, where it has the values of custom fields, and
    what it is called as a side-load. What Zendesk sent stays where it is. What does not fit goes to `findings`.
    """

    def __init__(
        self,
        stream: str,
        kind: str,
        facts: CustomFieldOptions,
        schema: Mapping[str, Any],
        drift_report: SchemaDriftReport,
    ) -> None:
        def columns(about: Mapping[str, Any] | None, path: list[str], position: str) -> CustomFieldMapper | None:
            custom = _within(schema, [*path, "properties", CUSTOM])
            if about is None or custom is None:
                return None
            return CustomFieldMapper(
                about,
                custom.get("properties", {}),
                lambda name, *said: drift_report.add_mismatch(stream, f"{position}.{name}", *said),
            )

        self._own = columns(facts.get(kind), [], CUSTOM)
        beside = ((about["sideload"], about) for about in facts.values() if "sideload" in about)
        found = {
            name: columns(about, ["properties", SIDELOADS, "properties", name, "items"], f"{SIDELOADS}.{name}.{CUSTOM}")
            for name, about in beside
        }
        self._beside = {name: known for name, known in found.items() if known}

    def transform(self, rows: list[Row]) -> list[Row]:
        """The records of the page, each with its columns."""
        if self._own:
            rows = [{**rename_conflicting_field(row, CUSTOM), CUSTOM: self._own.map_record(row)} for row in rows]
        if self._beside:
            rows = [{**row, SIDELOADS: self._with_columns(row.get(SIDELOADS))} for row in rows]
        return rows

    def _with_columns(self, sideloads: Any) -> Any:
        """The same objects with their columns, in copies: other records may share them."""
        if not isinstance(sideloads, dict):
            return sideloads
        added = {
            name: [
                {**rename_conflicting_field(one, CUSTOM), CUSTOM: known.map_record(one)}
                for one in sideloads.get(name) or []
            ]
            for name, known in self._beside.items()
            if name in sideloads
        }
        return {**sideloads, **added}


def _within(schema: Any, path: list[str]) -> Any:
    for name in path:
        schema = schema.get(name) if isinstance(schema, Mapping) else None
    return schema
