"""How many of each object the account has, and which ids they carry."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from integration_tests.emulator.data.clock import epoch_of

FIRST = epoch_of("2024-01-01T00:00:00Z")
SPAN = 500 * 86400
"""Seeded rows are created within these days, whatever the clock says, so that a seed always gives the same rows."""

FEW = 12
COUNTS: dict[str, int] = {
    "apps": FEW, "attributes": FEW, "custom_objects": FEW, "custom_roles": FEW, "custom_statuses": FEW,
    "locales": 30, "satisfaction_reasons": FEW, "sell_apps": FEW, "sell_installations": FEW, "settings": 1,
    "sharing_agreements": FEW, "tags": 0, "target_failures": 25, "targets": 25, "ticket_forms": 25,
}  # fmt: skip
"""Objects that no account has hundreds of; everything else comes `rows` times."""

CHILDREN: dict[str, tuple[str, str]] = {
    "attribute_values": ("attributes", "attribute_id"),
    "compliance_deletion_statuses": ("users", "user_id"),
    "custom_object_fields": ("custom_objects", "custom_object_key"),
    "custom_object_records": ("custom_objects", "custom_object_key"),
    "dynamic_content_variants": ("dynamic_content_items", "item_id"),
    "macro_attachments": ("macros", "macro_id"),
    "ticket_field_options": ("ticket_fields", "field_id"),
    "ticket_skips": ("users", "user_id"),
    "trigger_revisions": ("triggers", "trigger_id"),
    "user_field_options": ("user_fields", "field_id"),
    "user_identities": ("users", "user_id"),
}
"""Collection: where its parents are and the field that names them. The first parent has `rows`, the others a few."""

SCARCE = frozenset({"macro_attachments", "ticket_skips"})
SMALL = frozenset({"attribute_values", "dynamic_content_variants", "macro_attachments"})
HEX = frozenset({"job_statuses"})
UUIDS = frozenset({"attributes", "attribute_values", "group_sla_policies", "instance_values"})
TEXTS = frozenset({"trigger_categories", "custom_object_records"})


def mix(seed: int, number: int, salt: int) -> int:
    """A well-spread number of 32 bits that depends on nothing else."""
    x = (number * 2654435761 + salt * 40503 + seed * 97 + 0x9E3779B9) & 0xFFFFFFFF
    x = ((x ^ (x >> 15)) * 2246822519) & 0xFFFFFFFF
    return x ^ (x >> 13)


def _base(name: str) -> int:
    number: int = 360_000_000_000 + sum(ord(c) * 131**n for n, c in enumerate(name)) % 39_000 * 1_000_000
    return number


@cache
def _id_maker(name: str, seed: int) -> Callable[[int], Any]:
    base = _base(name)
    if name == "custom_objects":
        return lambda index: f"object_{index + 1}"
    if name in UUIDS:
        return lambda index: str(uuid.UUID(int=(mix(seed, index, base) << 96) | (4 << 76) | (2 << 62) | (base + index)))
    if name in HEX:
        return lambda index: f"{mix(seed, index, base):08x}{base + index:024x}"
    if name in TEXTS:
        return lambda index: str(base + index * 37)
    return lambda index: base + index * 37


class Census:
    """The size of the account: every id can be told without making the rows."""

    def __init__(self, *, seed: int, rows: int, tickets: int) -> None:
        self.seed = seed
        self.rows = rows
        self.tickets = tickets
        self._sizes: dict[str, int] = {}

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
        for index in range(self.count(parents)):
            others = index % 3 if name not in SCARCE else int(index % 8 == 4)
            yield self.id_of(parents, index), few if index == 0 else max(others, int(name not in SCARCE))

    def _deleted_users(self) -> Iterator[tuple[Any, int]]:
        """Those that the fixup of users makes inactive: what was asked for them is only ever deletion."""
        for index in range(7, self.count("users"), 20):
            yield self.id_of("users", index), self.rows if index == 7 else 1
