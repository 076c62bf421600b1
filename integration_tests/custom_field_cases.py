"""Custom fields of every type: Zendesk's value, and the expected column value."""

from __future__ import annotations

from typing import Any, NamedTuple

from integration_tests.emulator import Emulator
from integration_tests.harness import Row


class FieldCase(NamedTuple):
    """A field type: its values in tickets (`sent`) and in other records, and the expected schema and column value."""

    type: str
    schema: Row
    sent: Any
    sent_elsewhere: Any
    column: Any
    target: str | None = None


def nullable(kind: str, **more: Any) -> Row:
    return {"type": ["null", kind], **more}


TEXT, INTEGER = nullable("string"), nullable("integer")
FIELD_CASES = [
    FieldCase("text", TEXT, "blue", "blue", "blue"),
    FieldCase("textarea", TEXT, "two\nlines", "two\nlines", "two\nlines"),
    FieldCase("regexp", TEXT, "A-1", "A-1", "A-1"),
    FieldCase("partialcreditcard", TEXT, "XXXXXXXXXXXX4242", "XXXXXXXXXXXX4242", "XXXXXXXXXXXX4242"),
    FieldCase("tagger", TEXT, "gold", "gold", "gold"),
    FieldCase("checkbox", nullable("boolean"), sent=True, sent_elsewhere=False, column=...),
    FieldCase("date", nullable("string", format="date"), "2024-05-06", "2024-05-06T00:00:00+00:00", "2024-05-06"),
    FieldCase("integer", INTEGER, "17", 17, 17),
    FieldCase("decimal", nullable("number"), "2.5", 2.5, 2.5),
    FieldCase("multiselect", nullable("array", items=TEXT), ["vip", "beta"], ["vip", "beta"], ["vip", "beta"]),
    FieldCase("lookup", INTEGER, "360000000123", "360000000123", 360000000123, "zen:user"),
    FieldCase("lookup", TEXT, "01HQZ4", "01HQZ4", "01HQZ4", "zen:custom_object:car"),
    FieldCase("brand_new", TEXT, "later", "later", "later"),
]
"""Every documented type, and an unknown one."""


def column_of(kind: FieldCase, value: Any) -> Any:
    """The expected column value; for a checkbox, the value itself."""
    return value if kind.column is ... else kind.column


def add_fields(
    zendesk: Emulator, collection: str, count: int, parent: str | None = None
) -> list[tuple[Row, FieldCase]]:
    """Add `count` fields, with alternating types; every third one is inactive."""
    fields = []
    for number in range(count):
        kind = FIELD_CASES[number % len(FIELD_CASES)]
        definition = {"type": kind.type, "title": f"Own {number}", "description": f"What {number} says"}
        if collection != "ticket_fields":
            definition["key"] = f"own_{number}"
        flags = {"removable": True} if collection == "ticket_fields" else {"system": False}
        row = zendesk.store.create(
            collection, parent, **definition, **flags, active=number % 3 > 0, relationship_target_type=kind.target
        )
        fields.append((row, kind))
    return fields
