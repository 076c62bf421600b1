"""Collections of rows with lookup by id and by parent, and cached serialization."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import orjson

from integration_tests.emulator.data.fixups import make_row
from integration_tests.emulator.data.rows import Row, Rows
from integration_tests.emulator.data.seed_ids import SeedIds
from integration_tests.emulator.data.seeds import KEYS
from integration_tests.emulator.data.shapes import shapes
from integration_tests.emulator.data.values import Maker

SHOWN: dict[str, Callable[[Row], bool]] = {
    "users": lambda row: row["active"] is not False,
    "groups": lambda row: not row["deleted"],
    "organizations": lambda row: row["deleted_at"] is None,
}
"""Filters of collections whose lists omit soft-deleted rows."""


class Source(Protocol):
    """A collection that can be read."""

    def ids(self) -> Sequence[Any]: ...
    def get(self, identifier: Any) -> Row | None: ...
    def json(self, identifier: Any) -> bytes: ...
    def by(self, field: str, value: Any) -> Sequence[Any]: ...


class Writable(Source, Protocol):
    """A collection that can be changed; `version` increases with each change."""

    version: int

    def put(self, row: Row, parent: Any = None) -> Row: ...
    def remove(self, identifier: Any) -> Row | None: ...
    def parent_of(self, identifier: Any) -> Any: ...


class Table:
    """Rows of one collection, in order of creation; `version` increases with each change."""

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
        """The ids of the rows with this value in a field, or with this parent."""
        if field not in self._by:
            index: dict[Any, list[Any]] = {}
            for identifier, row in self._rows.items():
                owner = row.get(field, self._parents.get(identifier))
                index.setdefault(str(owner), []).append(identifier)
            self._by[field] = index
        return self._by[field].get(str(value), [])

    def put(self, row: Row, parent: Any = None, identifier: Any = None) -> Row:
        """Add or replace a row; a row without an id is stored under a number."""
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
    """Rows derived from other collections, computed on access."""

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


def seeded(name: str, seed_ids: SeedIds) -> Table:
    """A seeded table."""
    shape = shapes()[name]
    made = (
        (make_row(Maker(seed_ids, name, index, identifier, parent), shape), parent)
        for index, (identifier, parent) in enumerate(seed_ids.ids_with_parents(name))
    )
    return Table(name, made, KEYS.get(name, "id"))


def all_rows(source: Source) -> Rows:
    return Rows(source.ids(), source.json)
