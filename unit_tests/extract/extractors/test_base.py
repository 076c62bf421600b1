"""All extractors share dotted paths and the validation of lists."""

import logging
from typing import Any

import pytest

from source_zendesk.errors import ResponseError
from source_zendesk.extract.extractors import ListExtractor


@pytest.mark.parametrize(
    ("path", "body", "found"),
    [
        ("groups", {"groups": [1]}, [1]),
        ("a.b", {"a": {"b": [1]}}, [1]),
        ("a.b", {"a": [1]}, None),
        ("a.b", {"a.b": [1]}, None),
        ("a.b", None, None),
    ],
)
def test_dotted_path_leads_into_objects(path: str, body: Any, found: Any) -> None:
    assert ListExtractor("groups", path).value_at_key(body) == found


def test_null_in_a_list_is_dropped_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "airbyte"):
        assert ListExtractor("groups").validate_objects([None, {"id": 1}, None], "groups") == [{"id": 1}]
    assert "Stream groups: dropped null from the list `groups` of a response (item 0, 2)" in caplog.text


def test_valid_list_is_returned_without_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    rows = [{"id": 1}, {}]
    assert ListExtractor("groups").validate_objects(rows, "groups") is rows
    assert caplog.text == ""


def test_value_that_is_not_an_object_is_an_error_with_its_position() -> None:
    with pytest.raises(ResponseError, match=r"groups.*item 1 of the list `groups` is not an object"):
        ListExtractor("groups").validate_objects([{}, "a", None], "groups")
