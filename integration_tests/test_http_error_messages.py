"""With any status, body and headers of a refusal, the command's result gives cause and remedy."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from integration_tests.harness import Result, run, sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply
from integration_tests.samples import combine

UNNAMED = re.compile(r"unexpected|traceback|something went wrong|exception|KeyError|TypeError", re.IGNORECASE)
STATUSES = st.sampled_from([400, 401, 402, 403, 404, 410, 418, 422])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
NAMES = st.sampled_from(["error", "errors", "description", "message", "details", "title", "name", "base", "code"])
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))
BODIES = (
    JSON.map(lambda body: json.dumps(body).encode()) | st.binary(max_size=20) | st.text(max_size=20).map(str.encode)
)
few = settings(max_examples=20)
CLIENT = {"credentials": "client_credentials", "client_id": "c", "client_secret": "s3cr3t-cl13nt"}
BODY_SHAPES = {
    "empty": b"",
    "object": b'{"error": {"title": "No", "message": "not here"}}',
    "name of lists": b'{"errors": {"name": ["has already been taken"]}}',
    "list": b"[1, null]",
    "text": b'"no"',
    "bytes": b"\xff\xfe\x00",
    "page": b"<html><title>Blocked</title></html>",
}
HEADERS = {"none": {}, "odd": {"Content-Type": "text/html", "Retry-After": "soon", "Date": "never"}}


def refusing(status: int, body: bytes, **headers: str) -> RecordingServer:
    return RecordingServer(lambda _: Reply(status, body=body, headers=headers))


def messages_text(result: Result) -> str:
    """All user-facing messages about the streams."""
    return " ".join((*result.stream_errors.values(), *result.warnings))


@few
@given(status=STATUSES, body=BODIES)
@example(status=403, body=b'{"errors": {"name": ["has already been taken"]}}')
def test_a_refused_read_names_its_stream(status: int, body: bytes) -> None:
    with refusing(status, body) as recorder:
        result = sync(recorder.config(), ["groups"])
    assert "groups" in messages_text(result)
    assert not UNNAMED.search(messages_text(result))
    assert result.statuses["groups"][-1] in ("COMPLETE", "INCOMPLETE")


@few
@given(status=STATUSES, body=BODIES)
def test_a_refused_check_returns_a_failed_status(status: int, body: bytes) -> None:
    with refusing(status, body) as recorder:
        connection = run("check", config=recorder.config()).connection_status
    assert connection["status"] == "FAILED"
    assert not UNNAMED.search(connection["message"])


@few
@given(status=STATUSES, body=BODIES)
def test_a_refused_token_names_the_credentials(status: int, body: bytes) -> None:
    def respond(arrived: RecordedRequest) -> Reply:
        return Reply(status, body=body) if "oauth" in arrived.path else Reply(body={"groups": []})

    with RecordingServer(respond) as recorder:
        result = run("check", config={**recorder.config(), "credentials": CLIENT})
    assert result.connection_status["status"] == "FAILED"
    assert not UNNAMED.search(result.connection_status["message"])
    assert "s3cr3t-cl13nt" not in json.dumps(result.messages)


@pytest.mark.parametrize(("status", "body", "headers"), combine([401, 403, 404, 422], BODY_SHAPES, HEADERS))
def test_check_and_read_give_the_remedy_for_each_refusal(status: int, body: str, headers: str) -> None:
    with refusing(status, BODY_SHAPES[body], **HEADERS[headers]) as recorder:
        connection = run("check", config=recorder.config()).connection_status
        result = sync(recorder.config(), ["groups"])
    assert connection["status"] == "FAILED"
    assert len(connection["message"]) > 20
    assert "groups" in messages_text(result)
    assert not UNNAMED.search(messages_text(result) + connection["message"])


@pytest.mark.parametrize("error", [RuntimeError("boom"), KeyError(0), RecursionError("deep")], ids=repr)
def test_check_returns_a_failed_status_on_internal_errors(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr("source_zendesk.source.find_failures", fail)
    with RecordingServer() as recorder:
        connection = run("check", config=recorder.config()).connection_status
    assert connection["status"] == "FAILED"
    assert type(error).__name__ in connection["message"]
