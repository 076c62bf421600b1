"""Custom fields of every documented type, and their values in records."""

from __future__ import annotations

from typing import Any

from integration_tests.emulator.data.field_types import SYSTEM, kind_of
from integration_tests.emulator.data.seed_ids import SeedIds

MOST = 12
"""The number of custom fields with a value in each record."""
NULLS = 5
"""Every `NULLS`-th value is null."""
WORDS = ("blue", "red", "green", "vip", "beta", "gold")


def key_of(collection: str, index: int) -> str:
    return f"{'standard::' if is_standard(collection, index) else ''}field_{index + 1}"


def is_standard(collection: str, index: int) -> bool:
    """Whether it is a standard field, whose value is elsewhere in the record."""
    if collection == "ticket_fields":
        return kind_of(collection, index) in SYSTEM
    return collection == "custom_object_fields" and index % 5 == 1


def values_by_key(seed_ids: SeedIds, collection: str, n: int, parent: Any = None) -> dict[str, Any]:
    """The values of a record by field key; of one parent's fields if fields have parents."""
    return {key_of(collection, i): value for i, value in _values(seed_ids, collection, n, parent)}


def values_by_id(seed_ids: SeedIds, collection: str, n: int) -> list[dict[str, Any]]:
    """The values of a record in the format of tickets."""
    return [
        {"id": seed_ids.id_of(collection, i), "value": value} for i, value in _values(seed_ids, collection, n, None)
    ]


def _values(seed_ids: SeedIds, collection: str, n: int, parent: Any) -> list[tuple[int, Any]]:
    indexes = [i for i in seed_ids.indexes_under(collection, parent)[:MOST] if not is_standard(collection, i)]
    return [(i, _value(seed_ids, collection, i, n)) for i in indexes]


def _value(seed_ids: SeedIds, collection: str, index: int, n: int) -> Any:
    """In tickets, numbers are strings and dates have no time; in other records, numbers are JSON and dates have one."""
    if (n + index) % NULLS == 1:
        return None
    kind, is_ticket, word = kind_of(collection, index), collection == "ticket_fields", WORDS[(n + index) % 6]
    if kind in ("integer", "decimal"):
        number = n % 90 if kind == "integer" else n % 90 + 0.5
        return str(number) if is_ticket else number
    if kind == "date":
        day = f"2024-05-{n % 28 + 1:02}"
        return day if is_ticket else f"{day}T00:00:00+00:00"
    made = {
        "checkbox": n % 2 == 0, "multiselect": [word, WORDS[(n + index + 1) % 6]], "lookup": str(seed_ids.end_user(n)),
        "partialcreditcard": f"XXXXXXXXXXXX{n % 10000:04}", "regexp": f"A-{n}",
    }  # fmt: skip
    return made.get(kind, word)
