"""The source describes, checks and reads the streams of a configuration; invalid ones become errors with a remedy."""

import logging
from collections.abc import Sequence
from typing import Any

import pytest
from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStateMessage,
    AirbyteStateMessageSerializer,
    AirbyteStreamStatus,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteCatalogSerializer,
    Status,
)
from requests_mock import Mocker

from source_zendesk.errors import ConfigError
from source_zendesk.source import SourceZendesk
from unit_tests.account import ACCOUNT

CONFIG = {"subdomain": "acme", "credentials": {"credentials": "oauth2.0", "access_token": "t0ken"}}
LOGGER = logging.getLogger("airbyte")
GROUPS = f"{ACCOUNT}/api/v2/groups"


def catalog(*names: str) -> ConfiguredAirbyteCatalog:
    streams = [
        {
            "stream": {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
            "sync_mode": "full_refresh",
            "destination_sync_mode": "append",
        }
        for name in names
    ]
    return ConfiguredAirbyteCatalogSerializer.load({"streams": streams})


def state(name: str, content: Any) -> list[AirbyteStateMessage]:
    stream = {"stream_descriptor": {"name": name}, "stream_state": content}
    return [AirbyteStateMessageSerializer.load({"type": "STREAM", "stream": stream})]


def read(names: Sequence[str], saved: list[AirbyteStateMessage] | None = None) -> tuple[list[AirbyteMessage], str]:
    """The messages of a read, and its error."""
    messages = []
    try:
        for message in SourceZendesk(catalog(*names), CONFIG, saved).read(LOGGER, CONFIG, catalog(*names), saved):
            messages.append(message)  # noqa: PERF402  # an error keeps the messages before it
    except ConfigError as error:
        return messages, str(error.message)
    return messages, ""


def ended(messages: list[AirbyteMessage]) -> list[tuple[str, AirbyteStreamStatus]]:
    statuses = [message.trace.stream_status for message in messages if message.trace and message.trace.stream_status]
    finals = (AirbyteStreamStatus.COMPLETE, AirbyteStreamStatus.INCOMPLETE)
    return sorted((each.stream_descriptor.name, each.status) for each in statuses if each.status in finals)


def causes(messages: list[AirbyteMessage]) -> list[str]:
    return [str(message.trace.error.message) for message in messages if message.trace and message.trace.error]


def test_discover_offers_less_than_can_be_read_and_the_reconciliation() -> None:
    source = SourceZendesk(config=CONFIG)
    offered = {stream.name for stream in source.discover(LOGGER, CONFIG).streams}
    readable = {stream.name for stream in source.readable(CONFIG).streams}
    assert offered < readable
    assert {"tickets", "reconciliation"} <= offered
    assert {"create_ticket", "search_export"} & readable == set()


def test_unknown_streams_and_malformed_states_are_errors_and_the_others_are_read(requests_mock: Mocker) -> None:
    requests_mock.get(GROUPS, json={"groups": [{"id": 1}], "meta": {"has_more": False}})
    messages, error = read(["tikets", "brands", "groups"], state("brands", {"updated_at": [1]}))
    assert ended(messages) == [
        ("brands", AirbyteStreamStatus.INCOMPLETE),
        ("groups", AirbyteStreamStatus.COMPLETE),
        ("tikets", AirbyteStreamStatus.INCOMPLETE),
    ]
    assert [cause.partition(":")[0] for cause in causes(messages)] == ["Stream tikets", "Stream brands"]
    assert error == (
        "Unknown streams in the catalog: tikets. Streams with a malformed state: brands. The other streams were read."
    )


def test_a_source_reads_the_catalog_that_it_is_given(requests_mock: Mocker) -> None:
    requests_mock.get(GROUPS, json={"groups": [{"id": 1}], "meta": {"has_more": False}})
    messages = SourceZendesk(catalog("tags"), CONFIG).read(LOGGER, CONFIG, catalog("groups"))
    assert ended([*messages]) == [("groups", AirbyteStreamStatus.COMPLETE)]


def test_a_state_of_an_unselected_stream_is_logged(requests_mock: Mocker, caplog: pytest.LogCaptureFixture) -> None:
    requests_mock.get(GROUPS, json={"groups": [], "meta": {"has_more": False}})
    read(["groups"], state("brands", {"updated_at": 1}))
    assert any("brands" in text for text in caplog.messages)


def test_the_settings_of_the_same_configuration_are_parsed_once() -> None:
    source = SourceZendesk(config=CONFIG)
    assert source.settings_for({**CONFIG}) is source.settings_for(CONFIG)
    other = source.settings_for({**CONFIG, "subdomain": "other"})
    assert other.api_url == "https://other.zendesk.com"


def test_check_reports_an_invalid_configuration() -> None:
    status = SourceZendesk().check(LOGGER, {"subdomain": "acme"})
    assert status.status is Status.FAILED
    assert "credentials" in str(status.message)


def test_check_reports_an_unexpected_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError("division")

    monkeypatch.setattr("source_zendesk.source.Probe", fail)
    status = SourceZendesk(config=CONFIG).check(LOGGER, CONFIG)
    assert (status.status, status.message) == (
        Status.FAILED,
        "The connector failed (ZeroDivisionError: division).",
    )


def test_unknown_fields_of_the_configuration_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    SourceZendesk(config=CONFIG).configure({**CONFIG, "subdomian": "x"}, "")
    assert any("subdomian" in text for text in caplog.messages)
