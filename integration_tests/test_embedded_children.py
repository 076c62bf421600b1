"""Streams whose records other responses contain emit the same rows as one request for each parent."""

import pytest

from integration_tests.compare import assert_same_rows
from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.harness import Result, Row, State, sync
from integration_tests.recording_server import RecordingServer, Reply


def change_variants(zendesk: Emulator) -> None:
    """A new, a changed and a deleted variant."""
    changed, deleted = zendesk.store.all("dynamic_content_variants")[1:3]
    zendesk.store.create("dynamic_content_variants", item_id=zendesk.store.all("dynamic_content_items")[1]["id"])
    zendesk.store.update("dynamic_content_variants", changed["id"], content="Changed")
    zendesk.store.delete("dynamic_content_variants", deleted["id"])


def no_item(zendesk: Emulator) -> None:
    """No parent at all."""
    for row in zendesk.store.all("dynamic_content_items"):
        zendesk.store.delete("dynamic_content_items", row["id"])


def change_work_items(zendesk: Emulator) -> None:
    """Finished work items, so that the first agent has no further page on one of its channels, and a new one."""
    first, second, *_ = zendesk.store.all("agent_availabilities")
    mine = zendesk.store.table("agent_work_items").by("agent_id", first["id"])
    for row in [each for place, each in enumerate(mine) if place % 5 == 0][3:]:
        zendesk.store.delete("agent_work_items", row)
    zendesk.store.create("agent_work_items", second["id"])


EMBEDDED = {
    # stream: (the parents, the stream with one request for each parent, the changes before later runs)
    "dynamic_content_variants": (
        "dynamic_content_items",
        "list_dynamic_content_variants",
        (change_variants, no_item),
    ),
    "agent_work_items": ("agent_availabilities", "list_agent_work_items", (change_work_items,)),
}
REST = {"agent_work_items": 3}
"""The requests for parents with more children than their page includes."""
every_stream = pytest.mark.parametrize("stream", EMBEDDED)


zendesk = account_fixture(rows=130, tickets=3, frozen=True)


def rows(result: Result, stream: str) -> list[Row]:
    """The records of a stream without the time of the read."""
    return [{k: v for k, v in row.items() if k != "current_timestamp"} for row in result.records[stream]]


def saved(stream: str, state: State) -> State:
    """The state of another stream as the state of this one."""
    return [{**each, "stream": {**each["stream"], "stream_descriptor": {"name": stream}}} for each in state]


@every_stream
def test_rows_are_those_of_one_request_for_each_parent(stream: str, zendesk: Emulator) -> None:
    _, by_parent, changes = EMBEDDED[stream]
    state: State = []
    for change in (_nothing, *changes):
        zendesk.clock.advance(hours=1)
        change(zendesk)
        zendesk.clock.advance(hours=1)
        zendesk.clear_requests()
        result = sync(zendesk.config(), [stream], state)
        few, state = len(zendesk.requests), result.state
        zendesk.clear_requests()
        expected = sync(zendesk.config(), [by_parent])
        assert (result.errors, expected.errors) == ([], [])
        assert_same_rows(rows(result, stream), rows(expected, by_parent))
        assert few < len(zendesk.requests) / 10 or not expected.records[by_parent]


def _nothing(_: Emulator) -> None:
    """The account as seeded."""


@every_stream
def test_pages_of_the_parents_are_requested_once_for_both_streams(stream: str, zendesk: Emulator) -> None:
    parents = EMBEDDED[stream][0]
    sync(zendesk.config(), [parents])
    alone = len(zendesk.requests)
    zendesk.clear_requests()
    both = sync(zendesk.config(), [parents, stream])
    assert both.records[stream]
    assert len(zendesk.requests) == alone + REST.get(stream, 0)


@every_stream
def test_a_state_of_one_request_for_each_parent_is_read(stream: str, zendesk: Emulator) -> None:
    _, by_parent, _ = EMBEDDED[stream]
    first = sync(zendesk.config(), [by_parent])
    for state in (first.state, first.state_after(1)):
        result = sync(zendesk.config(), [stream], saved(stream, state))
        assert (result.errors, result.warnings) == ([], [])
        assert_same_rows(rows(result, stream), rows(first, by_parent))


@pytest.mark.parametrize("items", [[{"id": 1}], [{"id": 1, "variants": None}, {"id": 2}]])
def test_items_without_the_list_of_their_children_fail_the_stream(items: list[Row]) -> None:
    with RecordingServer(lambda _: Reply(body={"items": items, "meta": {"has_more": False}})) as server:
        result = sync(server.config(), ["dynamic_content_variants"])
    assert "read list_dynamic_content_variants" in result.stream_errors["dynamic_content_variants"]
    assert result.statuses["dynamic_content_variants"][-1] == "INCOMPLETE"
