"""The error of a field names it, the expected form and the form of its value, as the specification defines them."""

from typing import Any

import pytest

from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Manifest
from source_zendesk.settings.settings import config_schema
from source_zendesk.settings.validation import validate

SCHEMA = config_schema(Manifest.load())
LOGIN = {"credentials": "api_token", "email": "a@example.com", "api_token": "s3cret"}
CLIENT = {"credentials": "oauth2_refresh", "client_id": "a", "client_secret": "b", "refresh_token": "c"}
OF_SUBDOMAIN = "`subdomain`: expected the `acme` of acme.zendesk.com"
OF_CREDENTIALS = "`credentials`: expected an object with `credentials` and the fields of that kind"
OF_KIND = "`credentials.credentials`: expected one of client_credentials, oauth2_refresh, oauth2.0, api_token, basic"
OF_WORKERS = "`num_workers`: expected a whole number from 2 to 40"
OF_START = "`start_date`: expected a date such as 2024-01-01 or 2024-01-01T00:00:00Z"
OF_ITEMS = "expected a list of objects that name a `stream`"
ERRORS: list[tuple[str, Any, str]] = [
    ("subdomain", None, f"{OF_SUBDOMAIN}; it is missing."),
    ("subdomain", "", f"{OF_SUBDOMAIN}; it is missing."),
    ("subdomain", 7, f"{OF_SUBDOMAIN}; got 7."),
    ("credentials", None, f"{OF_CREDENTIALS}; it is missing."),
    ("credentials", "s3cret", f"{OF_CREDENTIALS}; got a string."),
    ("credentials", {}, f"{OF_KIND}; it is missing."),
    ("credentials", {"credentials": "magic"}, f"{OF_KIND}; got 'magic'."),
    ("credentials", LOGIN | {"api_token": 7}, "`credentials.api_token`: expected a string; got a number."),
    (
        "credentials",
        LOGIN | {"email": ""},
        "`credentials.email`: expected a string; it is missing. api_token needs it.",
    ),
    (
        "credentials",
        CLIENT | {"token_expiry_date": "soon"},
        "`credentials.token_expiry_date`: expected a time such as 2024-01-01T00:00:00Z, or nothing; got 'soon'.",
    ),
    ("num_workers", 41, f"{OF_WORKERS}; got 41."),
    ("num_workers", True, f"{OF_WORKERS}; got True."),
    ("num_workers", 8.0, f"{OF_WORKERS}; got 8.0."),
    ("num_workers", "8", f"{OF_WORKERS}; got '8'."),
    ("catalog", "drop", "`catalog`: expected recommended or complete; got 'drop'."),
    ("on_behalf_of", ["a"], "`on_behalf_of`: expected a string; got ['a']."),
    ("start_date", 2024, f"{OF_START}; got 2024."),
    ("start_date", "2024-02-31", f"{OF_START}; got '2024-02-31'."),
    ("start_date", "2024-01-01\n", f"{OF_START}; got '2024-01-01\\n'."),
    ("start_date", "x" * 99, f"{OF_START}; got '{'x' * 79}."),
    ("base_url", 7, "`base_url`: expected an https address, or http to this machine; got 7."),
    ("allow_writes", "yes", "`allow_writes`: expected true or false; got 'yes'."),
    ("dry_run", 1, "`dry_run`: expected true or false; got 1."),
    ("inputs", "search", f"`inputs`: {OF_ITEMS}; got a string."),
    ("inputs", '[{"parameters": {"token": "s3cret"}}]', f"`inputs`: {OF_ITEMS}; got a string."),
    ("actions", '[{"body": {"token": "s3cret"}}]', f"`actions`: {OF_ITEMS}; got a string."),
    ("sideloads", {"token": "s3cret"}, f"`sideloads`: {OF_ITEMS}; got an object."),
    ("inputs", ["search"], f"`inputs`: {OF_ITEMS}; got a list with a string."),
    ("inputs", [{}], "`inputs[0].stream`: expected the name of a stream; it is missing."),
    (
        "inputs",
        [{"stream": "search", "parameters": 7}],
        "`inputs[0].parameters`: expected an object; got a number.",
    ),
    (
        "sideloads",
        [{"stream": "tickets"}],
        "`sideloads[0].include`: expected a list of strings; it is missing.",
    ),
    (
        "sideloads",
        [{"stream": "tickets", "include": ["users", 7]}],
        "`sideloads[0].include`: expected a list of strings; got a list with a number.",
    ),
    (
        "actions",
        [{"stream": "a"}, {"stream": "b", "body": ["s3cret"]}],
        "`actions[1].body`: expected an object; got a list.",
    ),
    (
        "actions",
        [{"stream": "upload_files", "file": {"a": "s3cret"}}],
        "`actions[0].file`: expected a string; got an object.",
    ),
]


@pytest.mark.parametrize(("field", "value", "message"), ERRORS)
def test_the_error_names_the_field_and_its_form(field: str, value: Any, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        validate({"subdomain": "acme", "credentials": LOGIN, field: value}, SCHEMA)
    assert error.value.message == message
    assert "s3cret" not in message


@pytest.mark.parametrize(
    "changes",
    [
        {},
        dict.fromkeys(set(SCHEMA["properties"]) - {"subdomain", "credentials"}),
        dict.fromkeys(set(SCHEMA["properties"]) - {"subdomain", "credentials"}, ""),
        {"credentials": {**CLIENT, "access_token": "", "token_expiry_date": None}},
        {"credentials": LOGIN | {"unknown": 7}, "unknown": [7]},
        {"allow_writes": True},
        {"inputs": [{"stream": "search", "parameters": {"json": '{"query": "a"}'}}]},
    ],
)
def test_unset_and_unknown_fields_are_valid(changes: dict[str, Any]) -> None:
    validate({"subdomain": "acme", "credentials": LOGIN, **changes}, SCHEMA)


@pytest.mark.parametrize("field", ["num_workers", "export_page_size", "page_size", "ticket_search_lookback_days"])
def test_bounds_are_those_of_the_specification(field: str) -> None:
    low, high = (SCHEMA["properties"][field][bound] for bound in ("minimum", "maximum"))
    for value in (low, high):
        validate({"subdomain": "acme", "credentials": LOGIN, field: value}, SCHEMA)
    for value in (low - 1, high + 1):
        with pytest.raises(ConfigError, match=f"`{field}`: expected a whole number from {low} to {high}; got {value}"):
            validate({"subdomain": "acme", "credentials": LOGIN, field: value}, SCHEMA)
