"""The ledger keeps the status of every started action, and recognizes it in a later run."""

from collections.abc import Callable
from typing import Any

import pytest

from source_zendesk.writes.action import Action
from source_zendesk.writes.closed_actions import STATUSES
from source_zendesk.writes.ledger import KEYS_KEPT_SECONDS, MAX_READABLE, SKEW_SECONDS, Ledger
from unit_tests.writes.write_helpers import Clock, MemoryCheckpoint

NOW = 5000.0
GROUP = Action("delete_group", {"group_id": 1})
Entry = dict[str, Any]
SENDING, EARLIER = {"status": "sending", "at": 5000}, {"status": "sending", "at": 1000, "clock": "zendesk"}
WAITING, DONE, FAILED = {"status": "waiting", "job": "j1"}, {"status": "done"}, {"status": "failed"}
UNKNOWN = {"status": "unknown"}


@pytest.fixture(autouse=True)
def local_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_zendesk.writes.ledger.time", Clock(NOW))


def state(entry: Entry | None, action: Action = GROUP) -> MemoryCheckpoint:
    return MemoryCheckpoint({"actions": {action.fingerprint: entry} if entry else {}})


def begin(ledger: Ledger) -> None:
    ledger.begin(GROUP)


def begin_and_drop(ledger: Ledger) -> None:
    ledger.begin(GROUP)
    ledger.drop(GROUP)


def wait(ledger: Ledger) -> None:
    ledger.wait(GROUP, "j1")


def begin_and_close(ledger: Ledger) -> None:
    ledger.begin(GROUP)
    ledger.close(GROUP, "done")


def closing(status: str) -> Callable[[Ledger], None]:
    def close(ledger: Ledger) -> None:
        ledger.close(GROUP, status)

    return close


@pytest.mark.parametrize(
    ("before", "step", "after"),
    [
        (None, begin, SENDING),
        (EARLIER, begin, EARLIER),
        (None, begin_and_drop, None),
        (EARLIER, begin_and_drop, EARLIER),
        (SENDING, wait, WAITING),
        (None, begin_and_close, DONE),
        (SENDING, closing("done"), DONE),
        (SENDING, closing("failed"), FAILED),
        (EARLIER, closing("unknown"), UNKNOWN),
        (WAITING, closing("done"), DONE),
        (WAITING, closing("failed"), FAILED),
    ],
)
def test_each_step_leaves_the_status_that_the_next_run_reads(
    before: Entry | None, step: Callable[[Ledger], None], after: Entry | None
) -> None:
    checkpoint = state(before)
    step(Ledger(checkpoint))
    assert checkpoint.resume_state == state(after).resume_state


@pytest.mark.parametrize(
    ("entry", "is_new", "is_open", "job", "is_closed"),
    [
        (None, True, False, "", False),
        (SENDING, False, True, "", False),
        (WAITING, False, False, "j1", False),
        (DONE, False, False, "", True),
        (FAILED, False, False, "", True),
        (UNKNOWN, False, False, "", True),
    ],
)
def test_a_status_is_new_open_a_job_or_closed(
    entry: Entry | None, job: str, *, is_new: bool, is_open: bool, is_closed: bool
) -> None:
    ledger = Ledger(state(entry))
    found = ledger.is_new(GROUP), ledger.is_open(GROUP), ledger.job(GROUP), ledger.is_closed(GROUP)
    assert found == (is_new, is_open, job, is_closed)
    other = Action("delete_group", {"group_id": 2})
    assert (ledger.is_new(other), ledger.is_open(other), ledger.is_closed(other)) == (True, False, False)


@pytest.mark.parametrize(
    ("entry", "zendesk_now", "seconds"),
    [
        (None, NOW, KEYS_KEPT_SECONDS),
        (DONE, NOW, KEYS_KEPT_SECONDS),
        (EARLIER, 1000, KEYS_KEPT_SECONDS),
        (EARLIER, 3000, KEYS_KEPT_SECONDS - 2000),
        (EARLIER, 1000 + KEYS_KEPT_SECONDS, 0),
        (EARLIER, 1e9, 0),
        (EARLIER, 1000 - SKEW_SECONDS, KEYS_KEPT_SECONDS),
        (EARLIER, 999 - SKEW_SECONDS, 0),
        (EARLIER, None, 0),
        ({**EARLIER, "at": "1000"}, NOW, 0),
        (SENDING, NOW, 0),
    ],
    ids=[
        "not sent", "closed", "just sent", "sent earlier", "expired", "long expired", "skewed clock", "later than now",
        "time unknown", "malformed", "time of another clock",
    ],
)  # fmt: skip
def test_a_key_counts_only_as_long_as_zendesk_certainly_keeps_it(
    entry: Entry | None, zendesk_now: float | None, seconds: float
) -> None:
    assert Ledger(state(entry), lambda: zendesk_now).key_seconds_left(GROUP) == seconds


@pytest.mark.parametrize(
    ("server_time", "entry"),
    [
        (lambda: 7000.9, {"status": "sending", "at": 7000, "clock": "zendesk"}),
        (lambda: None, SENDING),
        (None, SENDING),
    ],
)
def test_an_announced_action_has_the_time_of_zendesks_clock_if_it_is_known(server_time: Any, entry: Entry) -> None:
    checkpoint = state(None)
    Ledger(checkpoint, server_time).begin(GROUP)
    assert checkpoint.resume_state == state(entry).resume_state


def test_closed_actions_are_recognized_however_many_they_are() -> None:
    checkpoint = MemoryCheckpoint()
    actions = [Action("delete_group", {"group_id": n}) for n in range(90)]
    ledger = Ledger(checkpoint)
    for number, action in enumerate(actions[:80]):
        ledger.begin(action)
        ledger.close(action, STATUSES[number % 3])
    ledger.begin(actions[80])
    resumed = Ledger(checkpoint)
    assert [resumed.is_closed(action) for action in actions] == [True] * 80 + [False] * 10
    assert [resumed.is_new(action) for action in actions] == [False] * 81 + [True] * 9
    assert resumed.is_open(actions[80])


@pytest.mark.parametrize(("count", "entries"), [(MAX_READABLE, MAX_READABLE), (MAX_READABLE + 1, 1)])
def test_the_state_names_up_to_twenty_closed_actions_each(count: int, entries: int) -> None:
    checkpoint = MemoryCheckpoint()
    ledger = Ledger(checkpoint)
    for number in range(count):
        ledger.close(Action("delete_group", {"group_id": number}), "done")
    assert len(checkpoint.resume_state["actions"]) == entries


def password(number: int) -> Action:
    return Action("set_user_password", {"user_id": number}, {"password": "hunter2"})


def test_only_an_action_with_a_secret_has_a_salt_which_every_run_reuses() -> None:
    checkpoint = MemoryCheckpoint()
    ledger = Ledger(checkpoint)
    assert ledger.salted(GROUP) is GROUP
    salted = [ledger.salted(password(number)) for number in (1, 2)]
    ledger.begin(salted[0])
    assert {action.salt for action in salted} == {checkpoint.resume_state["salt"]}
    assert salted[0].fingerprint != password(1).fingerprint
    assert Ledger(checkpoint).salted(password(1)) == salted[0]
    assert list(ledger.renamed_state()) == []


@pytest.mark.parametrize("count", [1, MAX_READABLE + 1])
def test_actions_closed_without_a_salt_are_closed_with_one(count: int) -> None:
    checkpoint = MemoryCheckpoint()
    unsalted = Ledger(checkpoint)
    for number in range(count):
        unsalted.close(password(number), "done")
    ledger = Ledger(checkpoint)
    salted = [ledger.salted(password(number)) for number in {0, count - 1}]
    assert all(map(ledger.is_closed, salted))
    assert len(list(ledger.renamed_state())) == 1
    resumed_again = Ledger(checkpoint)
    assert all(map(resumed_again.is_closed, salted))
    assert not resumed_again.is_closed(password(0))


def test_the_key_of_an_action_sent_without_a_salt_does_not_count() -> None:
    just_now = 1_700_000_000
    ledger = Ledger(state({**EARLIER, "at": just_now}, password(1)), lambda: just_now)
    salted = ledger.salted(password(1))
    assert (ledger.is_open(salted), ledger.key_seconds_left(salted)) == (True, 0)
