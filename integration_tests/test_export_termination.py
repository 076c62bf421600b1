"""An export ends at a page without a next one, also if fields are missing, and that page's rows are emitted."""

from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.harness import Result, State, sync
from integration_tests.recording_server import RecordingServer, Reply, respond_in_sequence

Row = dict[str, Any]

THEN = 1_750_000_000
STREAMS = ["tickets", "ticket_metrics", "users", "organizations", "ticket_events", "export_routing_attributes"]
KEYS = {"ticket_metrics": "tickets", "export_routing_attributes": "attributes"}
BY_CURSOR = ("tickets", "ticket_metrics", "users")


@pytest.fixture
def zendesk() -> Iterator[RecordingServer]:
    with RecordingServer() as server:
        yield server


def rows(*numbers: int) -> list[Row]:
    stamp = "2025-06-15T15:06:40Z"
    times = {"generated_timestamp": THEN, "timestamp": THEN, "updated_at": stamp, "time": stamp, "created_at": stamp}
    return [{"id": number, "metric_set": {"id": number}, **times} for number in numbers]


def page(stream: str, *numbers: int, **more: Any) -> Reply:
    return Reply(body={KEYS.get(stream, stream): rows(*numbers), **more})


def read(zendesk: RecordingServer, stream: str, state: State | None = None) -> Result:
    zendesk.requests.clear()
    result = sync(zendesk.config(), [stream], state)
    assert result.errors == []
    return result


def ids(result: Result, stream: str) -> list[int]:
    return [row["id"] for row in result.records[stream]]


@pytest.mark.parametrize("stream", BY_CURSOR)
def test_a_last_page_without_cursor_resumes_from_its_time(zendesk: RecordingServer, stream: str) -> None:
    first = page(stream, 1, 2, after_cursor="abc", end_of_stream=False)
    zendesk.responder = respond_in_sequence(
        first, page(stream, 3, after_cursor=None, after_url=None, end_of_stream=True)
    )
    result = read(zendesk, stream)
    assert ids(result, stream) == [1, 2, 3]
    zendesk.responder = respond_in_sequence(page(stream, 3, 4, after_cursor="def", end_of_stream=True))
    assert ids(read(zendesk, stream, result.state), stream) == [3, 4]
    assert zendesk.requests[0].query["start_time"] == str(THEN)


@pytest.mark.parametrize("stream", BY_CURSOR)
def test_an_empty_run_without_cursor_keeps_the_state(zendesk: RecordingServer, stream: str) -> None:
    zendesk.responder = respond_in_sequence(page(stream, 1, after_cursor="abc", end_of_stream=True))
    first = read(zendesk, stream)
    zendesk.responder = respond_in_sequence(page(stream, after_cursor=None, end_of_stream=True))
    second = read(zendesk, stream, first.state)
    assert second.state_of(stream) == first.state_of(stream)


@pytest.mark.parametrize("stream", BY_CURSOR)
def test_without_end_of_stream_new_cursors_are_followed_to_the_last(zendesk: RecordingServer, stream: str) -> None:
    zendesk.responder = respond_in_sequence(page(stream, 1, after_cursor="abc"), page(stream, 2, after_cursor="abc"))
    assert ids(read(zendesk, stream), stream) == [1, 2]
    assert [one.query.get("cursor") for one in zendesk.requests] == [None, "abc"]


@pytest.mark.parametrize("stream", STREAMS)
def test_a_page_without_next_is_the_last_and_its_rows_are_emitted(zendesk: RecordingServer, stream: str) -> None:
    zendesk.responder = respond_in_sequence(page(stream, 1, 2))
    assert ids(read(zendesk, stream), stream) == [1, 2]
    assert len(zendesk.requests) == 1


@pytest.mark.parametrize("stream", [*BY_CURSOR, "organizations", "ticket_events"])
def test_a_page_with_more_but_without_next_is_an_error_after_its_rows(zendesk: RecordingServer, stream: str) -> None:
    zendesk.responder = respond_in_sequence(page(stream, 1, 2, end_of_stream=False))
    result = sync(zendesk.config(), [stream])
    assert ids(result, stream) == [1, 2]
    assert "the export has more pages, but the response has no" in result.stream_errors[stream]
