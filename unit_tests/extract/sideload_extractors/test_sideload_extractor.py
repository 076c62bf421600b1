"""Side-loaded objects are found in a list of their own or inside their hosts; where they are not, that is an error."""

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
def test_objects_are_found_in_either_shape(extraction: SideloadExtractor, body: Any, rows: list[Any]) -> None:
    assert extraction.extract(body) == rows


@pytest.mark.parametrize(
    ("extraction", "body"),
    [
        (METRICS, {}), (METRICS, []), (METRICS, {"metric_sets": []}), (IDENTITIES, {"users": None}),
        (METRICS, {"tickets": [{"id": 1, "status": "open"}, {"id": 2, "status": "deleted"}]}),
        (IDENTITIES, {"users": [{"id": 1, "email": "a@example.com"}]}),
    ],
)  # fmt: skip
def test_hosts_that_must_have_some_and_show_none_are_an_error(extraction: SideloadExtractor, body: Any) -> None:
    with pytest.raises(ResponseError, match=extraction.name):
        extraction.extract(body)


def test_the_export_is_as_far_as_its_hosts() -> None:
    body = {"tickets": [{"id": 1}], "metric_sets": [{"id": 7}]}
    assert METRICS.cursor_rows(body, METRICS.extract(body)) == [{"id": 1}]
