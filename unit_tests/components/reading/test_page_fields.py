"""Fields that steer a read are of the type that Zendesk documents, or refused by name."""

from typing import Any

import pytest

from source_zendesk.components.reading import page_fields
from source_zendesk.components.requests.answer import UndocumentedValueError

ABSENT = {
    page_fields.flag: None,
    page_fields.link: "",
    page_fields.cursor: None,
    page_fields.section: {},
}
VALUES = [
    (page_fields.flag, True, True),
    (page_fields.link, "/api/v2/groups?page=2", "/api/v2/groups?page=2"),
    (page_fields.cursor, "abc", "abc"),
    (page_fields.cursor, 12, "12"),
    (page_fields.section, {"has_more": True}, {"has_more": True}),
]
WRONG = [
    *[(page_fields.flag, value) for value in ("true", 1, [], {})],
    *[(page_fields.link, value) for value in (True, 1, "no address", [], {})],
    *[(page_fields.cursor, value) for value in (True, 1.5, [], {})],
    *[(page_fields.section, value) for value in ("text", 1, [], True)],
]


@pytest.mark.parametrize("field", ABSENT, ids=lambda field: field.__name__)
@pytest.mark.parametrize("fields", [{}, {"name": None}])
def test_null_and_a_missing_field_are_the_same(field: Any, fields: dict[str, Any]) -> None:
    assert field(fields, "name") == ABSENT[field]


@pytest.mark.parametrize(("field", "value", "expected"), VALUES)
def test_the_documented_type_is_returned(field: Any, value: Any, expected: Any) -> None:
    assert field({"name": value}, "name") == expected


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_another_type_raises_an_error_that_names_the_field(field: Any, value: Any) -> None:
    with pytest.raises(UndocumentedValueError, match="name"):
        field({"name": value}, "name")


@pytest.mark.parametrize("body", [[], {}, {"count": None}, {"count": "7"}, {"count": True}, {"count": -1}])
def test_a_count_of_another_type_is_none(body: Any) -> None:
    assert page_fields.count(body) is None
    assert page_fields.count({"count": 7}) == 7


def test_the_next_start_is_that_of_the_link_or_the_end_time() -> None:
    assert page_fields.next_start({"start_time": "1700000000"}, {"end_time": 5}) == 1700000000
    assert page_fields.next_start({}, {"end_time": 1700000000}) == 1700000000
    assert page_fields.next_start({}, {}) is None
    with pytest.raises(UndocumentedValueError, match="start_time"):
        page_fields.next_start({"start_time": str(10**12)}, {})
