"""At-most-once delivery: a write with unknown outcome is never sent again, and one that was not done is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from integration_tests.harness import (
    CONSOLE,
    Result,
    State,
    arguments,
    configured_catalog,
    discover,
    parse_output,
    sync,
)
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply, respond_in_sequence
from source_zendesk.http.backoff import THROTTLED

pytestmark = pytest.mark.usefixtures("no_wait_for_limits")

Json = dict[str, Any]
TICKET = {"stream": "create_ticket", "body": {"ticket": {"subject": "Hello"}}}
GROUPS = [{"stream": "delete_group", "parameters": {"group_id": n}} for n in range(1, 6)]
SENT = [f"DELETE /api/v2/groups/{n}" for n in range(1, 6)]
THROTTLE = Reply(503, f"{THROTTLED} API requests per minute exceeded")
TOO_MANY = Reply(429, {"error": "TooManyJobs", "current_job_ids": ["a"]})


class BlockAtRequest:
    """A responder that blocks at a request with this number."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.reached, self.released = threading.Event(), threading.Event()
        self._count = 0

    def __call__(self, arrived: RecordedRequest) -> Reply:
        self._count += 1
        if self._count < self.number:
            return Reply(204)
        self.reached.set()
        return Reply(204, release=self.released)


def kill_at_request(
    number: int, config: Json, recorder: RecordingServer, stream: str, folder: Path, state: State | None = None
) -> Result:
    """The output of a process that is killed while its request with this number is in flight."""
    halt = BlockAtRequest(number)
    recorder.responder = halt
    catalog = configured_catalog(discover(config), [stream])
    line = [str(CONSOLE), "read", *arguments(folder, {"config": config, "catalog": catalog, "state": state})]
    output = folder / "stdout"
    with output.open("w") as stdout, subprocess.Popen(line, stdout=stdout) as process:
        assert halt.reached.wait(120)
        os.kill(process.pid, signal.SIGKILL)
    halt.released.set()
    recorder.responder = lambda _: Reply(204)
    return parse_output(output.read_text().splitlines())


def test_a_resumed_run_sends_the_remaining_actions(tmp_path: Path) -> None:
    with RecordingServer() as recorder:
        config = recorder.config(*GROUPS)
        first = kill_at_request(3, config, recorder, "delete_group", tmp_path)
        assert recorder.sent_lines == SENT[:3]
        second = sync(config, ["delete_group"], first.state)
        assert recorder.sent_lines == SENT
        assert [record["_status"] for record in second.records["delete_group"]] == ["unknown", "done", "done"]
        assert '{"group_id": 3}' in second.stream_errors["delete_group"]
        third = sync(config, ["delete_group"], second.state)
        assert recorder.sent_lines == SENT
        assert third.errors == []
    assert "Stream delete_group: 2 of 5 already sent" in " ".join(second.logs)
    assert "Stream delete_group: 5 already sent, nothing is left to send" in " ".join(third.logs)


def test_an_action_interrupted_by_a_kill_is_unknown_in_a_long_ledger(tmp_path: Path) -> None:
    numbers = range(60)
    items = [{"stream": "delete_group", "parameters": {"group_id": n}} for n in numbers]
    with RecordingServer() as recorder:
        config = recorder.config(*items)
        first = kill_at_request(45, config, recorder, "delete_group", tmp_path)
        assert "closed" in first.state_of("delete_group")["actions"]
        second = sync(config, ["delete_group"], first.state)
        assert recorder.sent_lines == [f"DELETE /api/v2/groups/{n}" for n in numbers]
    assert [record["_status"] for record in second.records["delete_group"]] == ["unknown", *["done"] * 15]
    assert '{"group_id": 44}' in second.stream_errors["delete_group"]


def test_a_ticket_is_retried_with_the_same_idempotency_key_after_a_kill(tmp_path: Path) -> None:
    with RecordingServer() as recorder:
        config = recorder.config(TICKET)
        first = kill_at_request(1, config, recorder, "create_ticket", tmp_path)
        second = sync(config, ["create_ticket"], first.state)
        assert keys(recorder) == [keys(recorder)[0]] * 2
        assert second.errors == []


@pytest.mark.parametrize("sent_at", [1_700_000_000, 9_999_999_999], ids=["expired", "in the future"])
def test_an_idempotency_key_that_is_not_valid_now_is_not_reused(sent_at: int) -> None:
    with RecordingServer() as recorder:
        config = recorder.config(TICKET)
        state = sync(config, ["create_ticket"]).state
        recorder.requests.clear()
        (fingerprint,) = state[0]["stream"]["stream_state"]["actions"]
        state[0]["stream"]["stream_state"]["actions"][fingerprint] = {"status": "sending", "at": sent_at}
        result = sync(config, ["create_ticket"], state)
        assert recorder.sent_lines == []
        assert "it is unknown" in result.stream_errors["create_ticket"]


def test_repeated_kills_keep_the_time_of_the_first_send(tmp_path: Path) -> None:
    with RecordingServer() as recorder:
        config = recorder.config(TICKET)
        first = kill_at_request(1, config, recorder, "create_ticket", tmp_path)
        (standing,) = first.state[0]["stream"]["stream_state"]["actions"].values()
        standing["at"] -= 3600
        second = kill_at_request(1, config, recorder, "create_ticket", tmp_path, first.state)
        assert second.state_of("create_ticket")["actions"] == first.state[0]["stream"]["stream_state"]["actions"]
        standing["at"] -= 3600
        third = sync(config, ["create_ticket"], first.state)
        assert len(recorder.sent_lines) == 2
        assert "it is unknown" in third.stream_errors["create_ticket"]


def sending_since(at: float, **more: Any) -> tuple[Json, State]:
    """An action that creates a ticket, and a state in which it is being sent."""
    with RecordingServer() as recorder:
        state = sync(recorder.config(TICKET), ["create_ticket"]).state
    actions = state[0]["stream"]["stream_state"]["actions"]
    actions.update({fingerprint: {"status": "sending", "at": at, **more} for fingerprint in actions})
    return TICKET, state


def created_at_offset(ahead: float) -> Reply:
    return Reply(headers={"Date": formatdate(time.time() + ahead, usegmt=True)})


def test_the_time_of_the_first_send_is_zendesks() -> None:
    """The local clock is an hour behind."""
    with RecordingServer(lambda _: created_at_offset(3600)) as recorder:
        recorder.date = lambda: time.time() + 3600
        states = sync(recorder.config(TICKET), ["create_ticket"]).states_of("create_ticket")
    (standing,) = states[0]["actions"].values()
    assert standing["clock"] == "zendesk"
    assert abs(standing["at"] - time.time() - 3600) < 600


@pytest.mark.parametrize(("age", "sent"), [(3000, 1), (6900, 1), (7100, 0), (-600, 0)])
def test_the_age_of_a_key_is_measured_by_zendesks_clock(age: int, sent: int) -> None:
    """Zendesk's clock is an hour behind the local one."""
    action, state = sending_since(time.time() - 3600 - age, clock="zendesk")
    with RecordingServer(lambda _: created_at_offset(-3600)) as recorder:
        recorder.date = lambda: time.time() - 3600
        result = sync(recorder.config(action), ["create_ticket"], state)
    assert len(recorder.sent_lines) == sent
    assert bool(result.errors) is (not sent)


def test_a_key_sent_at_a_local_time_is_not_reused() -> None:
    """The clock of the first run may have been ahead, so that the key has expired."""
    action, state = sending_since(time.time() - 60)
    with RecordingServer() as recorder:
        result = sync(recorder.config(action), ["create_ticket"], state)
    assert recorder.sent_lines == []
    assert "it is unknown" in result.stream_errors["create_ticket"]


@pytest.mark.parametrize("status", [401, 403, 422])
def test_a_refused_retry_leaves_a_possibly_sent_action_unknown(status: int, tmp_path: Path) -> None:
    with RecordingServer() as recorder:
        config = recorder.config(TICKET)
        first = kill_at_request(1, config, recorder, "create_ticket", tmp_path)
        recorder.responder = lambda _: Reply(status)
        second = sync(config, ["create_ticket"], first.state)
        assert second.state_of("create_ticket") == first.state_of("create_ticket")


def test_an_error_that_quotes_the_job_limit_is_not_a_throttle() -> None:
    with RecordingServer(
        respond_in_sequence(Reply(500, {"error": "TooManyJobs, says another server"}), Reply(204))
    ) as recorder:
        result = sync(recorder.config(GROUPS[0]), ["delete_group"])
        assert recorder.sent_lines == SENT[:1]
    assert result.records["delete_group"][0]["_status"] == "unknown"


def keys(recorder: RecordingServer) -> list[str]:
    return [arrived.headers["Idempotency-Key"] for arrived in recorder.requests]


@pytest.mark.parametrize(
    "reply",
    [Reply(500), Reply(502), Reply(503), Reply(504, "<html>"), Reply(408), Reply(is_dropped=True), Reply(200, "{cut")],
    ids=["500", "502", "503", "504", "408", "dropped", "truncated"],
)
def test_a_write_with_unknown_outcome_is_never_retried(reply: Reply) -> None:
    with RecordingServer(lambda _: reply) as recorder:
        config = recorder.config(GROUPS[0])
        first = sync(config, ["delete_group"])
        assert recorder.sent_lines == SENT[:1]
        (record,) = first.records["delete_group"]
        assert record["_status"] == "unknown"
        assert record["_action"]["fingerprint"] in first.stream_errors["delete_group"]
        assert first.statuses["delete_group"][-1] == "INCOMPLETE"
        second = sync(config, ["delete_group"], first.state)
        assert recorder.sent_lines == SENT[:1]
        assert second.errors == []


@pytest.mark.parametrize("reply", [Reply(500), Reply(is_dropped=True), Reply(429)], ids=["500", "dropped", "429"])
def test_a_ticket_with_unknown_outcome_is_retried_with_its_key(reply: Reply) -> None:
    created = Reply(201, {"ticket": {"id": 7}}, {"x-idempotency-lookup": "hit"})
    with RecordingServer(respond_in_sequence(reply, created)) as recorder:
        result = sync(recorder.config(TICKET), ["create_ticket"])
        assert recorder.sent_lines == ["POST /api/v2/tickets"] * 2
        assert len(set(keys(recorder))) == 1
    (record,) = result.records["create_ticket"]
    assert (record["id"], record["_status"]) == (7, "done")
    assert result.errors == []


def test_different_tickets_have_different_keys() -> None:
    other = {"stream": "create_ticket", "body": {"ticket": {"subject": "Other"}}}
    with RecordingServer() as recorder:
        sync(recorder.config(TICKET, other), ["create_ticket"])
        assert len(set(keys(recorder))) == 2


def test_only_ticket_creation_has_an_idempotency_key() -> None:
    with RecordingServer() as recorder:
        sync(recorder.config(GROUPS[0]), ["delete_group"])
        assert "Idempotency-Key" not in recorder.requests[0].headers


def test_a_ticket_is_unknown_after_the_last_retry() -> None:
    with RecordingServer(lambda _: Reply(500)) as recorder:
        result = sync(recorder.config(TICKET), ["create_ticket"])
        assert 1 < len(recorder.sent_lines) < 10
    assert result.records["create_ticket"][0]["_status"] == "unknown"


@pytest.mark.parametrize("reply", [Reply(429), THROTTLE, TOO_MANY], ids=["429", "503 throttle", "TooManyJobs"])
def test_a_throttled_write_is_retried(reply: Reply) -> None:
    with RecordingServer(respond_in_sequence(reply, reply, Reply(204))) as recorder:
        result = sync(recorder.config(GROUPS[0]), ["delete_group"])
        assert recorder.sent_lines == SENT[:1] * 3
    assert result.errors == []
    assert len(result.records["delete_group"]) == 1


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
def test_a_refused_write_is_an_error_and_the_next_run_may_send_it(status: int) -> None:
    refused = Reply(status, {"error": "RecordInvalid", "description": "Group is in use"})
    with RecordingServer(respond_in_sequence(Reply(204), refused, Reply(204))) as recorder:
        config = recorder.config(*GROUPS[:3])
        first = sync(config, ["delete_group"])
        assert recorder.sent_lines == SENT[:3]
        error = first.stream_errors["delete_group"]
        assert all(text in error for text in (str(status), "Group is in use", '{"group_id": 2}'))
        assert len(first.records["delete_group"]) == 2
        second = sync(config, ["delete_group"], first.state)
        assert recorder.sent_lines == [*SENT[:3], SENT[1]]
        assert second.errors == []


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (Reply(401, {"error": "Couldn't authenticate you"}), "check `credentials` (api_token)"),
        (
            Reply(403, {"error": "Forbidden", "description": "Missing the following required scopes: write"}),
            "read write",
        ),
    ],
)
def test_wrong_credentials_stop_the_stream_immediately(reply: Reply, message: str) -> None:
    with RecordingServer(lambda _: reply) as recorder:
        result = sync(recorder.config(*GROUPS), ["delete_group"])
        assert recorder.sent_lines == SENT[:1]
    assert message in result.stream_errors["delete_group"]
    assert result.state_of("delete_group")["actions"] == {}


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with (
        RecordingServer() as elsewhere,
        RecordingServer(lambda _: Reply(status, {}, {"Location": elsewhere.base_url})) as recorder,
    ):
        result = sync(recorder.config(GROUPS[0]), ["delete_group"])
        assert elsewhere.requests == []
    assert str(status) in result.stream_errors["delete_group"]


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_write_that_is_redirected_within_the_account_is_unknown_and_not_sent_again(status: int) -> None:
    moved = Reply(status, {}, {"Location": "/api/v2/groups/7?token=hidden#hidden"})
    with RecordingServer(lambda _: moved) as recorder:
        config = recorder.config(GROUPS[0])
        first = sync(config, ["delete_group"])
        second = sync(config, ["delete_group"], first.state)
        assert recorder.sent_lines == SENT[:1]
    (record,) = first.records["delete_group"]
    assert record["_status"] == "unknown"
    assert f"status {status}, a redirect to 127.0.0.1/api/v2/groups/7)" in first.stream_errors["delete_group"]
    assert second.errors == []


@pytest.mark.parametrize("status", [307, 308])
def test_a_write_that_is_redirected_to_another_host_is_refused(status: int) -> None:
    with RecordingServer(
        lambda _: Reply(status, {}, {"Location": "https://a:b@example.com/x?token=hidden"})
    ) as recorder:
        first = sync(recorder.config(GROUPS[0]), ["delete_group"])
    assert first.state_of("delete_group")["actions"] == {}
    assert f"status {status}, the request is redirected to example.com" in first.stream_errors["delete_group"]
    assert "hidden" not in str(first.messages)


def test_a_state_is_emitted_before_and_after_each_action() -> None:
    with RecordingServer(lambda _: Reply(204)) as recorder:
        result = sync(recorder.config(*GROUPS[:2]), ["delete_group"])
    statuses = [[s["status"] for s in state["actions"].values()] for state in result.states_of("delete_group")]
    assert statuses[:4] == [["sending"], ["done"], ["done", "sending"], ["done", "done"]]


@pytest.mark.parametrize(
    ("actions", "problem"),
    [
        (["?"], "`actions` ['?']; expected an object"),
        ({"a": "done"}, "`actions.a` 'done'; expected the outcome of an action"),
        ({"a": {}}, "`actions.a` {}; expected the outcome of an action, with a `status`"),
        ({"a": {"status": "dnoe"}}, "`actions.a.status` 'dnoe'; expected one of sending, waiting"),
        ({"a": {"status": "sending", "at": "noon"}}, "`actions.a.at` 'noon'; expected epoch seconds"),
        ({"a": {"status": "waiting", "job": 5}}, "`actions.a.job` 5; expected a string"),
    ],
)
def test_nothing_is_sent_with_an_unreadable_state(actions: Any, problem: str) -> None:
    with RecordingServer() as recorder:
        config = recorder.config(GROUPS[0])
        state = sync(config, ["delete_group"]).state
        recorder.requests.clear()
        state[0]["stream"]["stream_state"] = {"actions": actions}
        result = sync(config, ["delete_group"], state)
        assert recorder.requests == []
    error = result.stream_errors["delete_group"]
    assert error.startswith(f"Stream delete_group: its state has {problem}")
    assert error.endswith("No action is sent; reset the stream to send all of its actions again.")


def test_the_fingerprint_covers_the_file_content(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    item = {"stream": "upload_files", "parameters": {"filename": "a.txt"}, "file": str(file)}
    with RecordingServer() as recorder:
        file.write_text("one")
        first = sync(recorder.config(item), ["upload_files"])
        sync(recorder.config(item), ["upload_files"], first.state)
        file.write_text("two")
        sync(recorder.config(item), ["upload_files"], first.state)
        assert [arrived.content for arrived in recorder.requests] == [b"one", b"two"]


def test_the_state_grows_by_few_bytes_per_action() -> None:
    with RecordingServer(lambda _: Reply(204)) as recorder:
        result = sync(recorder.config(*GROUPS), ["delete_group"])
    assert len(json.dumps(result.state_of("delete_group"))) < 100 * len(GROUPS)
