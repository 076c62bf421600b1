"""Custom fields of every type in an emulated account: what Zendesk sends for each, and what its column must hold."""

from __future__ import annotations

from typing import Any, NamedTuple

from integration_tests.emulator import Emulator
from integration_tests.harness import Row


class Kind(NamedTuple):
    """A type of field with what it targets; a value as tickets have it, as other records do, and its column."""

    type: str
    schema: Row
    sent: Any
    sent_elsewhere: Any
    column: Any
    target: str | None = None


def one(kind: str, **more: Any) -> Row:
    return {"type": ["null", kind], **more}


TEXT, INTEGER = one("string"), one("integer")
KINDS = [
    Kind("text", TEXT, "blue", "blue", "blue"),
    Kind("textarea", TEXT, "two\nlines", "two\nlines", "two\nlines"),
    Kind("regexp", TEXT, "A-1", "A-1", "A-1"),
    Kind("partialcreditcard", TEXT, "XXXXXXXXXXXX4242", "XXXXXXXXXXXX4242", "XXXXXXXXXXXX4242"),
    Kind("tagger", TEXT, "gold", "gold", "gold"),
    Kind("checkbox", one("boolean"), sent=True, sent_elsewhere=False, column=...),
    Kind("date", one("string", format="date"), "2024-05-06", "2024-05-06T00:00:00+00:00", "2024-05-06"),
    Kind("integer", INTEGER, "17", 17, 17),
    Kind("decimal", one("number"), "2.5", 2.5, 2.5),
    Kind("multiselect", one("array", items=TEXT), ["vip", "beta"], ["vip", "beta"], ["vip", "beta"]),
    Kind("lookup", INTEGER, "360000000123", "360000000123", 360000000123, "zen:user"),
    Kind("lookup", TEXT, "01HQZ4", "01HQZ4", "01HQZ4", "zen:custom_object:car"),
    Kind("brand_new", TEXT, "later", "later", "later"),
]
"""Every type that Zendesk documents, and one that it may bring."""


def column_of(kind: Kind, sent: Any) -> Any:
    """What the column holds; a checkbox what was sent."""
    return sent if kind.column is ... else kind.column


def add_fields(zendesk: Emulator, collection: str, count: int, parent: str | None = None) -> list[tuple[Row, Kind]]:
    """So many more fields of all types in turn, every third of them inactive."""
    made = []
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        said = {"type": kind.type, "title": f"Own {number}", "description": f"What {number} says"}
        if collection != "ticket_fields":
            said["key"] = f"own_{number}"
        flags = {"removable": True} if collection == "ticket_fields" else {"system": False}
        row = zendesk.store.create(
            collection, parent, **said, **flags, active=number % 3 > 0, relationship_target_type=kind.target
        )
        made.append((row, kind))
    return made
