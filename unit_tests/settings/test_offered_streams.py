"""The settings determine the offered streams, and the properties that they add to records."""

from typing import Any

import pytest

from source_zendesk.manifest import Manifest
from source_zendesk.settings import Settings
from source_zendesk.settings.offered_streams import available_endpoints, configured_properties, offered_endpoints

MANIFEST = Manifest.load()
LOGIN = {"credentials": "oauth2.0", "access_token": "secret"}
ACTION = {"dry_run": True, "actions": [{"stream": "create_ticket", "body": {"ticket": {"subject": "a"}}}]}
INPUT = {"inputs": [{"stream": "search", "parameters": {"query": "a"}}]}
EXCLUDED_INPUT = {"inputs": [{"stream": "list_ticket_comments", "parameters": {"ticket_id": 1}}]}


def parse(**fields: Any) -> Settings:
    return Settings.parse({"subdomain": "acme", "credentials": LOGIN, **fields}, MANIFEST)


def offered(**fields: Any) -> set[str]:
    return {endpoint.name for endpoint in offered_endpoints(MANIFEST, parse(**fields))}


def available(**fields: Any) -> set[str]:
    return {endpoint.name for endpoint in available_endpoints(MANIFEST, parse(**fields))}


@pytest.mark.parametrize(("fields", "stream"), [(ACTION, "create_ticket"), (INPUT, "search")])
def test_streams_that_need_arguments_are_available_only_if_the_configuration_names_them(
    fields: dict[str, Any], stream: str
) -> None:
    assert stream not in available(catalog="complete")
    assert available(**fields) == available() | {stream}


def test_the_complete_catalog_has_every_available_stream() -> None:
    assert offered(catalog="complete") == available(catalog="complete") == available()


def test_the_recommended_catalog_leaves_out_streams_unless_the_configuration_names_them() -> None:
    assert offered() < available()
    assert "list_ticket_comments" not in offered()
    assert offered(**EXCLUDED_INPUT) == offered() | {"list_ticket_comments"}


def test_sideloads_and_collected_fields_are_properties_of_the_records() -> None:
    tickets, groups, action = (MANIFEST.endpoints[name] for name in ("tickets", "groups", "create_ticket"))
    settings = parse(sideloads=[{"stream": "tickets", "include": ["users"]}], unknown_fields="collect")
    assert set(configured_properties(settings, tickets)) == {"sideloads", "_undeclared"}
    assert set(configured_properties(settings, groups)) == {"_undeclared"}
    assert configured_properties(settings, action) == configured_properties(parse(), tickets) == {}
