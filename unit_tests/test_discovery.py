"""The catalog contains the properties and streams that the configuration and the account add."""

from typing import Any

import pytest

from source_zendesk.account import Account
from source_zendesk.discovery import describe_streams
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.settings import Settings
from unit_tests.settings.test_settings import parse
from unit_tests.test_account import Lists, Zendesk

MANIFEST = Manifest.load()
FIELDS: Lists = {"ticket_fields": [{"id": 5, "type": "text"}], "custom_objects": [{"key": "car"}]}


def select(manifest: Manifest, _settings: Settings) -> list[Endpoint]:
    return [manifest.endpoints[name] for name in ("tickets", "custom_object_car") if name in manifest.endpoints]


def properties(account: Account | None = None, **config: Any) -> dict[str, dict[str, Any]]:
    streams = describe_streams(MANIFEST, parse(**config), select, account)
    return {stream.name: stream.json_schema["properties"] for stream in streams}


@pytest.mark.parametrize(
    ("config", "added"),
    [
        ({}, set()),
        ({"unknown_fields": "collect"}, {"_undeclared"}),
        ({"sideloads": [{"stream": "tickets", "include": ["users"]}]}, {"sideloads"}),
    ],
)
def test_properties_of_the_configuration(config: dict[str, Any], added: set[str]) -> None:
    described = properties(**config)
    assert set(described) == {"tickets"}
    assert set(described["tickets"]) - set(properties()["tickets"]) == added


def test_properties_and_streams_of_the_account() -> None:
    described = properties(Zendesk(FIELDS).account)
    assert set(described) == {"tickets", "custom_object_car"}
    assert "custom" in described["custom_object_car"]
    assert set(described["tickets"]["custom"]["properties"]) == {"field_5"}
