"""One record: an object, with or without an envelope."""

from typing import Any

import pytest

from source_zendesk.errors import ResponseError
from source_zendesk.extract.extractors import ObjectExtractor

USER = ObjectExtractor("user", "user")
WHOLE = ObjectExtractor("app")
KEY = ObjectExtractor("key", item_field="public_key")


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
def test_object_is_the_record(extraction: ObjectExtractor, body: Any, rows: list[Any]) -> None:
    assert extraction.extract(body) == rows


@pytest.mark.parametrize(
    ("extraction", "body"),
    [(USER, {"hello": "world"}), (USER, "text"), (USER, None), (WHOLE, None), (WHOLE, "text")],
)
def test_response_without_the_object_is_an_error(extraction: ObjectExtractor, body: Any) -> None:
    with pytest.raises(ResponseError, match=extraction.name):
        extraction.extract(body)
