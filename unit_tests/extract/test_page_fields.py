"""The fields that control pagination have their documented types; another type never ends a read."""

from collections.abc import Callable
from typing import Any

import pytest

from source_zendesk import times
from source_zendesk.extract import page_fields
from source_zendesk.http.response import UndocumentedValueError

READERS: list[Callable[[dict[str, Any], str], Any]] = [
    page_fields.flag, page_fields.link, page_fields.cursor, page_fields.section, page_fields.number,
]  # fmt: skip


@pytest.mark.parametrize("read", READERS)
def test_null_and_missing_are_the_same(read: Callable[[dict[str, Any], str], Any]) -> None:
    assert read({}, "a") == read({"a": None}, "a")
    assert not read({}, "a")


@pytest.mark.parametrize(
    ("read", "values"),
    [
        (page_fields.flag, [0, 1, "false", [], {}]),
        (page_fields.link, [0, False, [], {}, "false"]),
        (page_fields.cursor, [True, 1.5, [], {}]),
        (page_fields.section, [0, False, "", []]),
        (page_fields.number, ["3", True, 1.5, [], {}]),
    ],
)
def test_another_type_is_an_error_with_the_field_name(
    read: Callable[[dict[str, Any], str], Any], values: list[Any]
) -> None:
    for value in values:
        with pytest.raises(UndocumentedValueError, match="`a` is"):
            read({"a": value}, "a")


def test_cursor_may_be_a_number() -> None:
    assert page_fields.cursor({"a": 7}, "a") == "7"


@pytest.mark.parametrize("body", [[], None, {}, {"count": "2"}, {"count": True}, {"count": -1}, {"count": 1.5}])
def test_invalid_count_is_ignored(body: Any) -> None:
    assert page_fields.count(body) is None


def test_export_continues_at_the_link_or_the_end_time_and_never_in_the_future() -> None:
    assert page_fields.next_start({"start_time": "10"}, {"end_time": 20}) == 10
    assert page_fields.next_start({}, {"end_time": 20}) == 20
    assert page_fields.next_start({}, {"end_time": [1]}) is None
    with pytest.raises(UndocumentedValueError, match="start_time"):
        page_fields.next_start({}, {"end_time": times.latest() + 10})
