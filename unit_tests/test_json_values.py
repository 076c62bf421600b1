"""What cannot be written as JSON is found by its path."""

from typing import Any

import pytest

from source_zendesk.json_values import NO_VALUE, Fault, describe_path, find_fault

HALF = "a\ud83d"


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("value", [None, 1, 10**30, float("nan"), "a\U0001f600", {"a": [nested(200)]}, []])
def test_a_value_that_json_can_hold_has_no_fault(value: Any) -> None:
    assert find_fault(value) is None


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": {"b": [1, HALF]}}, "a.b[1]"),
        ({"a": {HALF: 1}}, "a.a\N{REPLACEMENT CHARACTER}"),
        ([{"a": 10**30}, {"b": HALF}, HALF], "[1].b"),
    ],
)
def test_half_of_a_surrogate_pair(value: Any, path: str) -> None:
    assert find_fault(value) == Fault(path, "has half of a surrogate pair, such as half of an emoji")


@pytest.mark.parametrize("levels", [300, 900, 10_000])
def test_too_many_levels(levels: int) -> None:
    assert find_fault({"a": nested(levels)}) == Fault("a[0][0][0][0]", "is nested too deeply")


@pytest.mark.parametrize("key", ["id", "name"])
def test_a_row_is_named_by_an_id_that_is_a_value(key: str) -> None:
    row = {"id": NO_VALUE, key: NO_VALUE}
    assert describe_path({"rows": [row]}, ("rows", 0, key)) == f"id unknown: {key}"
    assert describe_path({"rows": [{"id": 7}]}, ("rows", 0, key)) == f"id 7: {key}"
