"""Metrics contain the time of their ticket's last change."""

from typing import Any

import pytest

from source_zendesk.extract.sideload_extractors import MetricExtractor

CHANGES = MetricExtractor("ticket_metrics", "metric_sets", parent_list_key="tickets", embedded="metric_set")
TICKET = {"id": 1, "generated_timestamp": 9}


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        (
            {"tickets": [{**TICKET, "metric_set": {"id": 7, "ticket_id": 1}}]},
            [{"id": 7, "ticket_id": 1, "_ab_updated_at": 9}],
        ),
        ({"tickets": [TICKET], "metric_sets": [{"ticket_id": 1}]}, [{"ticket_id": 1, "_ab_updated_at": 9}]),
        (
            {"tickets": [TICKET], "metric_sets": [{"ticket_id": 2, "updated_at": "1970-01-01T00:00:05Z"}]},
            [{"ticket_id": 2, "updated_at": "1970-01-01T00:00:05Z", "_ab_updated_at": 5}],
        ),
        (
            {"tickets": [TICKET], "metric_sets": [{"ticket_id": 2}]},
            [{"ticket_id": 2, "_ab_updated_at": None}],
        ),
    ],
)
def test_time_is_that_of_the_ticket_or_else_of_the_metric(body: Any, rows: list[Any]) -> None:
    assert CHANGES.extract(body) == rows
