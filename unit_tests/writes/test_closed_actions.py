"""Closed actions are stored as digests of ten characters, by their status."""

from source_zendesk.writes.closed_actions import ClosedActions


def test_closed_actions_are_restored_from_their_state() -> None:
    closed = ClosedActions({})
    assert closed.state == {}
    closed.add({"a": "done", "b": "unknown", "c": "done"})
    state = closed.state["closed"]
    assert {status: len(text) for status, text in state.items() if status != "status"} == {"done": 20, "unknown": 10}
    restored = ClosedActions(state)
    assert restored.state == closed.state
    assert [name in restored for name in "abcd"] == [True, True, True, False]


def test_a_renamed_action_keeps_its_status() -> None:
    closed, expected = ClosedActions({}), ClosedActions({})
    closed.add({"a": "failed"})
    closed.rename("a", "b")
    expected.add({"b": "failed"})
    assert closed.state == expected.state
