"""The only list of a response contains the records, whatever its key."""

from typing import Any

import pytest

from source_zendesk.errors import ResponseError
from source_zendesk.extract.extractors import SingleListExtractor

ONLY = SingleListExtractor("samples")


@pytest.mark.parametrize("key", ["tickets", "users"])
def test_each_item_is_a_record(key: str) -> None:
    assert ONLY.extract({key: [{"id": 1}], "count": 1, "next_page": None}) == [{"id": 1}]


@pytest.mark.parametrize("body", [{}, {"a": [], "b": []}, [], None, {"a": {}}, {"a": [1]}])
def test_response_without_a_list_or_with_two_is_an_error(body: Any) -> None:
    with pytest.raises(ResponseError, match="samples"):
        ONLY.extract(body)
