"""The state of a stream, and whether a refused stream is an error."""

from typing import Any

import pytest
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import InMemoryMessageRepository
from airbyte_cdk.sources.streams import NO_CURSOR_STATE_KEY
from airbyte_cdk.sources.types import Record

from source_zendesk.checkpoint import HAD_ROWS, PAGES, StreamCheckpoint
from source_zendesk.errors import ConfigError
from source_zendesk.output.sync_services import SyncServices

State = dict[str, Any]


def stream(state: State) -> tuple[StreamCheckpoint, InMemoryMessageRepository]:
    states, messages = ConnectorStateManager(), InMemoryMessageRepository()
    states.update_state_for_stream("s", None, state)
    return StreamCheckpoint("s", states, messages, SyncServices()), messages


@pytest.mark.parametrize(
    ("saved", "resume_state", "was_read"),
    [
        ({}, {}, False),
        ({"a": 1}, {"a": 1}, True),
        ({NO_CURSOR_STATE_KEY: True}, {}, False),
        ({"__ab_full_refresh_sync_complete": True}, {}, False),
        ({NO_CURSOR_STATE_KEY: True, HAD_ROWS: True}, {}, True),
        ({NO_CURSOR_STATE_KEY: True, PAGES: 2}, {}, False),
        ({"a": 1, PAGES: 2}, {"a": 1}, True),
    ],
)
def test_a_refused_stream_is_an_error_only_if_an_earlier_run_read_it(
    saved: State, resume_state: State, caplog: pytest.LogCaptureFixture, *, was_read: bool
) -> None:
    made, _ = stream(saved)
    assert made.resume_state == resume_state
    if was_read:
        with pytest.raises(ConfigError, match=r"could read: 403: no\. The state is unchanged"):
            made.skip_stream("403: no")
    else:
        made.skip_stream("403: no")
        assert caplog.messages == ["Stream s is skipped: 403: no"]


def test_the_state_contains_the_number_of_pages_if_there_were_several() -> None:
    made, _ = stream({"a": 1, PAGES: 9})
    assert made.state == {"a": 1, PAGES: 9}
    for pages, state in [(1, {"a": 1}), (2, {"a": 1, PAGES: 2}), (3, {"a": 1, PAGES: 3})]:
        made.advance({"a": 1}, pages)
        assert made.state == state


@pytest.mark.parametrize(
    ("state", "has_rows", "emitted"),
    [
        ({"a": 2}, False, {"a": 2}),
        ({}, False, {NO_CURSOR_STATE_KEY: True}),
        ({}, True, {NO_CURSOR_STATE_KEY: True, HAD_ROWS: True}),
    ],
)
def test_the_last_state_is_emitted_at_the_end(state: State, emitted: State, *, has_rows: bool) -> None:
    made, messages = stream({})
    if has_rows:
        made.observe(Record({}, "s"))
    assert made.advance(state).state
    made.ensure_at_least_one_state_emitted()
    (message,) = messages.consume_queue()
    assert message.state
    assert message.state.stream
    assert vars(message.state.stream.stream_state) == emitted
