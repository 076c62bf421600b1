"""A run announces each action in a state before it is sent, closes it after its response, and reports every failure."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from airbyte_cdk.models import AirbyteMessage
from airbyte_cdk.sources.types import Record
from requests_mock import Mocker

from source_zendesk.errors import ActionError, JobError, TokenError
from source_zendesk.extract.extractors import RecordExtractor, Row
from source_zendesk.extract.transformations import TypeCoercion
from source_zendesk.http.refusals import UploadFailed, WriteRefused, WriteUnknown
from source_zendesk.output.state_flush_barrier import StateFlushBarrier
from source_zendesk.output.sync_stats import SyncStats
from source_zendesk.writes.action import Action
from source_zendesk.writes.action_queue import ActionQueue
from source_zendesk.writes.action_run import MAX_NAMED, ActionRun, raise_errors
from source_zendesk.writes.job_poller import JobPoller
from source_zendesk.writes.job_pool import JobPool, JobSlots
from source_zendesk.writes.ledger import Ledger
from source_zendesk.writes.write_response import WriteResponseExtractor
from unit_tests.account import ACCOUNT, requester
from unit_tests.writes.write_helpers import Clock, ImpatientSlots, MemoryCheckpoint, respond

ONE, TWO = ACTIONS = [Action("s", {"id": number, "ids": "7,8"}) for number in (1, 2)]
JOB = f"{ACCOUNT}/jobs/j1"
NOW = 5000.0
BUSY = TokenError("busy")


class _FlushedBarrier(StateFlushBarrier):
    """A platform that reads each state at once, and notes which."""

    def __init__(self) -> None:
        self.flushed: list[AirbyteMessage] = []

    def expect(self, message: AirbyteMessage) -> None:
        """Do nothing."""

    def wait(self, message: AirbyteMessage) -> None:
        self.flushed.append(message)


class _FailingExtractor(RecordExtractor):
    def extract(self, body: Any) -> list[Row]:
        raise ZeroDivisionError


@dataclass
class _Zendesk:
    """Responds to the first action with `outcome`, and to the others with their id.

    With `preparation`, the first action is not even signed.
    """

    outcome: requests.Response | Exception | None = None
    preparation: WriteRefused | None = None
    extractor: RecordExtractor = field(default_factory=lambda: WriteResponseExtractor("s"))
    idempotent: bool = False
    sent: list[int] = field(default_factory=list)
    keys: list[tuple[float, bool]] = field(default_factory=list)
    on_send: Callable[[], None] = lambda: None
    name, request_line, failures_key, coercion = "s", "PUT /s/{id}", "failures", TypeCoercion()

    def sign(self, action: Action, _: Any) -> requests.PreparedRequest:
        if action.parameters["id"] == 1 and self.preparation:
            raise self.preparation
        request = requests.PreparedRequest()
        request.body = str(action.parameters["id"])
        return request

    def send(
        self, _: Action, request: requests.PreparedRequest, __: Any, key_expires_at: float, *, is_repetition: bool
    ) -> requests.Response:
        self.on_send()
        number = int(request.body or 0)
        self.sent.append(number)
        self.keys.append((key_expires_at, is_repetition))
        if number != 1 or self.outcome is None:
            return respond(201, json.dumps({"id": number}).encode())
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@dataclass
class _Outcome:
    """The output of a run."""

    messages: list[AirbyteMessage | Record]
    statuses: dict[int, Any]
    error: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """The records without the description of their action."""
        rows = [dict(message.data) for message in self.messages if isinstance(message, Record)]
        return [{name: value for name, value in row.items() if name != "_action"} for row in rows]


def start(
    zendesk: _Zendesk,
    checkpoint: MemoryCheckpoint,
    actions: list[Action],
    pool: JobPool | None = None,
    barrier: StateFlushBarrier | None = None,
) -> Iterator[Any]:
    ledger = Ledger(checkpoint, (lambda: NOW) if zendesk.idempotent else None)
    run = ActionRun(zendesk, ledger, pool or JobPool(None, JobSlots()), barrier or _FlushedBarrier())
    return run.run(ActionQueue("s", ledger, actions, SyncStats()))


def perform(zendesk: _Zendesk, state: dict[str, Any] | None = None, pool: JobPool | None = None) -> _Outcome:
    """The output of a run through both actions, the first of which has this entry in the state."""
    checkpoint = MemoryCheckpoint({"actions": {ONE.fingerprint: state}} if state else {})
    messages, error = [], ""
    try:
        for message in start(zendesk, checkpoint, ACTIONS, pool):
            messages.append(message)  # noqa: PERF402  # an error keeps the messages before it
    except (ActionError, JobError, TokenError) as failed:
        error = str(failed.message)
    names = {action.fingerprint: action.parameters["id"] for action in ACTIONS}
    entries = checkpoint.resume_state.get("actions", {})
    return _Outcome(messages, {names[key]: entry for key, entry in entries.items()}, error)


def failures(*ids: int) -> requests.Response:
    return respond(422, json.dumps({"failures": [{"id": number} for number in ids]}).encode())


DONE, UNKNOWN = {"status": "done"}, {"status": "unknown"}
WITHOUT_FILE = UploadFailed("its file is not stored")
SECOND = {"id": 2, "_status": "done"}


@pytest.mark.parametrize(
    ("outcome", "record", "entry", "error"),
    [
        (respond(200, b'{"id": 1}'), {"id": 1, "_status": "done"}, DONE, ""),
        (respond(204), {"_status": "done"}, DONE, ""),
        (
            respond(200, b"{}", X_Zendesk_API_Warn="x is ignored"),
            {"_status": "done", "_warning": "x is ignored"},
            DONE,
            "",
        ),
        (
            respond(200, b"oops"),
            {"_status": "unknown", "_warning": "status 200, but the response is not JSON"},
            UNKNOWN,
            "it is unknown whether the action with {",
        ),
        (
            WriteUnknown("status 500"),
            {"_status": "unknown", "_warning": "status 500"},
            UNKNOWN,
            "was done (status 500); it is not sent again.",
        ),
        (
            KeyError("x"),
            {"_status": "unknown", "_warning": "sending it failed with KeyError"},
            UNKNOWN,
            "was done (sending it failed with KeyError)",
        ),
        (WriteRefused("status 422"), None, None, f"(fingerprint {ONE.fingerprint}) at PUT /s/{{id}}: status 422."),
        (WriteRefused("status 422", failures(7, 8)), None, None, "Zendesk refused the action with {"),
        (
            WriteRefused("status 422", failures(8)),
            {"id": 8, "_status": "failed"},
            {"status": "failed"},
            "was done except for 8; it is not sent again",
        ),
    ],
    ids=["done", "empty", "warning", "no JSON", "unknown", "unexpected", "refused", "refused ids", "refused id"],
)
def test_each_outcome_closes_its_action_and_the_next_is_sent(outcome: Any, record: Any, entry: Any, error: str) -> None:
    run = perform(_Zendesk(outcome))
    assert run.records == [*([record] if record else []), SECOND]
    assert run.statuses == {**({1: entry} if entry else {}), 2: DONE}
    assert error in run.error
    assert bool(run.error) is bool(error)


@pytest.mark.parametrize(
    "zendesk", [_Zendesk(WITHOUT_FILE), _Zendesk(preparation=WITHOUT_FILE)], ids=["sent", "signed"]
)
def test_an_action_whose_file_is_not_stored_is_not_done(zendesk: _Zendesk) -> None:
    run = perform(zendesk, pool=job_pool(ImpatientSlots(1)))
    assert (run.records, run.statuses) == ([SECOND], {2: DONE})
    assert "(fingerprint " in run.error
    assert run.error.endswith(" was not done, because its file is not stored; the next run sends it again.")


def test_an_action_is_announced_after_its_preparation() -> None:
    zendesk, barrier = _Zendesk(preparation=WITHOUT_FILE), _FlushedBarrier()
    with pytest.raises(ActionError):
        list(start(zendesk, MemoryCheckpoint(), [ONE], barrier=barrier))
    assert (zendesk.sent, barrier.flushed) == ([], [])


def test_a_response_that_cannot_be_processed_closes_the_action_as_unknown() -> None:
    run = perform(_Zendesk(respond(201, b"{}"), extractor=_FailingExtractor("s")))
    cause = "status 201, but its body cannot be processed: ZeroDivisionError"
    assert run.records == [{"_status": "unknown", "_warning": cause}] * 2
    assert run.statuses == {1: UNKNOWN, 2: UNKNOWN}
    assert run.error.count("cannot be processed") == 2


def test_without_a_token_for_a_retry_the_run_ends_and_the_next_run_sends_the_action() -> None:
    zendesk = _Zendesk(BUSY)
    run = perform(zendesk)
    assert (run.error, run.records, run.statuses, zendesk.sent) == (BUSY.message, [], {}, [1])


@pytest.mark.parametrize(
    ("entry", "idempotent", "repetitions"),
    [
        (None, False, [False, False]),
        (None, True, [False, False]),
        ({"status": "sending", "at": NOW, "clock": "zendesk"}, True, [True, False]),
    ],
    ids=["new", "new with a key", "open with a key"],
)
def test_an_action_is_sent_if_that_cannot_do_it_twice(
    entry: dict[str, Any] | None, repetitions: list[bool], *, idempotent: bool
) -> None:
    zendesk = _Zendesk(idempotent=idempotent)
    run = perform(zendesk, entry)
    assert (zendesk.sent, [is_repetition for _, is_repetition in zendesk.keys]) == ([1, 2], repetitions)
    assert (run.records, run.error) == ([{"id": 1, "_status": "done"}, SECOND], "")


INTERRUPTED = "an earlier run ended while the action was being sent"


@pytest.mark.parametrize(
    ("entry", "idempotent", "after"),
    [
        (DONE, False, DONE),
        ({"status": "failed"}, False, {"status": "failed"}),
        (UNKNOWN, False, UNKNOWN),
        ({"status": "sending", "at": NOW, "clock": "zendesk"}, False, UNKNOWN),
        ({"status": "sending", "at": NOW - 7001, "clock": "zendesk"}, True, UNKNOWN),
        ({"status": "sending", "at": NOW}, True, UNKNOWN),
    ],
    ids=["done", "failed", "unknown", "open without a key", "open with an expired key", "open by an unknown clock"],
)
def test_an_action_that_may_be_done_is_not_sent(entry: dict[str, Any], after: Any, *, idempotent: bool) -> None:
    zendesk = _Zendesk(idempotent=idempotent)
    run = perform(zendesk, entry)
    assert zendesk.sent == [2]
    is_closed_now = entry["status"] == "sending"
    closed = {"_status": "unknown", "_warning": INTERRUPTED}
    assert run.records == [*([closed] if is_closed_now else []), SECOND]
    assert run.statuses == {1: after, 2: DONE}
    assert (INTERRUPTED in run.error) is is_closed_now


def test_no_action_is_sent_before_the_state_that_announces_it_is_flushed() -> None:
    checkpoint, barrier, zendesk = MemoryCheckpoint(), _FlushedBarrier(), _Zendesk()
    emitted: list[Any] = []
    announced: list[tuple[str, bool]] = []

    def note() -> None:
        status = [*checkpoint.resume_state["actions"].values()][-1]["status"]
        announced.append((status, barrier.flushed[-1] is emitted[-1]))

    zendesk.on_send = note
    for message in start(zendesk, checkpoint, ACTIONS, barrier=barrier):
        emitted.append(message)  # noqa: PERF402  # `note` reads the list meanwhile
    assert announced == [("sending", True)] * 2
    assert [isinstance(message, Record) for message in emitted] == [False, True, False] * 2


class _SlowPlatform(_FlushedBarrier):
    """Reads each state for an hour."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def wait(self, message: AirbyteMessage) -> None:
        self._clock.now += 3600


@pytest.mark.parametrize(("entry", "seconds"), [(None, 7000), ({"at": NOW - 1000, "clock": "zendesk"}, 6000)])
def test_a_key_expires_as_long_after_its_first_use_however_slow_the_platform_is(
    entry: dict[str, Any] | None, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, zendesk = Clock(500), _Zendesk(idempotent=True)
    monkeypatch.setattr("source_zendesk.writes.action_run.time", clock)
    statuses = {ONE.fingerprint: {"status": "sending", **entry}} if entry else {}
    list(start(zendesk, MemoryCheckpoint({"actions": statuses}), [ONE], barrier=_SlowPlatform(clock)))
    assert zendesk.keys == [(500 + seconds, entry is not None)]


def job_pool(slots: JobSlots | None = None) -> JobPool:
    poller = JobPoller(
        "s",
        requester(),
        "results",
        "/jobs/{job_id}",
        response_key="job_status",
        status_key="job_status",
        first_wait_in_seconds=0,
        limit_in_seconds=-1,
    )
    return JobPool(poller, slots or JobSlots())


def job_status(status: str, **fields: Any) -> dict[str, Any]:
    return {"job_status": {"id": "j1", "status": status, **fields}}


QUEUED = respond(200, json.dumps(job_status("queued")).encode())


@pytest.mark.parametrize(
    ("job", "record", "entry", "error"),
    [
        (job_status("completed", results=[{"id": 9}]), {"id": 9, "_status": "completed"}, DONE, ""),
        (
            job_status("failed", results=[{"id": 9}], message="no"),
            {"id": 9, "_status": "failed"},
            {"status": "failed"},
            "the job j1 failed: no",
        ),
        (job_status("working"), None, {"status": "waiting", "job": "j1"}, "the job j1 is still working"),
    ],
)
@pytest.mark.parametrize("is_resumed", [False, True])
def test_a_job_closes_its_action_when_it_ends(
    job: Any, record: Any, entry: Any, error: str, requests_mock: Mocker, *, is_resumed: bool
) -> None:
    requests_mock.get(JOB, json=job)
    zendesk = _Zendesk(QUEUED)
    run = perform(zendesk, {"status": "waiting", "job": "j1"} if is_resumed else None, job_pool())
    assert zendesk.sent == ([2] if is_resumed else [1, 2])
    assert run.records == [SECOND, *([record] if record else [])]
    assert run.statuses == {1: entry, 2: DONE}
    assert error in run.error
    assert bool(run.error) is bool(error)


def test_a_job_without_a_usable_id_is_closed_as_unknown() -> None:
    run = perform(_Zendesk(), {"status": "waiting", "job": ".."}, job_pool())
    assert (run.records[-1]["_status"], run.statuses[1]) == ("unknown", UNKNOWN)
    assert "the action is not sent again" in run.error


def test_failed_results_of_a_completed_job_are_logged(requests_mock: Mocker, caplog: pytest.LogCaptureFixture) -> None:
    requests_mock.get(JOB, json=job_status("completed", results=[{"id": 9, "success": False, "error": "bad"}]))
    assert perform(_Zendesk(QUEUED), pool=job_pool()).error == ""
    assert "Stream s: the job j1 has failed results: id 9: bad" in caplog.messages


@pytest.mark.parametrize(
    "outcome", [respond(200, b"{}"), respond(200, b"oops"), WriteRefused("no"), WriteUnknown("?"), KeyError("x")]
)
def test_every_outcome_without_a_job_releases_its_slot(outcome: Any) -> None:
    assert perform(_Zendesk(outcome), pool=job_pool(ImpatientSlots(1))).records[-1] == SECOND


def test_the_error_names_the_first_causes_and_counts_the_others() -> None:
    raise_errors("s", [])
    with pytest.raises(JobError, match=r"^Stream s: cause 0; cause 1\.$"):
        raise_errors("s", [JobError("s", "cause 0"), ActionError("s", "cause 1")])
    with pytest.raises(ActionError, match=rf"cause {MAX_NAMED - 1}; and 2 more\.$"):
        raise_errors("s", [ActionError("s", f"cause {number}") for number in range(MAX_NAMED + 2)])
