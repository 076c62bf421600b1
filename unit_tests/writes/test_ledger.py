"""The ledger recognizes finished actions, however many there are and with or without a salt."""

from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessage, Type

from source_zendesk.writes.action import Action
from source_zendesk.writes.closed_actions import STATUSES, ClosedActions
from source_zendesk.writes.ledger import MAX_READABLE, Ledger


class MemoryCheckpoint:
    """A checkpoint that stores the state in memory."""

    def __init__(self) -> None:
        self.resume_state: dict[str, Any] = {}

    def advance(self, state: Any) -> AirbyteMessage:
        self.resume_state = state
        return AirbyteMessage(Type.STATE)

    def skip_stream(self, reason: str) -> None:
        raise AssertionError(reason)


def password(number: int) -> Action:
    return Action("set_user_password", {"user_id": number}, {"password": "hunter2"})


def test_actions_with_a_final_status_are_closed() -> None:
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


@pytest.mark.parametrize("count", [1, MAX_READABLE + 1])
def test_actions_closed_without_a_salt_are_closed_with_one(count: int) -> None:
    checkpoint = MemoryCheckpoint()
    unsalted = Ledger(checkpoint)
    for number in range(count):
        unsalted.close(password(number), "done")
    ledger = Ledger(checkpoint)
    assert all(ledger.is_closed(ledger.salted(password(number))) for number in range(count))
    assert len(list(ledger.renamed_state())) == 1
    resumed_again = Ledger(checkpoint)
    assert all(resumed_again.is_closed(resumed_again.salted(password(number))) for number in range(count))
    assert not any(resumed_again.is_closed(password(number)) for number in range(count))


def test_closed_actions_are_restored_from_their_state() -> None:
    closed = ClosedActions({})
    assert closed.state == {}
    closed.add({"a": "done", "b": "unknown", "c": "done"})
    state = closed.state["closed"]
    assert {status: len(text) for status, text in state.items() if status != "status"} == {"done": 20, "unknown": 10}
    restored = ClosedActions(state)
    assert restored.state == closed.state
    assert [name in restored for name in "abcd"] == [True, True, True, False]
