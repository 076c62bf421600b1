"""Compares the rows that came with those that had to come, and with their schema."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from jsonschema import Draft7Validator, FormatChecker

from source_zendesk.manifest import Endpoint, Manifest

Row = dict[str, Any]


def assert_same(rows: Iterable[Row], wanted: Iterable[Row]) -> None:
    """The same rows in any order; says how many differ and shows a few, rather than all."""
    got, expected = Counter(map(canonical, rows)), Counter(map(canonical, wanted))
    lost, extra = expected - got, got - expected
    assert (lost.total(), extra.total()) == (0, 0), {
        "lost": [row.decode()[:600] for row in list(lost)[:2]],
        "extra": [row.decode()[:600] for row in list(extra)[:2]],
    }


def canonical(row: Mapping[str, Any]) -> bytes:
    """The same bytes for the same row."""
    return orjson.dumps(row, option=orjson.OPT_SORT_KEYS)


def invalid(entry: Endpoint, rows: Iterable[Row]) -> list[str]:
    """What the schema of a stream has against these rows."""
    validator = Draft7Validator(Manifest.load().record_schema(entry), format_checker=FORMATS)
    kinds = {shape(row): row for row in rows}.values()
    return [f"{error.json_path}: {error.message[:200]}" for row in kinds for error in validator.iter_errors(row)]


def shape(value: Any) -> Any:
    """The types inside a value: schemas say nothing else, so rows of one shape are valid or not together."""
    if isinstance(value, dict):
        return tuple(sorted((name, shape(item)) for name, item in value.items()))
    if isinstance(value, list):
        return ("list", frozenset(map(shape, value)))
    if isinstance(value, str):
        return "date-time" if is_time(value) else "text"
    return type(value).__name__


TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time")
def is_time(value: object) -> bool:
    """As RFC 3339 has it; what is no text is judged by its type."""
    return not isinstance(value, str) or TIME.fullmatch(value) is not None
