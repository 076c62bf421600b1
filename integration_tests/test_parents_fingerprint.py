"""A run skips completed parents only if the earlier run had the same parents."""

from typing import Any

import pytest

from integration_tests.compare import assert_same_rows
from integration_tests.emulator import Emulator
from integration_tests.harness import Result, State, sync

# The parameter with the parent's id, and the parents' collection, by stream.
STREAMS = {
    "list_user_identities": ("user_id", "users"),
    "trigger_revisions": ("trigger_id", "triggers"),
    "list_dynamic_content_variants": ("dynamic_content_item_id", "dynamic_content_items"),
}
every_stream = pytest.mark.parametrize("stream", STREAMS)


def inputs(zendesk: Emulator, stream: str, start: int, stop: int) -> list[dict[str, Any]]:
    name, table = STREAMS[stream]
    rows = zendesk.store.all(table)[start:stop]
    return [{"stream": stream, "parameters": {name: row["id"]}} for row in rows]


def interrupted(zendesk: Emulator, stream: str, state: State | None = None, **config: Any) -> Result:
    """A run that reads half of its parents and then fails."""
    _, table = STREAMS[stream]
    parent = zendesk.store.all(table)[6]["id"]
    zendesk.faults.add(f"*/{parent}/*", status=400, body={"error": "BadRequest"}, times=999)
    result = sync(zendesk.config(num_workers=2, **config), [stream], state)
    zendesk.faults.clear()
    assert result.stream_errors
    return result


def rows(zendesk: Emulator, stream: str, **config: Any) -> list[dict[str, Any]]:
    return sync(zendesk.config(**config), [stream]).records[stream]


@every_stream
def test_a_run_without_inputs_reads_all_parents_after_an_interrupted_run_with_inputs(
    stream: str, zendesk: Emulator
) -> None:
    everything = rows(zendesk, stream)
    broken = interrupted(zendesk, stream, inputs=inputs(zendesk, stream, 4, 8))
    assert_same_rows(sync(zendesk.config(), [stream], broken.state).records[stream], everything)


@every_stream
def test_a_run_with_inputs_reads_all_of_them_after_an_interrupted_run_without(stream: str, zendesk: Emulator) -> None:
    selected = inputs(zendesk, stream, 0, 5)
    broken = interrupted(zendesk, stream)
    after = sync(zendesk.config(inputs=selected), [stream], broken.state)
    assert_same_rows(after.records[stream], rows(zendesk, stream, inputs=selected))


@every_stream
def test_a_run_with_other_inputs_reads_all_of_them(stream: str, zendesk: Emulator) -> None:
    selected = inputs(zendesk, stream, 2, 7)
    broken = interrupted(zendesk, stream, inputs=inputs(zendesk, stream, 4, 8))
    after = sync(zendesk.config(inputs=selected), [stream], broken.state)
    assert_same_rows(after.records[stream], rows(zendesk, stream, inputs=selected))


@every_stream
def test_a_run_with_the_same_inputs_resumes(stream: str, zendesk: Emulator) -> None:
    selected = inputs(zendesk, stream, 4, 8)
    broken = interrupted(zendesk, stream, inputs=selected)
    zendesk.clear_requests()
    sync(zendesk.config(inputs=selected), [stream], broken.state)
    assert len(zendesk.requests) == 2


@every_stream
def test_inputs_keep_the_parent_position_of_other_reads(stream: str, zendesk: Emulator) -> None:
    whole = sync(zendesk.config(), [stream])
    between = sync(zendesk.config(inputs=inputs(zendesk, stream, 0, 3)), [stream], whole.state)
    assert between.records[stream]
    assert between.state_of(stream) == whole.state_of(stream)


def test_a_state_without_parents_fingerprint_resumes(zendesk: Emulator) -> None:
    whole = sync(zendesk.config(), ["list_user_identities"])
    place = whole.state_of("list_user_identities")
    user = zendesk.store.all("users")[5]["id"]
    for parent, expected in (({}, len(whole.records["list_user_identities"])), (place["parent"], None)):
        old = [{"type": "STREAM", "stream": {
            "stream_descriptor": {"name": "list_user_identities"},
            "stream_state": {"parent": parent, "last": {"user_id": user}},
        }}]  # fmt: skip
        after = sync(zendesk.config(), ["list_user_identities"], old).records["list_user_identities"]
        assert len(after) == expected if expected else len(after) < len(whole.records["list_user_identities"])
