"""Values of several types are coerced to the type in the schema."""

from typing import Any

import pytest

from source_zendesk.extract.transformations import RecordNormalizer, TypeCoercion, coerce_id

FORMS = TypeCoercion({"rating": (dict, "score"), "text": (str, "text"), "list": (list, "list")})


@pytest.mark.parametrize(
    ("field", "sent", "emitted"),
    [
        ("rating", "offered", {"score": "offered"}),
        ("rating", {"score": "good", "id": 1}, {"score": "good", "id": 1}),
        ("rating", None, None),
        ("text", 12, "12"),
        ("text", True, "true"),
        ("text", "12", "12"),
        ("text", ["é", {"a": None}], '["é",{"a":null}]'),
        ("text", None, None),
        ("list", {"success": True}, [{"success": True}]),
        ("list", [], []),
        ("other", 12, 12),
    ],
)
def test_value_has_the_declared_type(field: str, sent: Any, emitted: Any) -> None:
    row = {"id": 1, field: sent}
    assert FORMS.coerce([row]) == [{"id": 1, field: emitted}]
    assert row == {"id": 1, field: sent}


def test_missing_field_stays_missing() -> None:
    row = {"id": 1}
    assert FORMS.coerce([row])[0] is row


def test_coerced_fields_are_those_marked_in_the_schema() -> None:
    assert TypeCoercion.from_schema("ticket", "support").coerced_fields == {
        "satisfaction_rating": (dict, "score"),
        "via": (dict, "channel"),
    }
    assert TypeCoercion.from_schema("tag", "support").coerced_fields == {}


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("12", "integer", 12),
        ("-1", "integer", -1),
        (12, "integer", 12),
        ("1a", "integer", "1a"),
        (12, "string", "12"),
        ("12", "string", "12"),
        (None, "string", None),
    ],
)
def test_id_has_the_type_of_its_field(value: Any, kind: str, expected: Any) -> None:
    assert coerce_id(value, kind) == expected
    assert type(coerce_id(value, kind)) is type(expected)


def test_ids_written_as_strings_become_their_numbers() -> None:
    finishing = RecordNormalizer({"ticket_id": "integer", "key": "string"}, is_per_brand=True)
    given = {"ticket_id": "35", "key": 7, "brand_id": "5"}
    assert finishing.transform([{"id": 1}], given, 0) == [{"ticket_id": 35, "key": "7", "id": 1, "brand_id": 5}]
