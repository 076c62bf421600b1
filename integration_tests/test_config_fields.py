"""Every config field with values of every type: each is accepted, or refused by the field's name."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from integration_tests.conftest import Command
from integration_tests.emulator import Emulator
from integration_tests.harness import Result, Row, configured_catalog, discover, run
from integration_tests.samples import combine
from source_zendesk.manifest import Manifest
from source_zendesk.settings import settings
from source_zendesk.settings.validation import validate

SPECIFICATION = Manifest.load().spec["connection_specification"]
UPLOAD = {"stream": "upload_files", "parameters": {"filename": "a"}, "file": str(Path(__file__).resolve())}
ITEMS: dict[str, Row] = {
    "sideloads": {"stream": "tickets", "include": ["users"]},
    "inputs": {"stream": "search", "parameters": {"query": "a"}},
    "actions": {"stream": "create_ticket", "parameters": {}, "body": {"ticket": {"subject": "a"}}},
}
CLIENT = {"client_id": "emulated-client", "client_secret": "emulated-secret"}
LOGINS: tuple[Row, ...] = (
    {"credentials": "api_token", "email": "owner@example.com", "api_token": "emulated-api-token"},
    {"credentials": "basic", "email": "owner@example.com", "password": "emulated-password"},
    {"credentials": "client_credentials", **CLIENT, "scope": "read write"},
    {"credentials": "oauth2_refresh", **CLIENT, "refresh_token": "emulated-refresh-token",
     "access_token": "emulated-access-token", "token_expiry_date": "2099-01-01T00:00:00Z"},
)  # fmt: skip
REQUIRED = {
    *("subdomain", "credentials", "credentials.credentials", "credentials.email", "credentials.api_token"),
    *("credentials.password", "credentials.client_id", "credentials.client_secret", "credentials.refresh_token"),
    *("sideloads[0].stream", "sideloads[0].include", "inputs[0].stream", "inputs[0].parameters", "actions[0].stream"),
    *("actions[0].file", "actions[0].body"),
}
# Without these, a token is requested.
RENEWED = ("credentials.access_token", "credentials.token_expiry_date")
SET = {"text": "soon", "long": "x" * 500, "odd": "~nobody/\x00\n\u202e", "true": True, "number": 7, "fraction": 1.5,
       "negative": -1, "huge": 10**30, "list": [], "list of a list": [[]], "list of a text": ["a"],
       "object": {}, "object in an object": {"a": {"b": 1}}}  # fmt: skip


def paths() -> list[str]:
    """The dotted paths of all config fields, except `base_url`, which has unit tests."""
    fields = [name for name in SPECIFICATION["properties"] if name != "base_url"]
    kinds = SPECIFICATION["properties"]["credentials"]["oneOf"]
    logins = dict.fromkeys(f"credentials.{name}" for kind in kinds for name in kind["properties"])
    items = [f"{name}[0].{key}" for name in ITEMS for key in SPECIFICATION["properties"][name]["items"]["properties"]]
    return [*fields, *logins, *items]


def changed(zendesk: Emulator, path: str, value: Any) -> Row:
    """A valid config with this value in the field."""
    head, _, tail = path.partition(".")
    name, is_item = head.removesuffix("[0]"), head.endswith("[0]")
    config = zendesk.config()
    if name == "credentials" and tail:
        return config | {name: next(login for login in LOGINS if tail in login) | {tail: value}}
    if is_item:
        item = UPLOAD if path == "actions[0].file" else ITEMS[name]
        return config | {"dry_run": True, name: [item | {tail: value}]}
    return config | {name: value}


def error_text(result: Result) -> str:
    """The error message of a command, from the status for `check`; empty without an error."""
    statuses = [status for status in result.bodies("connectionStatus") if status["status"] == "FAILED"]
    return "".join([*(status.get("message", "") for status in statuses), *result.errors])


def assert_named(command: Command, config: Row, path: str) -> None:
    """Assert that an error names the field or its parent, without a traceback."""
    parent = path.rpartition(".")[0] or path
    for name in ("check", "discover"):
        result = command(name, config=config)
        message = error_text(result)
        assert not message or f"`{path}" in message or f"`{parent}" in message, (name, path, message)
        assert "Traceback" not in result.stderr + str(result.messages)
        assert result.noise == []
        assert "connectionStatus" in str(result.messages) or name == "discover"


@pytest.mark.parametrize(("path", "unset"), combine(paths(), [None, ""]))
def test_null_and_an_empty_string_count_as_unset(
    path: str, unset: Any, command: Command, quiet_zendesk: Emulator
) -> None:
    config = changed(quiet_zendesk, path, unset)
    for name in ("check", "discover"):
        message = error_text(command(name, config=config))
        if path in RENEWED and name == "check":
            assert "rejects the refresh token" in message
        else:
            assert bool(message) == (path in REQUIRED), (name, message)
            assert not message or f"`{path}" in message


@pytest.mark.parametrize("name", ["check", "discover", "read"])
def test_a_command_parses_the_configuration_once(name: str, quiet_zendesk: Emulator) -> None:
    config = quiet_zendesk.config(num_workers=1, unknown_fields="collect")
    catalog = configured_catalog(discover(config), ["groups", "reconciliation"])
    with patch.object(settings, "validate", wraps=validate) as validated:
        result = run(name, config=config, **({"catalog": catalog} if name == "read" else {}))
    assert (result.errors, validated.call_count) == ([], 1)


@pytest.mark.parametrize(("path", "kind"), combine(paths(), SET))
def test_a_wrong_value_names_its_field(path: str, kind: str, command: Command, quiet_zendesk: Emulator) -> None:
    assert_named(command, changed(quiet_zendesk, path, SET[kind]), path)
