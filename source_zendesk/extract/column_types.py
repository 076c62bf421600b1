"""Column types of custom fields: their JSON schemas, and the conversion of Zendesk's values."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].*)?")
# The digits of integers that every destination can store, and the bound below which a float is exact.
MAX_DIGITS, EXACT = 18, 2**53
TRUTHS = {"true": True, "false": False}


@dataclass(frozen=True)
class ColumnType:
    """A column type; `convert` returns None for a value that does not match it.

    Values of `python_type` need no conversion. Most values have it, so `convert` is rarely called.
    """

    name: str
    schema: Mapping[str, Any]
    convert: Callable[[object], object]
    python_type: type | None = None


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else TRUTHS.get(value) if isinstance(value, str) else None


def _integer(value: object) -> int | None:
    """Zendesk also sends integers as strings, some of them with a decimal point."""
    if isinstance(value, str) and value.isdecimal() and value.isascii() and len(value) <= MAX_DIGITS:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < 10**MAX_DIGITS else None
    number = _number(value)
    return int(number) if number is not None and number.is_integer() and abs(number) < EXACT else None


def _number(value: object) -> float | None:
    """Infinite values are excluded: JSON has none."""
    if isinstance(value, str):
        number = float(value) if NUMBER.fullmatch(value) else None
        return number if number is not None and isfinite(number) else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _date(value: object) -> str | None:
    """The date; the values of users and organizations also contain a time."""
    if not isinstance(value, str) or not DAY.fullmatch(value):
        return None
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return None
    return value[:10]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _list_of(one: Callable[[object], object]) -> Callable[[object], list[object] | None]:
    def converted(value: object) -> list[object] | None:
        if not isinstance(value, list):
            return None
        items = [one(item) for item in value]
        return None if None in items else items

    return converted


def _nullable(kind: str, **more: object) -> dict[str, object]:
    return {"type": ["null", kind], **more}


TEXT = ColumnType("text", _nullable("string"), _text, str)
TYPES = {
    column_type.name: column_type
    for column_type in (
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


def declared_type(schema: Mapping[str, object]) -> ColumnType | None:
    """The column type of a property of a catalog, None if no column type matches."""
    comparable = _comparable(schema)
    return next((each for each in TYPES.values() if _comparable(each.schema) == comparable), None)


def _comparable(schema: Mapping[str, object]) -> tuple[object, ...]:
    """The parts of a schema that distinguish column types, in a form that survives a rewrite of the catalog."""
    declared = schema.get("type")
    kinds = sorted({*(declared if isinstance(declared, list) else [declared])} - {"null"}, key=str)
    items = schema.get("items")
    return (kinds, schema.get("format"), _comparable(items) if isinstance(items, Mapping) else None)
