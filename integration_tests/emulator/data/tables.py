"""A collection of rows: kept as objects, serialised once, looked up by id and by parent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import orjson

from integration_tests.emulator.data.fixups import make_row
from integration_tests.emulator.data.rows import Row, Rows
from integration_tests.emulator.data.seed_ids import Census
from integration_tests.emulator.data.seeds import KEYS
from integration_tests.emulator.data.shapes import shapes
from integration_tests.emulator.data.values import Maker

SHOWN: dict[str, Callable[[Row], bool]] = {
    "users": lambda row: row["active"] is not False,
    "groups": lambda row: not row["deleted"],
    "organizations": lambda row: row["deleted_at"] is None,
}
"""Soft-deleted rows stay in the collection, and out of its list."""


class Source(Protocol):
    """Anything that can be listed and looked into."""

    def ids(self) -> Sequence[Any]: ...
    def get(self, identifier: Any) -> Row | None: ...
    def json(self, identifier: Any) -> bytes: ...
    def by(self, field: str, value: Any) -> Sequence[Any]: ...


class Writable(Source, Protocol):
    """A collection that can change."""

    version: int

    def put(self, row: Row, parent: Any = None) -> Row: ...
    def remove(self, identifier: Any) -> Row | None: ...
    def parent_of(self, identifier: Any) -> Any: ...


class Table:
    """Rows of one kind, in the order of their creation; `changed` tells who keeps something computed from them."""

    def __init__(self, name: str, rows: Iterable[tuple[Row, Any]] = (), key: str = "id") -> None:
        self.name = name
        self.key = key
        self.version = 0
        self._rows: dict[Any, Row] = {}
        self._parents: dict[Any, Any] = {}
        self._json: dict[Any, bytes] = {}
        self._by: dict[str, dict[Any, list[Any]]] = {}
        for row, parent in rows:
            self.put(row, parent)

    def ids(self) -> Sequence[Any]:
        return list(self._rows)

    def get(self, identifier: Any) -> Row | None:
        return self._rows.get(identifier)

    def parent_of(self, identifier: Any) -> Any:
        return self._parents.get(identifier)

    def json(self, identifier: Any) -> bytes:
        made = self._json.get(identifier)
        if made is None:
            made = self._json[identifier] = orjson.dumps(self._rows[identifier])
        return made

    def by(self, field: str, value: Any) -> Sequence[Any]:
        """The rows whose field, or whose parent under that name, is the value."""
        if field not in self._by:
            index: dict[Any, list[Any]] = {}
            for identifier, row in self._rows.items():
                owner = row.get(field, self._parents.get(identifier))
                index.setdefault(str(owner), []).append(identifier)
            self._by[field] = index
        return self._by[field].get(str(value), [])

    def put(self, row: Row, parent: Any = None, identifier: Any = None) -> Row:
        """Add a row or replace the one with its id; rows that Zendesk gives no id are kept under a number."""
        if identifier is None:
            identifier = row.get(self.key, len(self._rows) + 1)
        self._rows[identifier] = row
        self._json.pop(identifier, None)
        if parent is not None:
            self._parents[identifier] = parent
        self._touch()
        return row

    def remove(self, identifier: Any) -> Row | None:
        row = self._rows.pop(identifier, None)
        self._json.pop(identifier, None)
        self._parents.pop(identifier, None)
        self._touch()
        return row

    def _touch(self) -> None:
        self.version += 1
        self._by.clear()


class Derived:
    """Rows that follow from others: computed when asked, never kept."""

    def __init__(
        self, ids: Callable[[], Sequence[Any]], get: Callable[[Any], Row | None], parent: Callable[[Any], Sequence[Any]]
    ) -> None:
        self._ids = ids
        self._get = get
        self._of_parent = parent

    def ids(self) -> Sequence[Any]:
        return self._ids()

    def get(self, identifier: Any) -> Row | None:
        return self._get(identifier)

    def json(self, identifier: Any) -> bytes:
        return orjson.dumps(self._get(identifier))

    def by(self, field: str, value: Any) -> Sequence[Any]:
        return self._of_parent(value)


def seeded(name: str, census: Census) -> Table:
    """A table as the account starts with it."""
    shape = shapes()[name]
    made = (
        (make_row(Maker(census, name, index, identifier, parent), shape), parent)
        for index, (identifier, parent) in enumerate(census.plan(name))
    )
    return Table(name, made, KEYS.get(name, "id"))


def all_rows(source: Source) -> Rows:
    return Rows(source.ids(), source.json)
