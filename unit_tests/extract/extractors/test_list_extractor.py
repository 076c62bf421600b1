"""Records are the items of a list; any other value is an error, never an empty page."""

from typing import Any

import pytest

from source_zendesk.errors import ResponseError
from source_zendesk.extract.extractors import ExtractedRows, ListExtractor

GROUPS = ListExtractor("groups", "groups")
VALUES = ListExtractor("tags", "tags", item_field="tag")
DEEP = ListExtractor("dashboard_agent_activity", "agents_activity.agents")


@pytest.mark.parametrize(
    ("extraction", "body", "rows"),
    [
        (GROUPS, {"groups": [{"id": 1}], "count": 1}, [{"id": 1}]),
        (GROUPS, {"groups": []}, []),
        (VALUES, {"tags": ["vip", {"name": "beta"}]}, [{"tag": "vip"}, {"name": "beta"}]),
        (DEEP, {"agents_activity": {"agents": [{"id": 1}]}}, [{"id": 1}]),
    ],
)
def test_each_item_is_a_record(extraction: ListExtractor, body: Any, rows: list[Any]) -> None:
    assert extraction.extract(body) == rows
    assert extraction.extract_page(body) == ExtractedRows(rows, rows)


@pytest.mark.parametrize(
    ("extraction", "body"),
    [
        (GROUPS, {}), (GROUPS, {"group": []}), (GROUPS, {"groups": None}), (GROUPS, {"groups": {}}),
        (GROUPS, []), (GROUPS, None), (GROUPS, "text"), (GROUPS, {"groups": ["a"]}),
        (VALUES, {}), (DEEP, {"agents_activity": []}), (DEEP, {"agents": []}),
    ],
)  # fmt: skip
def test_response_without_the_list_is_an_error(extraction: ListExtractor, body: Any) -> None:
    with pytest.raises(ResponseError, match=extraction.name):
        extraction.extract(body)


def test_an_error_in_place_of_the_list_is_named() -> None:
    with pytest.raises(ResponseError) as failed:
        GROUPS.extract({"error": "Couldn't authenticate you"})
    assert "no list `groups` (it has the error: Couldn't authenticate you)" in str(failed.value.message)
