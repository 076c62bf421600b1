"""The objects to which the rows of a list refer are records; a missing list is an error only if a row refers to one."""

from typing import Any

import pytest

from source_zendesk.errors import ResponseError
from source_zendesk.extract.sideload_extractors import RelatedListExtractor

EXTRACTOR = RelatedListExtractor(
    "wfm_activity_types", "relationships.activityType", parent_list_key="data", reference="activityTypeIds"
)
ACTIVITIES = [{"id": "a", "activityTypeIds": ["t"]}, {"id": "b", "activityTypeIds": []}]
TYPES = [{"id": "t", "name": "Task"}]


def test_the_read_advances_by_the_rows_and_not_by_the_objects() -> None:
    page = EXTRACTOR.extract_page({"data": ACTIVITIES, "relationships": {"activityType": TYPES}})
    assert (page.records, page.cursor_rows) == (TYPES, ACTIVITIES)


@pytest.mark.parametrize("data", [[], ACTIVITIES[1:], [{"id": "c"}], [{"id": "c", "activityTypeIds": None}]])
@pytest.mark.parametrize("beside", [{}, {"relationships": []}, {"relationships": None}, {"relationships": {}}])
def test_the_list_may_be_missing_if_no_row_refers_to_an_object(data: list[Any], beside: dict[str, Any]) -> None:
    page = EXTRACTOR.extract_page({"data": data, **beside})
    assert (page.records, page.cursor_rows) == ([], data)


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        ({"data": ACTIVITIES}, "relationships.activityType"),
        ({"data": ACTIVITIES, "relationships": []}, "relationships.activityType"),
        ({"data": ACTIVITIES, "relationships": {"activityType": "x"}}, "relationships.activityType"),
        ({"data": [], "relationships": {"activityType": {}}}, "relationships.activityType"),
        ({"relationships": {"activityType": TYPES}}, "data"),
        ({"data": {}, "relationships": {"activityType": TYPES}}, "data"),
    ],
)
def test_a_missing_list_is_named(body: Any, missing: str) -> None:
    with pytest.raises(ResponseError, match=f"no list `{missing}`"):
        EXTRACTOR.extract_page(body)
