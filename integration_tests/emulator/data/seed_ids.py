"""How many of each object the account has, and which ids they carry."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from integration_tests.emulator.data.clock import epoch_of
from integration_tests.emulator.data.seeds import CHILDREN, COUNTS, FEW, HELP_CENTERS, KINDS, SCARCE, SMALL, SPARSE

FIRST = epoch_of("2024-01-01T00:00:00Z")
SPAN = 500 * 86400
"""Seeded rows are created within these days, whatever the clock says, so that a seed always gives the same rows."""


def mix(seed: int, number: int, salt: int) -> int:
    """A well-spread number of 32 bits that depends on nothing else."""
    x = (number * 2654435761 + salt * 40503 + seed * 97 + 0x9E3779B9) & 0xFFFFFFFF
    x = ((x ^ (x >> 15)) * 2246822519) & 0xFFFFFFFF
    return x ^ (x >> 13)


def _base(name: str) -> int:
    number: int = 360_000_000_000 + sum(ord(c) * 131**n for n, c in enumerate(name)) % 39_000 * 1_000_000
    return number


def _like_users(kind: str) -> Callable[[int], Any]:
    """The ids of what each user has one of."""
    base = _base("users")
    return lambda index: str(base + index * 37) if kind == "user text" else base + index * 37


@cache
def _id_maker(name: str, seed: int) -> Callable[[int], Any]:
    base = _base(name)
    kind = KINDS.get(name)
    if name == "custom_objects":
        return lambda index: f"object_{index + 1}"
    if kind == "uuid":
        return lambda index: str(uuid.UUID(int=(mix(seed, index, base) << 96) | (4 << 76) | (2 << 62) | (base + index)))
    if kind == "hex":
        return lambda index: f"{mix(seed, index, base):08x}{base + index:024x}"
    if kind == "ulid":
        return lambda index: f"01J{base + index * 37:023X}"
    if kind == "greeting":
        return lambda index: f"voicemail_{index}" if index % 4 == 0 else base + index * 37
    if kind in ("user", "user text"):
        return _like_users(kind)
    if kind == "text":
        return lambda index: str(base + index * 37)
    return lambda index: base + index * 37


def _others(name: str, index: int) -> int:
    """How many rows a parent has that is not the first."""
    if name in SCARCE:
        return int(index % 8 == 4)
    return index % 3 if name in SPARSE else max(index % 3, 1)


class Census:
    """The size of the account: every id can be told without making the rows."""

    def __init__(self, *, seed: int, rows: int, tickets: int) -> None:
        self.seed = seed
        self.rows = rows
        self.tickets = tickets
        self._sizes: dict[str, int] = {}
        self._parents: dict[str, dict[Any, Any]] = {}
        self._by_brand: dict[str, dict[Any, list[Any]]] = {}
        self._places: dict[str, dict[Any, list[int]]] = {}

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
        """The id of the n-th row that is created later."""
        return self.tickets + number if name == "tickets" else _id_maker(name, self.seed)(500_000 + number)

    def agent(self, index: int) -> Any:
        """Every fourth user is an agent; the first of them owns the account."""
        return self.id_of("users", index * 4 % max(self._size("users") // 4 * 4, 1))

    def end_user(self, index: int) -> Any:
        total = self._size("users")
        return self.id_of("users", (index * 4 + 1 + index % 2) % total) if total > 2 else self.agent(0)

    def plan(self, name: str) -> Iterator[tuple[Any, Any]]:
        """Each row's id and its parent's id, in the order of creation."""
        if name not in CHILDREN:
            yield from ((self.id_of(name, index), None) for index in range(self.count(name)))
            return
        make, index = _id_maker(name, self.seed), 0
        for parent, kids in self._families(name):
            for _ in range(kids):
                yield make(index), parent
                index += 1

    def _families(self, name: str) -> Iterator[tuple[Any, int]]:
        parents = CHILDREN[name][0]
        few = 5 if name in SMALL else self.rows
        if name == "compliance_deletion_statuses":
            yield from self._deleted_users()
            return
        if parents == "brands":
            yield from self._help_centers()
            return
        for index, parent in enumerate(self.ids(parents)):
            yield parent, few if index == 0 else _others(name, index)

    def ids(self, name: str) -> list[Any]:
        """Every id that the collection is seeded with."""
        if name in CHILDREN:
            return [identifier for identifier, _ in self.plan(name)]
        return [self.id_of(name, index) for index in range(self.count(name))]

    def _help_centers(self) -> Iterator[tuple[Any, int]]:
        for index in HELP_CENTERS:
            if index < self.count("brands"):
                yield self.id_of("brands", index), self.rows if index == 0 else min(self.rows, FEW)

    def parent_of(self, name: str, identifier: Any) -> Any:
        """Under which row a seeded one stands."""
        if name not in self._parents:
            self._parents[name] = dict(self.plan(name))
        return self._parents[name].get(identifier)

    def places(self, name: str, parent: Any) -> list[int]:
        """Which rows of a collection, in the order of creation, stand under a parent."""
        if name not in self._places:
            found = self._places[name] = {}
            for place, (_, above) in enumerate(self.plan(name)):
                found.setdefault(above, []).append(place)
        return self._places[name].get(parent, [])

    def by_brand(self, name: str) -> dict[Any, list[Any]]:
        """The ids of a help center's collection, for each brand that has one."""
        if name not in self._by_brand:
            parents = CHILDREN[name][0]
            above = {} if parents == "brands" else {i: b for b, ids in self.by_brand(parents).items() for i in ids}
            found = self._by_brand[name] = {}
            for identifier, parent in self.plan(name):
                found.setdefault(above.get(parent, parent), []).append(identifier)
        return self._by_brand[name]

    def _deleted_users(self) -> Iterator[tuple[Any, int]]:
        """Those that the fixup of users makes inactive: what was asked for them is only ever deletion."""
        for index in range(7, self.count("users"), 20):
            yield self.id_of("users", index), self.rows if index == 7 else 1
