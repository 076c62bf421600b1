"""Fields that nothing reads are named, with what was meant."""

from typing import Any

import pytest

from source_zendesk.manifest import Manifest
from source_zendesk.settings.unknown_fields import unknown_fields

SCHEMA = Manifest.load().content["spec"]["connection_specification"]
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


def test_a_configuration_without_unknown_fields_is_not_warned_of() -> None:
    assert unknown_fields(KNOWN, SCHEMA) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"start_dat": "s3cret"}, ["`start_dat`", "did you mean start_date?"]),
        ({"credentials": LOGIN | {"api_tokn": "s3cret"}}, ["`credentials.api_tokn`", "did you mean api_token?"]),
        ({"inputs": [{"stream": "search", "parametres": {}}]}, ["`inputs[0].parametres`", "did you mean parameters?"]),
        ({"zzz": 1}, ["`zzz`: the configuration has no such field, it is left unused."]),
    ],
)
def test_an_unknown_field_is_named_with_the_nearest(given: dict[str, Any], said: list[str]) -> None:
    (told,) = unknown_fields(KNOWN | given, SCHEMA)
    assert [part for part in said if part not in told] == []
    assert "s3cret" not in told
