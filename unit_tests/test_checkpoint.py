"""A checkpoint of parents records whether its run reads all of them."""

from typing import Any

import pytest
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import InMemoryMessageRepository

from source_zendesk.checkpoint import ParentCheckpoint
from source_zendesk.extract.substreams import ParentPosition
from source_zendesk.output.sync_services import SyncServices

POSITION = ParentPosition("users")


@pytest.mark.parametrize(
    ("state", "is_full_read"),
    [({}, True), (POSITION.stream_state({}, {"parent": {"cursor": "abc"}}), False)],
)
def test_only_a_read_from_the_first_parent_is_full(state: dict[str, Any], *, is_full_read: bool) -> None:
    states = ConnectorStateManager()
    states.update_state_for_stream("user_identities", None, state)
    checkpoint = ParentCheckpoint(
        "user_identities",
        states,
        InMemoryMessageRepository(),
        SyncServices(),
        lambda _: iter(()),
        POSITION,
        keeps_child_states=False,
    )
    assert list(checkpoint.stream_slices()) == []
    assert checkpoint.is_full_read is is_full_read
