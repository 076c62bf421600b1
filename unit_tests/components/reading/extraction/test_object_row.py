"""One record: an object, in an envelope or bare."""

from typing import Any

import pytest

from source_zendesk.components.reading.extraction.object_row import ObjectRow
from source_zendesk.errors import AnswerError

USER = ObjectRow("user", "user")
WHOLE = ObjectRow("app")
KEY = ObjectRow("key", item_field="public_key")


@pytest.mark.parametrize(
    ("extraction", "body", "rows"),
    [
        (USER, {"user": {"id": 1}}, [{"id": 1}]),
        (USER, {"id": 1, "name": "Ada"}, [{"id": 1, "name": "Ada"}]),
        (USER, {"user": [{"id": 1}]}, [{"id": 1}]),
        (WHOLE, {"limit": 50}, [{"limit": 50}]),
        (KEY, "-----BEGIN", [{"public_key": "-----BEGIN"}]),
    ],
)
def test_the_object_is_the_record(extraction: ObjectRow, body: Any, rows: list[Any]) -> None:
    assert extraction.rows(body) == rows


@pytest.mark.parametrize(
    ("extraction", "body"),
    [(USER, {"hello": "world"}), (USER, "text"), (USER, None), (WHOLE, None), (WHOLE, "text")],
)
def test_an_answer_without_it_is_an_error(extraction: ObjectRow, body: Any) -> None:
    with pytest.raises(AnswerError, match=extraction.name):
        extraction.rows(body)
