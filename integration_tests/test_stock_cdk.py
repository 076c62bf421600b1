"""The CDK's own source reads the printed definitions, without the connector's source."""

import json
import logging
from typing import Any

import pytest
import yaml
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource

from integration_tests.emulator import Emulator
from integration_tests.harness import configured_catalog, discover, sync
from source_zendesk.manifest.__main__ import render_streams

Row = dict[str, Any]
STREAMS = (
    *("tags", "groups", "ticket_fields", "users", "tickets", "show_group"),
    # A sideload, a parent with a parent, and a batch of parents.
    *("ticket_comments", "show_ticket_audit", "agent_instance_values"),
)


def read_on_cdk(config: Row, stream: str) -> list[Row]:
    """The records of a stream, read by the CDK alone with the user's configuration."""
    catalog = ConfiguredAirbyteCatalogSerializer.load(configured_catalog(discover(config), [stream], None))
    definition = yaml.safe_load(render_streams([stream]))
    source = ConcurrentDeclarativeSource(catalog, config, [], source_config=definition)
    messages = source.read(logging.getLogger("airbyte"), config, catalog, [])
    return [dict(message.record.data) for message in messages if message.record]


@pytest.mark.parametrize("stream", STREAMS)
def test_the_source_of_the_cdk_reads_a_definition(quiet_zendesk: Emulator, stream: str) -> None:
    config = quiet_zendesk.config()
    records = read_on_cdk(config, stream)
    assert records
    expected = sync(config, [stream]).records[stream]
    assert sorted(map(json.dumps, records)) == sorted(map(json.dumps, expected))
