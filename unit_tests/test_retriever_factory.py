"""The retrievers of one endpoint share its pages, and each emits only the sideloads of its own stream."""

from requests_mock import Mocker

from unit_tests.account import ACCOUNT
from unit_tests.test_streams import builder, read

TICKETS = f"{ACCOUNT}/api/v2/incremental/tickets/cursor"


def test_streams_of_one_endpoint_request_all_sideloads_at_once(requests_mock: Mocker) -> None:
    requests_mock.get(TICKETS, json={"tickets": [], "end_of_stream": True})
    read(builder("tickets", "ticket_metrics"), "tickets", "ticket_metrics")
    assert [request.qs["include"] for request in requests_mock.request_history] == [["metric_sets"]]


def test_records_lack_the_sideloads_that_only_other_streams_request(requests_mock: Mocker) -> None:
    ticket = {"id": 1, "generated_timestamp": 1_700_000_000, "metric_set": {"id": 2, "ticket_id": 1}}
    requests_mock.get(TICKETS, json={"tickets": [ticket], "after_cursor": "a", "end_of_stream": True})
    records = read(builder("tickets", "ticket_metrics"), "tickets", "ticket_metrics")
    assert [{*record} & {"metric_set"} for record in records["tickets"]] == [set()]
    assert [record["id"] for record in records["ticket_metrics"]] == [2]
