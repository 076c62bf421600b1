"""The selected streams that a sync cannot read are errors, and the others are read."""

import pytest
from airbyte_cdk.models import AirbyteStreamStatus
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager

from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Manifest
from source_zendesk.unreadable_streams import UnreadableStreams
from unit_tests.settings.test_settings import parse
from unit_tests.test_source import causes, ended, state

MANIFEST = Manifest.load()
SETTINGS = parse(chat={"credentials": "oauth2.0"})


def find(*names: str) -> UnreadableStreams:
    states = ConnectorStateManager(state("brands", {"updated_at": [1]}))
    return UnreadableStreams.find(names, MANIFEST, SETTINGS, states)


def test_each_problem_is_an_error_of_its_streams() -> None:
    unreadable = find("tikets", "brands", "chats", "groups")
    messages = list(unreadable.messages())
    assert [cause.partition(":")[0] for cause in causes(messages)] == ["Stream tikets", "Stream brands", "Stream chats"]
    assert ended(messages) == [(name, AirbyteStreamStatus.INCOMPLETE) for name in ("brands", "chats", "tikets")]
    with pytest.raises(ConfigError) as raised:
        unreadable.raise_error()
    assert raised.value.message == (
        "Unknown streams in the catalog: tikets. Streams with a malformed state: brands. "
        "Streams of a product without valid credentials: chats. The other streams were read."
    )


def test_streams_that_are_not_available_are_listed_by_what_they_lack() -> None:
    unreadable = find("sell_deals", "tikets", "qa_csat", "search", "create_ticket", "sell_leads")
    with pytest.raises(ConfigError) as raised:
        unreadable.raise_error()
    assert raised.value.message == (
        "Streams that need the block `sell`: sell_deals, sell_leads. Unknown streams in the catalog: tikets. "
        "Streams that need the block `qa`: qa_csat. Streams that need an item of `inputs`: search. "
        "Streams that need an item of `actions`: create_ticket. The other streams were read."
    )


def test_no_error_without_a_problem() -> None:
    unreadable = find("groups")
    unreadable.raise_error()
    assert list(unreadable.messages()) == []
