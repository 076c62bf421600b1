"""States per parent are current and bounded in size, and large states are emitted less often."""

import json
from typing import Any

import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness import Result, sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply
from source_zendesk.extract import partition_states as child_states

STREAM, PARENTS, CHILDREN = "list_dynamic_content_variants", "dynamic_content_items", "dynamic_content_variants"
MOST = 5


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_states, "MAX_PARTITION_STATES", MOST)


def parents_in_state(result: Result) -> list[int]:
    """The parents in the state."""
    return [json.loads(key)["dynamic_content_item_id"] for key in result.state_of(STREAM).get("children", {})]


def change(zendesk: Emulator, parent: int) -> int:
    zendesk.clock.advance(minutes=5)
    row = zendesk.store.children(CHILDREN, dynamic_content_item_id=parent)[0]["id"]
    zendesk.store.update(CHILDREN, row)
    zendesk.clock.advance(minutes=5)
    return int(row)


def ids(result: Result, parent: int) -> set[int]:
    return {row["id"] for row in result.records[STREAM] if row["dynamic_content_item_id"] == parent}


def test_the_state_of_a_known_parent_advances_with_many_parents() -> None:
    with Emulator(seed=1, rows=12, tickets=1, now=1_740_000_000) as zendesk:
        first = sync(zendesk.config(), [STREAM])
        assert len(parents_in_state(first)) == MOST
        changed = change(zendesk, parents_in_state(first)[0])
        second = sync(zendesk.config(), [STREAM], first.state)
        assert changed in ids(second, parents_in_state(first)[0])
        before, after = (list(result.state_of(STREAM)["children"].values()) for result in (first, second))
        assert after[0] != before[0]


def test_deleted_parents_are_dropped_from_the_state() -> None:
    with Emulator(seed=1, rows=12, tickets=1, now=1_740_000_000) as zendesk:
        first = sync(zendesk.config(), [STREAM])
        for gone in parents_in_state(first)[:2]:
            zendesk.store.delete(PARENTS, gone)
        second = sync(zendesk.config(), [STREAM], first.state)
        third = sync(zendesk.config(), [STREAM], second.state)
        assert parents_in_state(second) == parents_in_state(first)[2:]
        assert (len(parents_in_state(third)), set(parents_in_state(third)) >= set(parents_in_state(second))) == (
            MOST,
            True,
        )


def test_an_interrupted_run_keeps_every_parent() -> None:
    with Emulator(seed=1, rows=12, tickets=1, now=1_740_000_000) as zendesk:
        first = sync(zendesk.config(), [STREAM])
        zendesk.faults.add(
            f"*/{parents_in_state(first)[3]}/variants", status=400, body={"error": "BadRequest"}, times=99
        )
        broken = sync(zendesk.config(), [STREAM], first.state)
        assert set(parents_in_state(broken)) == set(parents_in_state(first))
        zendesk.faults.clear()
        assert set(parents_in_state(sync(zendesk.config(), [STREAM], broken.state))) == set(parents_in_state(first))


def attributes(arrived: RecordedRequest) -> Reply:
    """800 parents with one child each."""
    then = "2025-01-01T00:00:00Z"
    if arrived.path.endswith("/values"):
        return Reply(body={"attribute_values": [{"id": arrived.path, "updated_at": then}]})
    rows: list[dict[str, Any]] = [{"id": f"{number:036}", "updated_at": then} for number in range(800)]
    return Reply(body={"attributes": rows, "count": 800})


def test_larger_states_are_emitted_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_states, "MAX_PARTITION_STATES", 10_000)
    with RecordingServer(attributes) as recorder:
        first = sync(recorder.config(), ["attribute_values"])
        second = sync(recorder.config(), ["attribute_values"], first.state)
    assert len(first.records["attribute_values"]) == 800
    for result in (first, second):
        sizes = [len(json.dumps(state)) for state in result.states_of("attribute_values")]
        assert len(sizes) >= 4
        assert sum(sizes) < 8 * sizes[-1]
