"""Side-loaded objects beside the records that refer to them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
NESTED = re.compile(r"(\w+)\((\w+)\)")


@dataclass(frozen=True)
class SideloadJoin:
    """Puts the objects of an answer that a record refers to under its field `sideloads`, by what was included.

    `references` tells, for each side-load, the `fields` of a record that hold the ids of its objects, or the `owner`
    field of the objects that holds the id of the record. What Zendesk puts into the records itself stays there.
    https://developer.zendesk.com/documentation/ticketing/using-the-zendesk-api/side_loading/
    """

    include: list[str] = field(default_factory=list)
    references: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def join(self, rows: list[Row], body: Mapping[str, Any]) -> list[Row]:
        """The records, each with its own side-loaded objects."""
        names = [name for asked in self.include if (name := inner(asked)) in self.references]
        finders = {name: _Finder(body, name, self.references[name]) for name in names}
        if not finders:
            return rows
        return [{**row, "sideloads": {name: finder.of(row) for name, finder in finders.items()}} for row in rows]


def inner(asked: str) -> str:
    """What is side-loaded: the `users` of `tickets(users)`."""
    nested = NESTED.fullmatch(asked)
    return nested[2] if nested else asked


def parameter(include: Iterable[str]) -> str:
    """The value of `include`; the parts that searches name by kind of row are put together."""
    kinds: dict[str, list[str]] = {}
    for asked in sorted(set(include)):
        nested = NESTED.fullmatch(asked)
        kinds.setdefault(nested[1] if nested else asked, []).extend([nested[2]] if nested else [])
    return ",".join(f"{kind}({','.join(parts)})" if parts else kind for kind, parts in kinds.items())


class _Finder:
    def __init__(self, body: Mapping[str, Any], name: str, reference: Mapping[str, Any]) -> None:
        self._fields: list[str] = reference.get("fields", [])
        self._embedded: str = reference.get("embedded", "")
        self._owned: dict[Any, list[Row]] = {}
        key = reference.get("owner", "id")
        for item in _listed(body.get(name) or body.get(f"{name}s")):
            self._owned.setdefault(item.get(key), []).append(item)

    def of(self, row: Row) -> list[Row]:
        """The objects of one record, each once."""
        if row.get(self._embedded):
            return _listed(row[self._embedded])
        keys = dict.fromkeys(self._keys(row))
        return [item for key in keys for item in self._owned.get(key, [])]

    def _keys(self, row: Row) -> Iterator[Any]:
        for name in self._fields or ["id"]:
            value = row.get(name)
            yield from value if isinstance(value, list) else [value] if value is not None else []


def _listed(found: Any) -> list[Row]:
    return [item for item in (found if isinstance(found, list) else [found]) if isinstance(item, dict)]
