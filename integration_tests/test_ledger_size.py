"""The state of many actions is compact and complete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness import Result, State, sync
from integration_tests.recording_server import RecordingServer, Reply

pytestmark = pytest.mark.usefixtures("no_wait_for_limits")

Json = dict[str, Any]
GROUPS = [{"stream": "delete_group", "parameters": {"group_id": n}} for n in range(60)]
SENT = [f"DELETE /api/v2/groups/{n}" for n in range(60)]
NEW = {"stream": "delete_group", "parameters": {"group_id": 1000}}
EDITS: dict[str, Callable[[list[Json]], list[Json]]] = {
    "appended": lambda items: [*items, NEW],
    "put in front": lambda items: [NEW, *items],
    "some removed": lambda items: [*items[::3], NEW],
    "all removed": lambda _: [NEW],
    "reversed": lambda items: [NEW, *reversed(items)],
}


def with_stream_state(result: Result, stream_state: Json) -> State:
    (state,) = result.state
    return [{**state, "stream": {**state["stream"], "stream_state": stream_state}}]


def in_former_shape(result: Result) -> State:
    """The state in the former format, with an object for each finished action."""
    fingerprints = [record["_action"]["fingerprint"] for record in result.records["delete_group"]]
    actions = {fingerprint: {"status": "done"} for fingerprint in fingerprints}
    return with_stream_state(result, {"actions": actions})


@pytest.fixture(scope="module")
def sent() -> Result:
    with RecordingServer(lambda _: Reply(204)) as recorder:
        return sync(recorder.config(*GROUPS), ["delete_group"])


def test_states_of_three_hundred_actions_take_about_a_megabyte(zendesk: Emulator) -> None:
    items = [{"stream": "create_group", "body": {"group": {"name": f"Group {n}"}}} for n in range(300)]
    result = sync(zendesk.config(allow_writes=True, actions=items), ["create_group"])
    assert len(result.records["create_group"]) == 300
    assert sum(len(orjson.dumps(state)) for state in result.states) < 1_400_000
    assert len(orjson.dumps(result.state)) < 5_000


def test_the_state_of_a_few_actions_is_readable(sent: Result) -> None:
    few = sent.states_of("delete_group")[39]["actions"]
    assert list(few.values()) == [{"status": "done"}] * 20
    many = sent.state_of("delete_group")["actions"]
    assert many["closed"]["status"] == "closed"
    assert len(many) - 1 + len(many["closed"]["done"]) / 10 == len(GROUPS)


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
@pytest.mark.parametrize("shape", ["present", "former"])
def test_only_new_items_are_sent_after_any_edit(
    sent: Result, edit: Callable[[list[Json]], list[Json]], shape: str
) -> None:
    state = in_former_shape(sent) if shape == "former" else sent.state
    with RecordingServer(lambda _: Reply(204)) as recorder:
        second = sync(recorder.config(*edit(GROUPS)), ["delete_group"], state)
        assert recorder.sent_lines == ["DELETE /api/v2/groups/1000"]
        third = sync(recorder.config(*GROUPS, NEW), ["delete_group"], second.state)
        assert len(recorder.sent_lines) == 1
    assert second.errors == third.errors == []
    assert "61 already sent, nothing is left to send" in " ".join(third.logs)


def test_every_state_of_a_run_is_complete(sent: Result) -> None:
    for count in range(1, len(sent.states), 7):
        with RecordingServer(lambda _: Reply(204)) as recorder:
            sync(recorder.config(*GROUPS), ["delete_group"], sent.state_after(count))
            assert recorder.sent_lines == SENT[(count + 1) // 2 :]


def test_unknown_actions_are_compact_and_not_sent_again() -> None:
    with RecordingServer(lambda _: Reply(500)) as recorder:
        config = recorder.config(*GROUPS)
        first = sync(config, ["delete_group"])
        second = sync(config, ["delete_group"], first.state)
        assert len(recorder.sent_lines) == len(GROUPS)
    assert len(orjson.dumps(first.state)) < 2_500
    assert "delete_group" in first.stream_errors
    assert second.errors == []


@pytest.mark.parametrize("closed", [{"status": "done"}, {"status": "closed", "done": "cut"}, {"done": 1}, [], None])
def test_nothing_is_sent_with_malformed_digests_in_the_state(closed: Any, sent: Result) -> None:
    state = with_stream_state(sent, {"actions": {"closed": closed}})
    with RecordingServer(lambda _: Reply(204)) as recorder:
        result = sync(recorder.config(*GROUPS), ["delete_group"], state)
        assert recorder.sent_lines == []
    assert "its state has `actions.closed" in result.stream_errors["delete_group"]
