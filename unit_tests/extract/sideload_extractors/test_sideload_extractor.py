"""Sideloaded objects are extracted from a list or from their parents; missing ones are an error."""

from typing import Any

import pytest

from source_zendesk.errors import ResponseError
from source_zendesk.extract.sideload_extractors import SideloadExtractor

METRICS = SideloadExtractor(
    "ticket_metrics", "metric_sets", parent_list_key="tickets", embedded="metric_set", unless={"status": "deleted"}
)
IDENTITIES = SideloadExtractor(
    "user_identities", "identities", parent_list_key="users", embedded="identities", unless={"email": None}
)


@pytest.mark.parametrize(
    ("extraction", "body", "rows"),
    [
        (METRICS, {"tickets": [{"id": 1, "metric_set": {"id": 7}}, {"id": 2}]}, [{"id": 7}]),
        (METRICS, {"tickets": [{"id": 1}], "metric_sets": [{"id": 7}]}, [{"id": 7}]),
        (METRICS, {"tickets": []}, []),
        (METRICS, {"tickets": [{"id": 1, "status": "deleted"}]}, []),
        (METRICS, {"tickets": [{"id": 1, "metric_set": None}]}, []),
        (METRICS, {"tickets": [{"id": 1}], "metric_sets": []}, []),
        (IDENTITIES, {"users": [{"id": 1, "email": None}]}, []),
        (IDENTITIES, {"users": [{"identities": [{"id": 1}, {"id": 2}]}, {"identities": []}]}, [{"id": 1}, {"id": 2}]),
        (IDENTITIES, {"users": [{"id": 1}], "identities": [{"id": 7}]}, [{"id": 7}]),
    ],
)
def test_objects_are_extracted_from_either_shape(extraction: SideloadExtractor, body: Any, rows: list[Any]) -> None:
    assert extraction.extract(body) == rows


@pytest.mark.parametrize(
    ("extraction", "body"),
    [
        (METRICS, {}), (METRICS, []), (METRICS, {"metric_sets": []}), (IDENTITIES, {"users": None}),
        (METRICS, {"tickets": [{"id": 1, "status": "open"}, {"id": 2, "status": "deleted"}]}),
        (IDENTITIES, {"users": [{"id": 1, "email": "a@example.com"}]}),
    ],
)  # fmt: skip
def test_parents_without_their_sideloads_are_an_error(extraction: SideloadExtractor, body: Any) -> None:
    with pytest.raises(ResponseError, match=extraction.name):
        extraction.extract(body)


def test_export_advances_by_the_parents() -> None:
    body = {"tickets": [{"id": 1}], "metric_sets": [{"id": 7}]}
    assert METRICS.extract_page(body).cursor_rows == [{"id": 1}]
