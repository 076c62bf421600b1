"""What a column of a custom field holds: its JSON schema, and how a value that Zendesk sends becomes one of it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].*)?")
# Whole numbers that every destination holds, and those that a float holds as they are.
MAX_DIGITS, EXACT = 18, 2**53
TRUTHS = {"true": True, "false": False}


@dataclass(frozen=True)
class ColumnType:
    """A type by its `name`; `converted` gives None for a value that does not fit it.

    Values of the Python type `plain` are what they should be; most are, and need no function called for them.
    """

    name: str
    schema: Mapping[str, Any]
    converted: Callable[[Any], Any]
    plain: type | None = None


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else TRUTHS.get(value) if isinstance(value, str) else None


def _integer(value: Any) -> int | None:
    """Zendesk sends whole numbers as texts too, some of them with a decimal point."""
    if isinstance(value, str) and value.isdecimal() and value.isascii() and len(value) <= MAX_DIGITS:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < 10**MAX_DIGITS else None
    number = _number(value)
    return int(number) if number is not None and number.is_integer() and abs(number) < EXACT else None


def _number(value: Any) -> float | None:
    """JSON has no number beyond what a float holds."""
    if isinstance(value, str):
        number = float(value) if NUMBER.fullmatch(value) else None
        return number if number is not None and isfinite(number) else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _date(value: Any) -> str | None:
    """The day; of users and organizations Zendesk sends a time with it."""
    if not isinstance(value, str) or not DAY.fullmatch(value):
        return None
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return None
    return value[:10]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _list_of(one: Callable[[Any], Any]) -> Callable[[Any], list[Any] | None]:
    def converted(value: Any) -> list[Any] | None:
        if not isinstance(value, list):
            return None
        items = [one(item) for item in value]
        return None if None in items else items

    return converted


def _nullable(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": ["null", kind], **more}


TEXT = ColumnType("text", _nullable("string"), _text, str)
TYPES = {
    known.name: known
    for known in (
        TEXT,
        ColumnType("boolean", _nullable("boolean"), _boolean, bool),
        ColumnType("integer", _nullable("integer"), _integer),
        ColumnType("number", _nullable("number"), _number, float),
        ColumnType("date", _nullable("string", format="date"), _date),
        ColumnType("texts", _nullable("array", items=_nullable("string")), _list_of(_text)),
        ColumnType("integers", _nullable("array", items=_nullable("integer")), _list_of(_integer)),
    )
}
"""Every type of column by its name."""


def declared_type(schema: Mapping[str, Any]) -> ColumnType | None:
    """The type that a property of a catalog says, None for one that no column has."""
    found = _meant(schema)
    return next((known for known in TYPES.values() if _meant(known.schema) == found), None)


def _meant(schema: Mapping[str, Any]) -> tuple[Any, ...]:
    """What tells types apart, however a catalog was written anew on its way."""
    said = schema.get("type")
    kinds = sorted({*(said if isinstance(said, list) else [said])} - {"null"}, key=str)
    items = schema.get("items")
    return (kinds, schema.get("format"), _meant(items) if isinstance(items, Mapping) else None)
