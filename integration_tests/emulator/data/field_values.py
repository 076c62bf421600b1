"""Custom fields of every documented type, and the values that records have in them."""

from __future__ import annotations

from typing import Any

from integration_tests.emulator.data.seed_ids import Census

MOST = 12
"""So many of the account's fields are filled in."""
COMMON = ("text", "textarea", "checkbox", "date", "integer", "decimal", "regexp", "multiselect", "lookup")
TYPES = {"ticket_fields": ("tagger", *COMMON, "partialcreditcard", "system")}
OTHER_TYPES = ("dropdown", *COMMON)
SYSTEM = ("subject", "description", "status", "tickettype", "priority", "group", "assignee")
NULLS = 5
"""Every so many-th value is null."""
WORDS = ("blue", "red", "green", "vip", "beta", "gold")


def kind_of(collection: str, index: int) -> str:
    """The type of the n-th field; the first is one with options."""
    types = TYPES.get(collection, OTHER_TYPES)
    kind = types[index % len(types)]
    return SYSTEM[index // len(types) % len(SYSTEM)] if kind == "system" else kind


def key_of(collection: str, index: int) -> str:
    return f"{'standard::' if is_standard(collection, index) else ''}field_{index + 1}"


def is_standard(collection: str, index: int) -> bool:
    """Whether it is a field of the API's own, whose value lies elsewhere in the record."""
    if collection == "ticket_fields":
        return kind_of(collection, index) in SYSTEM
    return collection == "custom_object_fields" and index % 5 == 1


def values_by_key(census: Census, collection: str, n: int, parent: Any = None) -> dict[str, Any]:
    """The values of a record by the keys of its fields, those of one parent where fields have parents."""
    return {key_of(collection, i): value for i, value in _values(census, collection, n, parent)}


def values_by_id(census: Census, collection: str, n: int) -> list[dict[str, Any]]:
    """The values of a record as tickets have them."""
    return [{"id": census.id_of(collection, i), "value": value} for i, value in _values(census, collection, n, None)]


def _values(census: Census, collection: str, n: int, parent: Any) -> list[tuple[int, Any]]:
    indexes = [i for i in census.places(collection, parent)[:MOST] if not is_standard(collection, i)]
    return [(i, _value(census, collection, i, n)) for i in indexes]


def _value(census: Census, collection: str, index: int, n: int) -> Any:
    """Tickets have numbers as texts and days without a time; other records have numbers and a time."""
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
        "checkbox": n % 2 == 0, "multiselect": [word, WORDS[(n + index + 1) % 6]], "lookup": str(census.end_user(n)),
        "partialcreditcard": f"XXXXXXXXXXXX{n % 10000:04}", "regexp": f"A-{n}",
    }  # fmt: skip
    return made.get(kind, word)
