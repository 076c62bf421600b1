"""An action is closed after its response arrived, whatever the response contains."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import requests
from airbyte_cdk.models import AirbyteMessage
from airbyte_cdk.sources.types import Record

from source_zendesk.errors import ActionError, TokenError
from source_zendesk.extract.extractors import RecordExtractor, Row
from source_zendesk.extract.transformations import TypeCoercion
from source_zendesk.output.state_flush_barrier import StateFlushBarrier
from source_zendesk.output.sync_stats import SyncStats
from source_zendesk.writes.action import Action
from source_zendesk.writes.action_queue import ActionQueue
from source_zendesk.writes.action_run import ActionRun
from source_zendesk.writes.job_pool import JobPool, JobSlots
from source_zendesk.writes.ledger import Ledger

ACTIONS = [Action("s", {"id": number}) for number in (1, 2)]
Send = Callable[[int], requests.Response]


class _MemoryCheckpoint:
    """A checkpoint that stores the state in memory."""

    def __init__(self) -> None:
        self.resume_state: Mapping[str, Any] = {}

    def advance(self, position: Mapping[str, Any]) -> Any:
        self.resume_state = position
        return position


class _FlushedBarrier(StateFlushBarrier):
    def expect(self, message: AirbyteMessage) -> None:
        """Do nothing."""

    def wait(self, message: AirbyteMessage) -> None:
        """Return at once."""


class _FailingExtractor(RecordExtractor):
    """Fails for the body of the first response."""

    def extract(self, body: Any) -> list[Row]:
        if body == 1:
            raise ZeroDivisionError
        return [{"id": body}]


class _Sender:
    name, idempotent, failures_key = "s", False, ""
    coercion = TypeCoercion()

    extractor: RecordExtractor = _FailingExtractor("s")

    def __init__(self, send: Send) -> None:
        self._send = send

    def sign(self, action: Action) -> requests.PreparedRequest:
        request = requests.PreparedRequest()
        request.body = str(action.parameters["id"])
        return request

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        return self._send(int(request.body or 0))


def _respond(number: int) -> requests.Response:
    response = requests.Response()
    response.status_code, response._content = 201, json.dumps(number).encode()
    return response


def _failing_first(error: Exception) -> Send:
    def send(number: int) -> requests.Response:
        if number == 1:
            raise error
        return _respond(number)

    return send


def _messages(send: Send, checkpoint: _MemoryCheckpoint) -> Iterator[Any]:
    ledger = Ledger(checkpoint)  # type: ignore[arg-type]
    run = ActionRun(_Sender(send), ledger, JobPool(None, JobSlots()), _FlushedBarrier())
    return run.run(ActionQueue("s", ledger, ACTIONS, SyncStats()))


@pytest.mark.parametrize(
    ("send", "cause"),
    [
        (_respond, "status 201, but its body cannot be processed: ZeroDivisionError"),
        (_failing_first(KeyError("x")), "sending it failed with KeyError"),
    ],
)
def test_an_unexpected_error_closes_the_action_and_the_next_is_sent(send: Send, cause: str) -> None:
    checkpoint = _MemoryCheckpoint()
    messages: list[Any] = []
    with pytest.raises(ActionError, match=cause):
        messages.extend(_messages(send, checkpoint))
    records = [message.data for message in messages if isinstance(message, Record)]
    assert [(record["_status"], record.get("_warning")) for record in records] == [("unknown", cause), ("done", None)]
    assert [entry["status"] for entry in checkpoint.resume_state["actions"].values()] == ["unknown", "done"]


def test_a_throttled_action_is_dropped_if_there_is_no_token_for_the_retry() -> None:
    checkpoint = _MemoryCheckpoint()
    with pytest.raises(TokenError):
        [*_messages(_failing_first(TokenError("busy")), checkpoint)]
    assert checkpoint.resume_state["actions"] == {}


class _Clock:
    """A monotonic clock of the test's own."""

    now = 500.0

    def monotonic(self) -> float:
        return self.now


class _SlowPlatform(_FlushedBarrier):
    """Reads each state for an hour."""

    def __init__(self, clock: _Clock) -> None:
        self._clock = clock

    def wait(self, message: AirbyteMessage) -> None:
        self._clock.now += 3600


class _KeyedSender(_Sender):
    idempotent = True
    deadlines: list[tuple[float, bool]]

    def send(self, _: requests.PreparedRequest, __: Any, key_expires_at: float, *, is_repetition: bool) -> Any:
        self.deadlines = [(key_expires_at, is_repetition)]
        return _respond(2)


@pytest.mark.parametrize(("state", "seconds", "is_repetition"), [({}, 7000, False), ({"at": 1000}, 6000, True)])
def test_a_key_expires_as_long_after_its_first_use_however_slow_the_platform_is(
    state: Mapping[str, Any], seconds: float, monkeypatch: pytest.MonkeyPatch, *, is_repetition: bool
) -> None:
    clock, checkpoint, sender = _Clock(), _MemoryCheckpoint(), _KeyedSender(_respond)
    monkeypatch.setattr("source_zendesk.writes.action_run.time", clock)
    sending = {"status": "sending", "clock": "zendesk", **state}
    checkpoint.resume_state = {"actions": {ACTIONS[0].fingerprint: sending}} if state else {}
    ledger = Ledger(checkpoint, lambda: 2000.0)  # type: ignore[arg-type]
    run = ActionRun(sender, ledger, JobPool(None, JobSlots()), _SlowPlatform(clock))
    [*run.run(ActionQueue("s", ledger, ACTIONS[:1], SyncStats()))]
    assert sender.deadlines == [(500 + seconds, is_repetition)]
