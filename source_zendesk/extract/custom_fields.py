"""Custom fields as typed columns."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from source_zendesk.extract.column_types import ColumnType, declared_type
from source_zendesk.extract.extractors import Row
from source_zendesk.extract.sideload_join import rename_conflicting_field
from source_zendesk.json_values import value_at
from source_zendesk.output.schema_drift_report import SchemaDriftReport
from source_zendesk.printable import join_first
from source_zendesk.safe_names import escape_name, is_escaped, unescape_name

LOGGER = logging.getLogger("airbyte")
# The value of a field that was cleared, or whose record was deleted:
# https://developer.zendesk.com/api-reference/custom-data/custom-objects/custom_object_records/
EMPTY_VALUES = ("", "[DELETED]")
# A tuple, since `int | str` would build a union for each value.
IDS = (int, str)

Column = tuple[str, ColumnType]
Note = Callable[[str, str, object], None]


class CustomFieldMapper:
    """Maps the custom field values of a record to the columns that a catalog has `declared`.

    The record contains the values in the field `options["values"]`, as a list of ids and values or as an object. For a
    list, the name of a column is the `prefix` and the id. A value that does not match its column's type becomes null,
    and `note` is called with the column, its type and the value.
    """

    def __init__(self, options: Mapping[str, Any], declared: Mapping[str, Mapping[str, Any]], note: Note) -> None:
        self._values, self._note = str(options["values"]), note
        self._columns = dict(_columns(options.get("prefix", ""), declared))

    def map_record(self, row: Row) -> Row | None:
        """The columns of the fields in the record, None for a record without custom field values."""
        values = row.get(self._values)
        if isinstance(values, list):
            return self._map_list(values)
        if isinstance(values, dict):
            pairs = ((name, kind, values[key]) for key, (name, kind) in self._columns.items() if key in values)
            return {name: self._convert(name, kind, value) for name, kind, value in pairs}
        return None

    def _map_list(self, values: list[Any]) -> Row:
        columns: Row = {}
        for one in values:
            field = one.get("id") if isinstance(one, dict) else None
            column = self._columns.get(field) if isinstance(field, IDS) else None
            if column is not None:
                name, kind = column
                value = one.get("value")
                needs_no_conversion = value is None or value.__class__ is kind.python_type
                columns[name] = value if needs_no_conversion else self._convert(name, kind, value)
        return columns

    def _convert(self, name: str, kind: ColumnType, value: object) -> object:
        converted = None if value is None else kind.convert(value)
        if converted is None and value is not None and value not in EMPTY_VALUES:
            self._note(name, kind.name, value)
        return converted


def _columns(prefix: str, declared: Mapping[str, Mapping[str, object]]) -> Iterable[tuple[object, Column]]:
    """Each column by its key; an id is a key as a number and as a string, since Zendesk sends both."""
    for name, schema in declared.items():
        kind, key = declared_type(schema), unescape_name(name).removeprefix(prefix)
        if kind:
            yield key, (name, kind)
        if kind and prefix and key.isdecimal():
            yield int(key), (name, kind)


CUSTOM, SIDELOADS = "custom", "sideloads"
REFUSED_LISTS = "x-refused-lists"
"""The keyword of `custom` in a catalog that names the lists that Zendesk refused to `discover`."""
CustomFieldOptions = Mapping[str, Mapping[str, Any]]


class CustomFieldsTransformation:
    """Adds the object `custom` to each record, and to the objects under its `sideloads`, as the catalog declares it.

    `kind_options` contains, for each kind of record (its schema name), the field with the custom field values and the
    name of its sideload. The values that Zendesk sent stay unchanged. Type mismatches go to `drift_report`.
    """

    def __init__(
        self,
        stream: str,
        kind: str,
        kind_options: CustomFieldOptions,
        schema: Mapping[str, object],
        drift_report: SchemaDriftReport,
    ) -> None:
        self._stream, self._schema, self._drift_report = stream, schema, drift_report
        self._mapper = self._build_mapper(kind_options[kind], [], CUSTOM) if kind in kind_options else None
        sideloads = {options["sideload"]: options for options in kind_options.values() if "sideload" in options}
        mappers = {name: self._sideload_mapper(name, options) for name, options in sideloads.items()}
        self._sideload_mappers = {name: mapper for name, mapper in mappers.items() if mapper}

    def _sideload_mapper(self, name: str, options: Mapping[str, Any]) -> CustomFieldMapper | None:
        path = ["properties", SIDELOADS, "properties", name, "items"]
        return self._build_mapper(options, path, f"{SIDELOADS}.{name}.{CUSTOM}")

    def _build_mapper(self, options: Mapping[str, Any], path: list[str], position: str) -> CustomFieldMapper | None:
        """The mapper of the objects at a path of the schema, None if they declare no `custom`."""
        custom = value_at(self._schema, [*path, "properties", CUSTOM])
        if custom is None:
            return None
        _warn_of_outdated_columns(self._stream, position, custom)
        return CustomFieldMapper(
            options,
            custom.get("properties", {}),
            lambda name, *mismatch: self._drift_report.add_mismatch(self._stream, f"{position}.{name}", *mismatch),
        )

    def transform(self, rows: list[Row]) -> list[Row]:
        """The records of the page with their columns."""
        if self._mapper:
            rows = [{**rename_conflicting_field(row, CUSTOM), CUSTOM: self._mapper.map_record(row)} for row in rows]
        if self._sideload_mappers:
            rows = [{**row, SIDELOADS: self._with_columns(row.get(SIDELOADS))} for row in rows]
        return rows

    def _with_columns(self, sideloads: object) -> object:
        """Copies of the objects with their columns; other records may share the originals."""
        if not isinstance(sideloads, dict):
            return sideloads
        added = {
            name: [
                {**rename_conflicting_field(one, CUSTOM), CUSTOM: mapper.map_record(one)}
                for one in sideloads.get(name) or []
            ]
            for name, mapper in self._sideload_mappers.items()
            if name in sideloads
        }
        return {**sideloads, **added}


def _warn_of_outdated_columns(stream: str, position: str, custom: Mapping[str, Any]) -> None:
    refused = custom.get(REFUSED_LISTS)
    if isinstance(refused, list) and refused:
        LOGGER.warning(
            "Stream %s: its catalog has no columns in `%s` for fields of %s, which Zendesk refused to discover; if the "
            "role of the user of `credentials` may read them now, run discover again",
            stream, position, join_first(list(map(str, refused)), 5),
        )  # fmt: skip
    if old := [name for name in custom.get("properties", {}) if not is_escaped(name)]:
        LOGGER.warning(
            "Stream %s: destinations change names in `%s` of its catalog and may confuse them with others: %s. They "
            "are still read; run discover again for safe names, such as %s",
            stream, position, join_first(old, 5), escape_name(old[0]),
        )  # fmt: skip
