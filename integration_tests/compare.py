"""Compares emitted rows with expected ones and with their schema."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from jsonschema import Draft7Validator, FormatChecker

from source_zendesk.manifest import Endpoint, Manifest

Row = dict[str, Any]


def assert_same_rows(rows: Iterable[Row], expected_rows: Iterable[Row]) -> None:
    """Assert equal rows in any order; the message contains the number of differences and a few rows."""
    got, expected = Counter(map(canonical, rows)), Counter(map(canonical, expected_rows))
    lost, extra = expected - got, got - expected
    assert (lost.total(), extra.total()) == (0, 0), {
        "lost": [row.decode()[:600] for row in list(lost)[:2]],
        "extra": [row.decode()[:600] for row in list(extra)[:2]],
    }


def canonical(row: Mapping[str, Any]) -> bytes:
    """A canonical serialization of a row."""
    return orjson.dumps(row, option=orjson.OPT_SORT_KEYS)


def schema_violations(entry: Endpoint, rows: Iterable[Row]) -> list[str]:
    """The violations of a stream's schema in these rows."""
    validator = Draft7Validator(Manifest.load().record_schema(entry), format_checker=FORMATS)
    kinds = {type_shape(row): row for row in rows}.values()
    return [f"{error.json_path}: {error.message[:200]}" for row in kinds for error in validator.iter_errors(row)]


def type_shape(value: Any) -> Any:
    """The types in a value; schemas restrict only types, so one row of each shape is validated."""
    if isinstance(value, dict):
        return tuple(sorted((name, type_shape(item)) for name, item in value.items()))
    if isinstance(value, list):
        return ("list", frozenset(map(type_shape, value)))
    if isinstance(value, str):
        return "date-time" if is_time(value) else "text"
    return type(value).__name__


TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time")
def is_time(value: object) -> bool:
    """Whether a string is an RFC 3339 time; other values are accepted."""
    return not isinstance(value, str) or TIME.fullmatch(value) is not None
