"""Side-loaded objects beside the records that refer to them."""

import re
from collections.abc import Iterable, Iterator, Mapping
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
    `embedded` is where Zendesk may put them in the record instead; such objects stay there. Raises `ResponseError` if
    a sideload is missing although a record refers to it.
    https://developer.zendesk.com/documentation/ticketing/using-the-zendesk-api/side_loading/
    """

    name: str = ""
    include: list[str] = field(default_factory=list)
    references: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def join(self, rows: list[Row], body: Mapping[str, Any]) -> list[Row]:
        """The records, each with its own side-loaded objects."""
        finders: dict[str, _Finder] = {}
        for kind, name in map(parse_include, self.include):
            if name in self.references:
                finders[name] = _Finder(body, name, self.references[name])
                self._expect(name, finders[name], [row for row in rows if not kind or row.get("result_type") == kind])
        if not finders:
            return rows
        return [
            {
                **rename_conflicting_field(row, "sideloads"),
                "sideloads": {name: finder.find(row) for name, finder in finders.items()},
            }
            for row in rows
        ]

    def _expect(self, name: str, finder: "_Finder", rows: list[Row]) -> None:
        if finder.is_missing(rows):
            cause = f"it was asked to include {name}, and the answer has none though there must be some"
            raise ResponseError(self.name, f"{cause}; if the account has no {name}, leave them out of `sideloads`")


def parse_include(asked: str) -> tuple[str, str]:
    """The kind of row that searches name first, and what is side-loaded: ticket and users of `tickets(users)`."""
    nested = NESTED.fullmatch(asked)
    return (nested[1].removesuffix("s"), nested[2]) if nested else ("", asked)


def include_parameter(include: Iterable[str]) -> str:
    """The value of `include`; the parts that searches name by kind of row are put together."""
    kinds: dict[str, list[str]] = {}
    for asked in sorted(set(include)):
        nested = NESTED.fullmatch(asked)
        kinds.setdefault(nested[1] if nested else asked, []).extend([nested[2]] if nested else [])
    return ",".join(f"{kind}({','.join(names)})" if names else kind for kind, names in kinds.items())


def rename_conflicting_field(row: Row, name: str) -> Row:
    """The row with its own field of this name under the next free one, such as `custom_`."""
    if name not in row:
        return row
    free = name
    while free in row:
        free += "_"
    return {**{key: value for key, value in row.items() if key != name}, free: row[name]}


class _Finder:
    def __init__(self, body: Mapping[str, Any], name: str, reference: Mapping[str, Any]) -> None:
        self._fields: list[str] = reference.get("fields", [])
        self._embedded: str = reference.get("embedded", "")
        self._is_keyed = bool(reference.get("keyed"))
        self._is_optional = bool(reference.get("optional"))
        self._found = body.get(name, body.get(f"{name}s"))
        self._owned: dict[Any, list[Row]] = {}
        key = reference.get("owner", "id")
        for item in _listed(self._found):
            if isinstance(owner := item.get(key), int | str):
                self._owned.setdefault(owner, []).append(item)

    def find(self, row: Row) -> Any:
        """The objects of one record, each once, or its value where values are keyed by record."""
        if self._is_keyed:
            return self._found.get(str(row.get("id"))) if isinstance(self._found, dict) else None
        keys = dict.fromkeys(self._keys(row))
        found = [item for key in keys for item in self._owned.get(key, [])]
        return found or _listed(row.get(self._embedded))

    def is_missing(self, rows: list[Row]) -> bool:
        """Whether the answer has the side-load nowhere, and records that must have some."""
        if self._is_optional or self._found is not None or any(self._embedded in row for row in rows):
            return False
        return any(any(self._keys(row)) for row in rows if row.get("status") != "deleted")

    def _keys(self, row: Row) -> Iterator[Any]:
        for name in self._fields or ["id"]:
            value = row.get(name)
            values = value if isinstance(value, list) else [value]
            yield from (one for one in values if isinstance(one, int | str))


def _listed(found: Any) -> list[Row]:
    return [item for item in (found if isinstance(found, list) else [found]) if isinstance(item, dict)]
