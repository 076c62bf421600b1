"""Counts and ids of the seeded rows of each collection."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from integration_tests.emulator.data.clock import epoch_of
from integration_tests.emulator.data.field_types import may_have
from integration_tests.emulator.data.seeds import CHILDREN, COUNTS, FEW, HELP_CENTERS, KINDS, SCARCE, SMALL, SPARSE

FIRST = epoch_of("2024-01-01T00:00:00Z")
SPAN = 500 * 86400
"""Seeded rows are created in this period, independent of the clock, so that a seed always gives the same rows."""
TEXTS = {"text": "{number}", "ulid": "01J{number:023X}", "chat": "2401.{series}.Sx{index:09}"}
"""Ids that are texts, by kind."""


def hash32(seed: int, number: int, salt: int) -> int:
    """A 32-bit hash of its arguments."""
    x = (number * 2654435761 + salt * 40503 + seed * 97 + 0x9E3779B9) & 0xFFFFFFFF
    x = ((x ^ (x >> 15)) * 2246822519) & 0xFFFFFFFF
    return x ^ (x >> 13)


def _base(name: str) -> int:
    number: int = 360_000_000_000 + sum(ord(c) * 131**n for n, c in enumerate(name)) % 39_000 * 1_000_000
    return number


def _user_ids(kind: str) -> Callable[[int], Any]:
    """Ids equal to those of the users, for collections with one row per user."""
    base = _base("users")
    return lambda index: str(base + index * 37) if kind == "user text" else base + index * 37


@cache
def _id_maker(name: str, seed: int) -> Callable[[int], Any]:
    base = _base(name)
    kind = KINDS.get(name)
    if name == "custom_objects":
        return lambda index: f"object_{index + 1}"
    if kind == "uuid":
        return lambda index: str(
            uuid.UUID(int=(hash32(seed, index, base) << 96) | (4 << 76) | (2 << 62) | (base + index))
        )
    if kind == "hex":
        return lambda index: f"{hash32(seed, index, base):08x}{base + index:024x}"
    if kind == "greeting":
        return lambda index: f"voicemail_{index}" if index % 4 == 0 else base + index * 37
    if kind in ("user", "user text"):
        return _user_ids(kind)
    if kind in TEXTS:
        return lambda index: TEXTS[kind].format(number=base + index * 37, series=base % 10**7, index=index)
    return lambda index: base + index * 37


def _later_child_count(name: str, index: int) -> int:
    """The number of rows of a parent other than the first."""
    if name in SCARCE:
        return int(index % 8 == 4)
    return index % 3 if name in SPARSE else max(index % 3, 1)


class SeedIds:
    """Counts and ids of the seeded rows, computed without generating the rows."""

    def __init__(self, *, seed: int, rows: int, tickets: int) -> None:
        self.seed = seed
        self.rows = rows
        self.tickets = tickets
        self._sizes: dict[str, int] = {}
        self._parents: dict[str, dict[Any, Any]] = {}
        self._by_brand: dict[str, dict[Any, list[Any]]] = {}
        self._indexes: dict[str, dict[Any, list[int]]] = {}

    def count(self, name: str) -> int:
        if name == "tickets":
            return self.tickets
        return min(COUNTS.get(name, self.rows), max(self.rows, 1))

    def id_of(self, name: str, index: int) -> Any:
        if name == "tickets":
            return index % max(self.tickets, 1) + 1
        return self._maker(name)(index % self._size(name))

    def _size(self, name: str) -> int:
        if name not in self._sizes:
            self._sizes[name] = max(self.count(name), 1)
        return self._sizes[name]

    def _maker(self, name: str) -> Callable[[int], Any]:
        return _id_maker(name, self.seed)

    def new_id(self, name: str, number: int) -> Any:
        """The id of the n-th row created after seeding."""
        return self.tickets + number if name == "tickets" else _id_maker(name, self.seed)(500_000 + number)

    def agent(self, index: int) -> Any:
        """Every fourth user is an agent; the first of them owns the account."""
        return self.id_of("users", index * 4 % max(self._size("users") // 4 * 4, 1))

    def end_user(self, index: int) -> Any:
        total = self._size("users")
        return self.id_of("users", (index * 4 + 1 + index % 2) % total) if total > 2 else self.agent(0)

    def ids_with_parents(self, name: str) -> Iterator[tuple[Any, Any]]:
        """The id of each row and of its parent, in order of creation."""
        if name not in CHILDREN:
            yield from ((self.id_of(name, index), None) for index in range(self.count(name)))
            return
        make_id, index = _id_maker(name, self.seed), 0
        for parent, count in self._child_counts(name):
            for _ in range(count):
                yield make_id(index), parent
                index += 1

    def _child_counts(self, name: str) -> Iterator[tuple[Any, int]]:
        parents = CHILDREN[name][0]
        few = 5 if name in SMALL else self.rows
        if name == "compliance_deletion_statuses":
            yield from self._deleted_users()
            return
        if parents == "brands":
            yield from self._help_centers()
            return
        for index, parent in enumerate(self.ids(parents)):
            later = _later_child_count(name, index) if may_have(name, parents, index) else 0
            yield parent, few if index == 0 else later

    def ids(self, name: str) -> list[Any]:
        """The ids of all seeded rows of a collection."""
        if name in CHILDREN:
            return [identifier for identifier, _ in self.ids_with_parents(name)]
        return [self.id_of(name, index) for index in range(self.count(name))]

    def _help_centers(self) -> Iterator[tuple[Any, int]]:
        for index in HELP_CENTERS:
            if index < self.count("brands"):
                yield self.id_of("brands", index), self.rows if index == 0 else min(self.rows, FEW)

    def parent_of(self, name: str, identifier: Any) -> Any:
        """The parent's id of a seeded row."""
        if name not in self._parents:
            self._parents[name] = dict(self.ids_with_parents(name))
        return self._parents[name].get(identifier)

    def indexes_under(self, name: str, parent: Any) -> list[int]:
        """The indexes, in order of creation, of a parent's rows."""
        if name not in self._indexes:
            indexes = self._indexes[name] = {}
            for index, (_, row_parent) in enumerate(self.ids_with_parents(name)):
                indexes.setdefault(row_parent, []).append(index)
        return self._indexes[name].get(parent, [])

    def by_brand(self, name: str) -> dict[Any, list[Any]]:
        """The ids of a help center collection by brand."""
        if name not in self._by_brand:
            parents = CHILDREN[name][0]
            brands = {} if parents == "brands" else {i: b for b, ids in self.by_brand(parents).items() for i in ids}
            found = self._by_brand[name] = {}
            for identifier, parent in self.ids_with_parents(name):
                found.setdefault(brands.get(parent, parent), []).append(identifier)
        return self._by_brand[name]

    def _deleted_users(self) -> Iterator[tuple[Any, int]]:
        """The users that their fixup makes inactive, with the number of their deletion statuses."""
        for index in range(7, self.count("users"), 20):
            yield self.id_of("users", index), self.rows if index == 7 else 1
