"""Configurations of earlier versions and of Airbyte's connector get the types of the specification."""

from typing import Any

import jsonschema
import pytest

from source_zendesk.manifest import Manifest
from source_zendesk.settings.migration import migrate

SCHEMA = Manifest.load().spec["connection_specification"]
MINIMAL = {"subdomain": "acme", "credentials": {"credentials": "oauth2.0", "access_token": "x"}}
OBJECT, TEXT = {"ticket_id": 1}, '{"ticket_id": 1}'
JSON = {"json": TEXT}


@pytest.mark.parametrize(
    ("given", "migrated"),
    [
        ({"num_workers": 1}, {"num_workers": 2}),
        ({"allow_writes": "true"}, {"allow_writes": True}),
        ({"allow_writes": "false"}, {"allow_writes": False}),
        ({"allow_writes": "dry_run"}, {"allow_writes": False, "dry_run": True}),
        ({"inputs": [{"stream": "a", "parameters": TEXT}]}, {"inputs": [{"stream": "a", "parameters": JSON}]}),
        (
            {"actions": [{"stream": "a", "parameters": TEXT, "body": TEXT}, {"stream": "b", "body": TEXT}]},
            {"actions": [{"stream": "a", "parameters": JSON, "body": JSON}, {"stream": "b", "body": JSON}]},
        ),
    ],
)
def test_an_old_form_gets_the_type_of_the_specification(given: dict[str, Any], migrated: dict[str, Any]) -> None:
    assert migrate(MINIMAL | given) == MINIMAL | migrated
    assert migrate(migrate(MINIMAL | given)) == MINIMAL | migrated
    jsonschema.validate(migrate(MINIMAL | given), SCHEMA)


@pytest.mark.parametrize(
    "fields",
    [
        {"num_workers": 2, "allow_writes": True, "dry_run": False},
        {"inputs": [{"stream": "a", "parameters": OBJECT}, {"stream": "a", "parameters": JSON}, {"stream": "a"}]},
        {"actions": [{"stream": "a", "parameters": OBJECT, "body": OBJECT}, {"stream": "a", "body": JSON}]},
    ],
)
def test_objects_and_booleans_are_valid_as_they_are(fields: dict[str, Any]) -> None:
    jsonschema.validate(MINIMAL | fields, SCHEMA)
    assert migrate(MINIMAL | fields) == MINIMAL | fields


@pytest.mark.parametrize(
    "fields",
    [
        {"allow_writes": "yes", "inputs": "a", "actions": {"a": 1}}, {"inputs": ["a", None, 7], "actions": [[]]},
        {"allow_writes": None, "inputs": None}, {"num_workers": True}, {"num_workers": 1.0},
        {"inputs": [{"stream": "a", "parameters": ""}], "actions": [{"stream": "a", "body": 7}]},
    ],
)  # fmt: skip
def test_other_values_are_left_for_the_validation(fields: dict[str, Any]) -> None:
    assert migrate(MINIMAL | fields) == MINIMAL | fields
