"""With any response to a write, the action is closed and the following ones are sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from integration_tests.harness import sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply

pytestmark = pytest.mark.usefixtures("no_wait_for_limits")

Json = dict[str, Any]
GROUPS = [{"stream": "create_group", "body": {"group": {"name": name}}} for name in "ab"]
IMPORTS = [{"stream": "create_many_users", "body": {"users": [{"name": name}]}} for name in "ab"]
RECOVERIES = [{"stream": "recover_many_suspended_tickets", "parameters": {"ids": f"{n},{n + 1}"}} for n in (1, 5)]
ACTIONS = {"object": GROUPS, "job": IMPORTS, "in part": RECOVERIES}
CLOSED = {"done", "failed", "unknown"}

NAMES = some.sampled_from(
    (
        "group",
        "job_status",
        "id",
        "url",
        "status",
        "message",
        "results",
        "tickets",
        "name",
        "error",
        "errors",
        "details",
    )
)
LEAVES = (
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.text(max_size=9)
    | some.sampled_from(["completed", "failed", "queued", "http://[", "\ud83d", 10**400, "TooManyJobs"])
)
TREES = some.recursive(
    LEAVES, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
ODD = [b"", b" ", b"<html>", b"\xff\xfe<", b"\xef\xbb\xbf{}", b"[" * 90_000, b'{"a":[' * 300 + b"]}" * 300, b"9" * 5000]
BODIES = TREES.map(lambda tree: json.dumps(tree).encode()) | some.binary(max_size=20) | some.sampled_from(ODD)
HEADERS = some.sampled_from(
    [
        {},
        {"Content-Encoding": "gzip"},
        {"Content-Length": "99", "Connection": "close"},
        {"Content-Type": "application/json; charset=utf-17"},
        {"Retry-After": "nan", "RateLimit-Limit": "x", "X-Rate-Limit": "-1", "X-Rate-Limit-Remaining": "1e9"},
        {"Zendesk-RateLimit-Tickets": "total=;remaining", "Date": "never", "Location": "http://["},
        {"X-Zendesk-API-Warn": "\x1b[2J\xff%00", "Set-Cookie": "=;;\xff", "Location": "//:x"},
    ]
)
STATUSES = some.sampled_from([200, 201, 202, 204, 300, 302, 303, 400, 403, 404, 407, 408, 409, 410, 413, 422, 500, 502])
ENDED = {"job_status": {"id": "j1", "status": "completed", "results": []}}


def hostile_responder(reply: Reply, polled: Reply | None = None) -> Any:
    """A responder with `reply` to the first write, `polled` to its polls, and valid replies to all others."""
    writes: list[RecordedRequest] = []

    def respond(arrived: RecordedRequest) -> Reply:
        if "job_statuses" in arrived.target:
            return polled or Reply(body=ENDED)
        writes.append(arrived)
        return reply if len(writes) == 1 else Reply(body=ENDED)

    return respond


def outcomes(actions: list[Json], responder: Any) -> tuple[list[str], int]:
    """The status of each action in the state after a run, and the number of actions that the next run sends."""
    stream = actions[0]["stream"]
    with RecordingServer(responder) as recorder:
        config = recorder.config(*actions)
        result = sync(config, [stream])
        assert len(recorder.writes) >= len(actions)
        before = len(recorder.writes)
        sync(config, [stream], result.state)
        sent_again = len(recorder.writes) - before
    standings = [standing["status"] for standing in result.state_of(stream)["actions"].values()]
    return standings, sent_again


@pytest.mark.parametrize("actions", ACTIONS.values(), ids=ACTIONS)
@settings(max_examples=20)
@given(status=STATUSES, body=BODIES, headers=HEADERS)
def test_any_response_closes_its_action_and_the_next_is_sent(
    actions: list[Json], status: int, body: bytes, headers: dict[str, str]
) -> None:
    standings, sent_again = outcomes(actions, hostile_responder(Reply(status, body, headers)))
    assert set(standings) <= CLOSED
    assert len(standings) + sent_again == len(actions)
    if 400 <= status < 500 and status != 408 and actions is not RECOVERIES:
        assert sent_again == 1


@settings(max_examples=20)
@given(
    document=some.dictionaries(NAMES, TREES, max_size=6), status=some.sampled_from(["completed", "failed", "killed"])
)
def test_any_job_outcome_closes_its_action(document: Json, status: str) -> None:
    polled = Reply(body=json.dumps({"job_status": {**document, "status": status}}).encode())
    begun = Reply(body={"job_status": {"id": "j1", "status": "queued"}})
    standings, sent_again = outcomes(IMPORTS, hostile_responder(begun, polled))
    assert set(standings) <= CLOSED
    assert (len(standings), sent_again) == (2, 0)


@pytest.mark.parametrize("headers", [{"Content-Encoding": "gzip"}, {"Content-Length": "99", "Connection": "close"}])
def test_a_refusal_with_a_damaged_body_is_a_refusal(headers: dict[str, str]) -> None:
    responder = hostile_responder(Reply(422, b"{", headers))
    assert outcomes(GROUPS, responder) == (["done"], 1)
