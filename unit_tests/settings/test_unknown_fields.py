"""Unknown fields of the configuration are reported with the closest known field."""

from typing import Any

import pytest

from source_zendesk.manifest import Manifest
from source_zendesk.settings.unknown_fields import unknown_fields

SCHEMA = Manifest.load().spec["connection_specification"]
LOGIN = {"credentials": "api_token", "email": "ada@example.com", "api_token": "s3cret"}
KNOWN: dict[str, Any] = {
    "subdomain": "acme",
    "credentials": LOGIN,
    "start_date": "2024-01-01",
    "base_url": "http://127.0.0.1:8888",
    "ignore_pagination": True,
    "__injected_declarative_manifest": {},
    "inputs": [{"stream": "search_users", "parameters": {"query": "role:agent"}}],
    "sideloads": [{"stream": "tickets", "include": ["users"]}],
    "actions": [{"stream": "create_ticket", "body": {"ticket": {"subject": "Hi"}}}],
}


def test_a_configuration_without_unknown_fields_has_no_warning() -> None:
    assert unknown_fields(KNOWN, SCHEMA) == []


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"start_dat": "s3cret"}, ["`start_dat`", "did you mean start_date?"]),
        ({"credentials": LOGIN | {"api_tokn": "s3cret"}}, ["`credentials.api_tokn`", "did you mean api_token?"]),
        ({"inputs": [{"stream": "search", "parametres": {}}]}, ["`inputs[0].parametres`", "did you mean parameters?"]),
        ({"zzz": 1}, ["`zzz`: unknown field, which the connector ignores."]),
    ],
)
def test_the_warning_names_the_closest_known_field(changes: dict[str, Any], parts: list[str]) -> None:
    (warning,) = unknown_fields(KNOWN | changes, SCHEMA)
    assert [part for part in parts if part not in warning] == []
    assert "s3cret" not in warning
