"""Joins sideloaded objects to the records that refer to them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from source_zendesk.errors import ResponseError

Row = dict[str, Any]
NESTED = re.compile(r"(\w+)\((\w+)\)")


@dataclass(frozen=True)
class SideloadJoin:
    """Joins the sideloaded objects of a response to the records that refer to them, in the field `sideloads`.

    `references` defines, for each sideload, how to find the objects of a record: the `fields` of the record that
    contain their ids, the `owner` field of the objects that contains the record's id, or `keyed` by that id.
    `embedded` is where Zendesk may put them in the record instead; such objects stay there. The fields `foreign`, which
    contain sideloads for other streams, are removed. Raises `ResponseError` if a sideload is missing although a record
    refers to it.
    https://developer.zendesk.com/documentation/ticketing/using-the-zendesk-api/side_loading/
    """

    name: str = ""
    include: list[str] = field(default_factory=list)
    references: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    foreign: Sequence[str] = ()

    def join(self, rows: list[Row], body: Mapping[str, Any]) -> list[Row]:
        """The records, each with its own sideloaded objects."""
        rows = self._join_own(rows, body)
        if not self.foreign:
            return rows
        return [{name: value for name, value in row.items() if name not in self.foreign} for row in rows]

    def _join_own(self, rows: list[Row], body: Mapping[str, Any]) -> list[Row]:
        indexes: dict[str, _SideloadIndex] = {}
        for kind, name in map(parse_include, self.include):
            if name in self.references:
                indexes[name] = _SideloadIndex(body, name, self.references[name])
                self._check_present(
                    name, indexes[name], [row for row in rows if not kind or row.get("result_type") == kind]
                )
        if not indexes:
            return rows
        return [
            {
                **rename_conflicting_field(row, "sideloads"),
                "sideloads": {name: index.find(row) for name, index in indexes.items()},
            }
            for row in rows
        ]

    def _check_present(self, name: str, index: "_SideloadIndex", rows: list[Row]) -> None:
        if index.is_missing(rows):
            cause = f"the response lacks the requested sideload {name}, to which its records refer"
            raise ResponseError(self.name, f"{cause}; if the account has no {name}, remove it from `sideloads`")


def parse_include(include_part: str) -> tuple[str, str]:
    """The kind of row that a search's `include` names, and the sideload: `ticket` and `users` for `tickets(users)`."""
    nested = NESTED.fullmatch(include_part)
    return (nested[1].removesuffix("s"), nested[2]) if nested else ("", include_part)


def include_parameter(include: Iterable[str]) -> str:
    """The value of `include`; combines the parts of a search's `include` by kind of row: `tickets(users,groups)`."""
    kinds: dict[str, list[str]] = {}
    for include_part in sorted(set(include)):
        nested = NESTED.fullmatch(include_part)
        kinds.setdefault(nested[1] if nested else include_part, []).extend([nested[2]] if nested else [])
    return ",".join(f"{kind}({','.join(names)})" if names else kind for kind, names in kinds.items())


def rename_conflicting_field(row: Row, name: str) -> Row:
    """The row without this field name; an existing field moves to the next free name, such as `custom_`."""
    if name not in row:
        return row
    free_name = name
    while free_name in row:
        free_name += "_"
    return {**{key: value for key, value in row.items() if key != name}, free_name: row[name]}


class _SideloadIndex:
    def __init__(self, body: Mapping[str, Any], name: str, reference: Mapping[str, Any]) -> None:
        self._fields: list[str] = reference.get("fields", [])
        self._embedded: str = reference.get("embedded", "")
        self._is_keyed = bool(reference.get("keyed"))
        self._is_optional = bool(reference.get("optional"))
        self._sideload = body.get(name, body.get(f"{name}s"))
        self._owned: dict[Any, list[Row]] = {}
        key = reference.get("owner", "id")
        for item in _objects(self._sideload):
            if isinstance(owner := item.get(key), int | str):
                self._owned.setdefault(owner, []).append(item)

    def find(self, row: Row) -> Any:
        """The distinct objects of one record, or its value if the sideload is keyed by record id."""
        if self._is_keyed:
            return self._sideload.get(str(row.get("id"))) if isinstance(self._sideload, dict) else None
        keys = dict.fromkeys(self._keys(row))
        return [item for key in keys for item in self._owned.get(key, [])] or _objects(row.get(self._embedded))

    def is_missing(self, rows: list[Row]) -> bool:
        """Whether the response lacks the sideload although a record refers to it."""
        if self._is_optional or self._sideload is not None or any(self._embedded in row for row in rows):
            return False
        return any(any(self._keys(row)) for row in rows if row.get("status") != "deleted")

    def _keys(self, row: Row) -> Iterator[Any]:
        for name in self._fields or ["id"]:
            value = row.get(name)
            values = value if isinstance(value, list) else [value]
            yield from (one for one in values if isinstance(one, int | str))


def _objects(value: Any) -> list[Row]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]
