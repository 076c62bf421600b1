"""If the server refuses an optional parameter, the request is repeated without it."""

import json

import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness import sync

REFUSED = [
    ("audit_logs", "/api/v2/audit_logs", "filter[created_at][]"),
    ("groups", "/api/v2/groups", "page[size]"),
    ("tickets", "/api/v2/incremental/tickets/cursor", "per_page"),
    ("organizations", "/api/v2/incremental/organizations", "per_page"),
    ("ticket_metric_events", "/api/v2/incremental/ticket_metric_events", "include_changes"),
    ("ticket_fields", "/api/v2/ticket_fields", "creator"),
]


@pytest.mark.parametrize(("stream", "path", "parameter"), REFUSED)
def test_every_row_is_emitted_without_the_optional_parameter(stream: str, path: str, parameter: str) -> None:
    with Emulator(seed=3, rows=120, tickets=130) as zendesk:
        body = json.dumps({"error": "InvalidParameter", "description": f"{parameter} is not known"})
        zendesk.faults.add(path=path, status=400, body=body, times=1)
        result = sync(zendesk.config(), [stream])
        # Deleted metric events are returned only with `include_changes`.
        served = [
            row for row in zendesk.store.all(stream) if not (parameter == "include_changes" and row.get("deleted"))
        ]
        assert {row["id"] for row in result.records[stream]} == {row["id"] for row in served}
        assert parameter in zendesk.requests_to(path)[0].query
        assert all(parameter not in request.query for request in zendesk.requests_to(path)[1:])


def test_a_refusal_that_names_another_parameter_is_an_error() -> None:
    with Emulator(seed=3, rows=10, tickets=10) as zendesk:
        body = json.dumps({"error": "InvalidParameter", "description": "locale is not known"})
        zendesk.faults.add(path="/api/v2/groups", status=400, body=body, times=1)
        result = sync(zendesk.config(), ["groups"])
        assert "locale is not known" in str(result.errors)
        assert len(zendesk.requests_to("/api/v2/groups")) == 1
