"""The shape of a value contains none of its content."""

from typing import Any

import pytest

from source_zendesk.output.value_shape import value_shape


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("123456789012", "text of 12 digits"),
        ("a b", "text of 3 characters"),
        ("", "empty text"),
        (4, "whole number"),
        (1.5, "number"),
        (True, "boolean"),
        (None, "null"),
        ([1, 2], "list of whole numbers"),
        ([{"a": 1}], "list of objects"),
        ([], "empty list"),
        ({"a": 1, "b": 2}, "object with keys a, b"),
        ({}, "empty object"),
        ({"jane@example.com": 1}, "object with 1 keys"),
        (dict.fromkeys(["Jane_Doe", "AKIAIOSFODNN7EXAMPLE", "sk_live_51HabSECRET", "id_4111"]), "object with 4 keys"),
        ({"__typename": 1, "createdAt": 2, "sha_256": 3}, "object with keys __typename, createdAt, sha_256"),
        (dict.fromkeys("abcdefgh"), "object with keys a, b, c, d, e and 3 more"),
    ],
)
def test_shape_of_a_value_contains_none_of_its_content(value: Any, shape: str) -> None:
    assert value_shape(value) == shape
