"""What the page says about moving over holds for every stream of Airbyte's connectors for other products."""

from __future__ import annotations

import pytest

from unit_tests.airbyte_page import (
    OURS,
    Streams,
    airbyte_streams,
    changed_cursors,
    changed_keys,
    changed_types,
    gone_columns,
    table,
)

CONNECTORS: dict[str, Streams] = {
    "source-zendesk-chat": airbyte_streams("airbyte_chat_streams.json"),
    "source-zendesk-sell": airbyte_streams("airbyte_sell_streams.json"),
    "source-zendesk-talk": airbyte_streams("airbyte_talk_streams.json"),
}
RENAMED: dict[str, dict[str, str]] = {
    "source-zendesk-chat": {"triggers": "chat_triggers"},
    "source-zendesk-sell": {name: f"sell_{name}" for name in CONNECTORS["source-zendesk-sell"]},
    "source-zendesk-talk": {},
}
"""The streams here, by the names in Airbyte's connector, where they differ."""
every_connector = pytest.mark.parametrize("connector", CONNECTORS)


def names(connector: str) -> dict[str, str]:
    return {name: RENAMED[connector].get(name, name) for name in CONNECTORS[connector]}


@every_connector
def test_all_their_streams_are_here(connector: str) -> None:
    assert set(names(connector).values()) <= set(OURS)
    assert len(CONNECTORS[connector]) >= 12


@every_connector
def test_the_page_lists_the_streams_with_another_key(connector: str) -> None:
    assert table(f"Keys of {connector} that change") == list(changed_keys(CONNECTORS[connector], names(connector)))


@every_connector
def test_the_page_lists_the_streams_with_another_cursor(connector: str) -> None:
    wanted = list(changed_cursors(CONNECTORS[connector], names(connector)))
    assert table(f"Cursors of {connector} that change") == wanted


@every_connector
def test_the_page_lists_the_columns_of_another_type(connector: str) -> None:
    documented = table(f"Columns of {connector} that change their type")
    assert documented == list(changed_types(CONNECTORS[connector], names(connector)))


@every_connector
def test_the_page_lists_the_columns_that_are_gone(connector: str) -> None:
    documented = [(stream, column) for stream, column in table(f"Columns of {connector} that are gone")]
    assert documented == gone_columns(CONNECTORS[connector], names(connector))


def test_the_page_lists_the_chat_streams_with_another_name() -> None:
    rows = {stream: here.partition(",")[0] for stream, here in table("source-zendesk-chat")}
    assert rows == RENAMED["source-zendesk-chat"]
