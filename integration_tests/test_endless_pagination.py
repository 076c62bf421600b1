"""Endless pagination without new rows ends in an error."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from integration_tests.harness import Result, sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply, Responder

Row = dict[str, Any]

NEXT = "https://acme.zendesk.com/api/v2/x?"
SHAPES: dict[str, Callable[[int], Row]] = {
    "tickets": lambda number: {"tickets": [], "after_cursor": f"c{number}", "end_of_stream": False},
    "ticket_metrics": lambda number: {"tickets": [], "after_cursor": f"c{number}"},
    "organizations": lambda number: {
        "organizations": [], "end_of_stream": False, "next_page": f"{NEXT}start_time={1_700_000_000 + number}",
    },
    "ticket_metric_events": lambda number: {
        "ticket_metric_events": [], "meta": {"has_more": True, "after_cursor": f"c{number}"},
    },
    "groups": lambda number: {"groups": [], "meta": {"has_more": True, "after_cursor": f"c{number}"}},
    "brands": lambda number: {"brands": [], "meta": {"has_more": True}, "links": {"next": f"{NEXT}after={number}"}},
    "tags": lambda number: {"tags": [], "next_page": f"{NEXT}token=t{number}"},
    "custom_roles": lambda number: {"custom_roles": [], "next_page": f"{NEXT}page={number + 2}"},
    "ticket_audits": lambda number: {"audits": [], "before_url": f"{NEXT}cursor=c{number}"},
}  # fmt: skip


def endless(make: Callable[[int], Row]) -> Responder:
    numbers = itertools.count()
    return lambda _: Reply(body=make(next(numbers)))


def read(respond: Responder, stream: str, max_requests: int) -> tuple[Result, int]:
    """Read a stream of a server that returns 404 after `most` requests, so that no test hangs."""
    with RecordingServer() as server:
        server.responder = lambda arrived: respond(arrived) if len(server.requests) < max_requests else Reply(404)
        return sync(server.config(), [stream]), len(server.requests)


@pytest.mark.parametrize("stream", SHAPES)
def test_endless_empty_pages_are_an_error(stream: str) -> None:
    result, requests = read(endless(SHAPES[stream]), stream, 300)
    assert requests <= 101
    assert result.stream_errors[stream].startswith(f"Stream {stream}: ")
    assert "Run the sync again" in result.stream_errors[stream] or "more than 100 pages" in result.stream_errors[stream]


def test_an_endlessly_repeated_row_is_an_error() -> None:
    result, requests = read(endless(lambda number: SHAPES["groups"](number) | {"groups": [{"id": 1}]}), "groups", 300)
    assert requests <= 102
    assert "no new row on 100 pages" in result.stream_errors["groups"]


def test_two_alternating_pages_are_an_error() -> None:
    rows = [[{"id": 1}, {"id": 2}], [{"id": 3}, {"id": 4}]]
    turns = endless(lambda number: SHAPES["groups"](number) | {"groups": rows[number % 2]})
    result, requests = read(turns, "groups", 300)
    assert requests <= 103
    assert "no new row on 100 pages" in result.stream_errors["groups"]


FILTERED = {
    "access_logs": "access_logs", "audit_logs": "audit_logs", "csat_survey_responses": "survey_responses",
    "satisfaction_ratings": "satisfaction_ratings", "ticket_activities": "activities", "tickets_search": "results",
}  # fmt: skip
"""The record key of each stream whose requests have further parameters, such as the time from which it reads."""


@pytest.mark.parametrize("stream", FILTERED)
def test_a_repeated_cursor_of_a_filtered_list_is_an_error(stream: str) -> None:
    page = {FILTERED[stream]: [], "meta": {"has_more": True, "after_cursor": "c"}}
    result, requests = read(lambda _: Reply(body=page), stream, 300)
    assert requests == 2
    assert "Zendesk returned the same page again" in result.stream_errors[stream]


def test_some_empty_pages_do_not_end_a_stream() -> None:
    numbers = itertools.count()

    def respond(_: RecordedRequest) -> Reply:
        number = next(numbers)
        groups = [{"id": number}] if number % 90 == 0 else []
        return Reply(body={"groups": groups, "meta": {"has_more": number < 270, "after_cursor": f"c{number}"}})

    result, requests = read(respond, "groups", 400)
    assert result.errors == []
    assert [row["id"] for row in result.records["groups"]] == [0, 90, 180, 270]
    assert requests == 271


def test_ticket_events_without_comments_do_not_end_the_stream() -> None:
    numbers = itertools.count()

    def respond(_: RecordedRequest) -> Reply:
        number = next(numbers)
        event = {"id": number, "ticket_id": 1, "timestamp": 1_700_000_000 + number, "child_events": []}
        following = f"{NEXT}start_time={1_700_000_001 + number}"
        return Reply(
            body={"ticket_events": [event], "end_of_stream": number == 150, "next_page": following, "count": 1}
        )

    result, requests = read(respond, "ticket_comments", 400)
    assert result.errors == []
    assert requests == 151
