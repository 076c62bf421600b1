"""The custom fields of one kind of record as columns."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from source_zendesk.components.reading.column_types import ColumnType, declared_type
from source_zendesk.components.reading.extraction.base import Row

# What is left of a value when it was taken away, or its record was deleted:
# https://developer.zendesk.com/api-reference/custom-data/custom-objects/custom_object_records/
EMPTY = ("", "[DELETED]")
# A union would be made anew for each value.
IDS = (int, str)

Column = tuple[str, ColumnType]
Note = Callable[[str, str, Any], None]


class FieldColumns:
    """Takes the columns that a catalog has `declared` out of records that have their values as Zendesk sends them.

    `about` says where: under its `values`, a list of ids and values or an object; in a list its `prefix` stands before
    the id in the name of a column. A value that does not fit its column is null there, and `note` is told the column,
    its type and the value.
    """

    def __init__(self, about: Mapping[str, Any], declared: Mapping[str, Mapping[str, Any]], note: Note) -> None:
        self._values, self._note = str(about["values"]), note
        self._columns = dict(_columns(about.get("prefix", ""), declared))

    def of(self, row: Row) -> Row | None:
        """The columns of those fields that came, null for a record that has no place for them."""
        values = row.get(self._values)
        if isinstance(values, list):
            return self._of_list(values)
        if isinstance(values, dict):
            pairs = ((name, kind, values[key]) for key, (name, kind) in self._columns.items() if key in values)
            return {name: self._fitting(name, kind, value) for name, kind, value in pairs}
        return None

    def _of_list(self, values: list[Any]) -> Row:
        found: Row = {}
        for one in values:
            field = one.get("id") if isinstance(one, dict) else None
            column = self._columns.get(field) if isinstance(field, IDS) else None
            if column is not None:
                name, kind = column
                value = one.get("value")
                is_plain = value is None or value.__class__ is kind.plain
                found[name] = value if is_plain else self._fitting(name, kind, value)
        return found

    def _fitting(self, name: str, kind: ColumnType, value: Any) -> Any:
        fitting = None if value is None else kind.converted(value)
        if fitting is None and value is not None and value not in EMPTY:
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
