"""Statuses are in several lists, whose names differ between API versions."""

from typing import Any

import pytest

from source_zendesk.errors import ResponseError
from source_zendesk.extract.extractors import MultiListExtractor

STATUSES = MultiListExtractor("agent_statuses", lists=["default", "custom", "data"])


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        ({"custom": [{"id": 2}], "default": [{"id": 1}]}, [1, 2]),
        ({"data": [{"id": 3}]}, [3]),
        ({"default": [], "custom": None}, []),
    ],
)
def test_items_of_all_lists_are_extracted_in_order(body: Any, ids: list[int]) -> None:
    assert [row["id"] for row in STATUSES.extract(body)] == ids


@pytest.mark.parametrize("body", [{}, {"statuses": [{"id": 1}]}, {"default": {"id": 1}}])
def test_response_with_none_of_them_is_an_error(body: Any) -> None:
    with pytest.raises(ResponseError, match=r"agent_statuses.*none of the lists default, custom, data"):
        STATUSES.extract(body)


@pytest.mark.parametrize("body", [None, "text", [], 1])
def test_response_that_is_not_an_object_is_an_error(body: Any) -> None:
    with pytest.raises(ResponseError, match="agent_statuses"):
        STATUSES.extract(body)
