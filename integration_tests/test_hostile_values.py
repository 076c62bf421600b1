"""With any value anywhere in a response, the record is emitted and the action is closed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from integration_tests.harness import sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply
from integration_tests.samples import combine

HOSTILE = {
    "half an emoji": rb'"a\ud83d"',
    "half as a name": rb'{"\ud83d": 1}',
    "300 levels": b"[" * 300 + b"]" * 300,
    "5000 levels": b'{"a":[' * 5000 + b"]}" * 5000,
    "400 digits": b"9" * 400,
    "5000 digits": b"9" * 5000,
    "no number": b"1e999",
    "no UTF-8": b'"\xff"',
    "a list": b"[1]",
    "an object": b'{"a": 1}',
}
values = pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
WRITE = {"stream": "create_group", "body": {"group": {"name": "a"}}}
IMPORT = {"stream": "create_many_users", "body": {"users": [{"name": "Ada"}]}}


def insert_value(template: dict[str, Any], value: bytes) -> bytes:
    return json.dumps(template).encode().replace(b'"VALUE"', value)


@values
def test_a_write_is_closed_with_its_record(value: bytes) -> None:
    body = insert_value({"group": {"id": 7, "name": "VALUE", "url": "VALUE"}, "more": "VALUE"}, value)
    with RecordingServer(lambda _: Reply(201, body=body)) as recorder:
        config = recorder.config(WRITE)
        result = sync(config, ["create_group"])
        again = sync(config, ["create_group"], result.state)
        assert len(recorder.sent_lines) == 1
    assert result.errors == again.errors == []
    assert [(row["id"], row["_status"]) for row in result.records["create_group"]] == [(7, "done")]


@pytest.mark.parametrize(("name", "field"), combine(HOSTILE, ["results", "message", "progress", "retry_in", "total"]))
def test_a_job_is_closed_with_its_result(name: str, field: str) -> None:
    value = HOSTILE[name]

    def respond(arrived: RecordedRequest) -> Reply:
        if "job_statuses/" not in arrived.target:
            job = {"job_status": {"id": "j1", "status": "queued", "url": "VALUE", "more": "VALUE"}}
            return Reply(body=insert_value(job, value))
        ended = {"job_status": {"id": "j1", "status": "completed", "results": [{"id": 1, "x": "VALUE"}]}}
        ended["job_status"][field] = "VALUE"
        return Reply(body=insert_value(ended, value))

    with RecordingServer(respond) as recorder:
        config = recorder.config(IMPORT)
        result = sync(config, ["create_many_users"])
        again = sync(config, ["create_many_users"], result.state)
        assert len(recorder.sent_lines) == 1
    assert result.errors == again.errors == []
    assert {row["_status"] for row in result.records["create_many_users"]} == {"completed"}


@pytest.mark.parametrize(("name", "status"), combine(HOSTILE, [400, 403, 404, 422]))
def test_an_error_body_is_logged_with_its_stream(name: str, status: int) -> None:
    body = insert_value({"error": "VALUE", "errors": "VALUE", "description": "VALUE"}, HOSTILE[name])
    with RecordingServer(lambda _: Reply(status, body=body)) as recorder:
        result = sync(recorder.config(WRITE), ["create_group"])
    assert "create_group" in result.stream_errors["create_group"]
    assert "Zendesk refused" in result.stream_errors["create_group"]
