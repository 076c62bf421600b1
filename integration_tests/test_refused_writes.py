"""A refused write may be sent again; fields dropped by Zendesk are reported."""

from typing import Any

import pytest

from integration_tests.harness import sync
from integration_tests.recording_server import RecordingServer, Reply

STREAM = "create_group"
ACTION = {"stream": STREAM, "body": {"group": {"name": "Night shift"}}}


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (422, {"errors": {"name": ["has already been taken"]}}, "name: has already been taken"),
        (422, {"details": {"base": [{"description": "Status: closed"}]}}, "Status: closed"),
        (400, b"\xff\xfe", "status 400"),
        (403, "<html><title>Blocked by Zscaler</title></html>", "firewall or proxy"),
        (407, "", "HTTPS_PROXY"),
    ],
)
def test_a_refusal_names_its_reason_and_is_sent_again(status: int, body: Any, cause: str) -> None:
    with RecordingServer(lambda _: Reply(status, body)) as recorder:
        first = sync(recorder.config(ACTION), [STREAM])
        assert cause in first.stream_errors[STREAM]
        assert first.records[STREAM] == []
        recorder.responder = lambda _: Reply(201, {"group": {"id": 1}})
        second = sync(recorder.config(ACTION), [STREAM], first.state)
    assert [row["_status"] for row in second.records[STREAM]] == ["done"]


def test_an_invalid_location_header_closes_the_write() -> None:
    with RecordingServer(lambda _: Reply(302, "", {"Location": "http://["})) as recorder:
        assert "status 302" in sync(recorder.config(ACTION), [STREAM]).stream_errors[STREAM]


def test_fields_dropped_by_zendesk_are_recorded_and_logged() -> None:
    headers = {"X-Zendesk-API-Warn": "Removed restricted keys ['x'] s3cr3t-t0ken"}
    with RecordingServer(lambda _: Reply(201, {"group": {"id": 1}}, headers)) as recorder:
        result = sync(recorder.config(ACTION), [STREAM])
    assert result.records[STREAM][0]["_warning"] == "Removed restricted keys ['x'] ****"
    assert any(f"Stream {STREAM}: Zendesk warns about" in warning for warning in result.warnings)
