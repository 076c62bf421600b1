"""A value is converted to its column's type, or becomes null."""

from typing import Any

import pytest

from source_zendesk.extract.column_types import TYPES, declared_type

FITTING: list[tuple[str, Any, Any]] = [
    ("text", "a", "a"), ("text", "", ""), ("boolean", True, True), ("boolean", "false", False), ("integer", 7, 7),
    ("integer", "7", 7), ("integer", "-7", -7), ("integer", "007", 7), ("integer", "7.0", 7), ("integer", 7.0, 7),
    ("integer", "9" * 18, int("9" * 18)), ("number", 7, 7), ("number", "-2.5", -2.5), ("number", "7", 7.0),
    ("date", "2024-02-29", "2024-02-29"), ("date", "2024-05-06T00:00:00Z", "2024-05-06"),
    ("date", "2024-05-06 00:00:00 UTC", "2024-05-06"), ("texts", ["a", "b"], ["a", "b"]), ("texts", [], []),
    ("integers", ["1", 2], [1, 2]),
]  # fmt: skip
UNFIT: dict[str, list[Any]] = {
    "text": [7, True, ["a"], {"a": 1}],
    "boolean": [1, "yes", "True", [], 0.0],
    "integer": [
        True,
        10**18,
        "7.5",
        7.5,
        "9" * 19,
        "7 ",
        "1_000",
        "\u0667",
        "1e3",
        ["7"],
        "nan",
        float("inf"),
        "9" * 17 + ".0",
    ],
    "number": [True, "many", "nan", "1_0", "1,5", " 1", "1e400", "9" * 400, [1]],
    "date": ["06/05/2024", "2024-02-30", "20240506", "2024-W01-1", 1714953600, "2024-05-06x"],
    "texts": ["a", ["a", 1], [None], {"a": 1}],
    "integers": ["1", ["a"], [True]],
}


@pytest.mark.parametrize(("kind", "value", "expected"), FITTING)
def test_matching_values_are_converted(kind: str, value: Any, expected: Any) -> None:
    found = TYPES[kind].convert(value)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in UNFIT.items() for value in values])
def test_other_values_become_none(kind: str, value: Any) -> None:
    assert TYPES[kind].convert(value) is None


@pytest.mark.parametrize("kind", TYPES)
def test_type_is_recognized_in_a_rewritten_schema(kind: str) -> None:
    schema = {**TYPES[kind].schema, "title": "A", "type": list(reversed(TYPES[kind].schema["type"]))}
    assert declared_type(schema) is TYPES[kind]


@pytest.mark.parametrize(
    "schema", [{}, {"type": "object"}, {"type": ["null", "array"]}, {"type": ["string", "integer"]}]
)
def test_no_column_has_another_type(schema: dict[str, Any]) -> None:
    assert declared_type(schema) is None
