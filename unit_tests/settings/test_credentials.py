"""Credentials are parsed without padding, and a missing secret is named by its field."""

from typing import Any

import pytest

from source_zendesk.errors import ConfigError
from source_zendesk.settings.credentials import describe_credentials, header_value, parse_credentials
from unit_tests.manifest.small_manifest import ACCOUNT

SCHEMA = ACCOUNT["config"]


def test_padding_and_unset_fields_are_removed() -> None:
    given = {"credentials": "access_token", "access_token": " secret ", "host": "", "other": None}
    expected = {"credentials": "access_token", "access_token": "secret"}
    assert parse_credentials("chat", given, SCHEMA) == expected


def test_a_missing_secret_is_named() -> None:
    with pytest.raises(ConfigError, match=r"`chat\.access_token`: expected a string; it is missing\."):
        parse_credentials("chat", {"credentials": "access_token", "access_token": "  "}, SCHEMA)


def test_a_value_that_no_header_can_contain_is_refused() -> None:
    with pytest.raises(ConfigError, match="`on_behalf_of`: it contains a line break"):
        header_value("on_behalf_of", "a\nb")


SECRET = {"type": "string", "airbyte_secret": True}
FORM = {
    "oneOf": [
        {
            "required": ["credentials", "token", "password"],
            "properties": {
                "credentials": {"const": "a"},
                "token": {**SECRET, "description": "The token of a client."},
                "password": SECRET,
                "email": {"type": "string"},
                "ids": {"type": "array"},
            },
        }
    ]
}
VALID = {"credentials": "a", "token": "t", "password": "p"}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"token": "Bearer abc"}, "`chat.token`: enter the value without `Bearer ` before it."),
        ({"token": " basic abc"}, "`chat.token`: enter the value without `Basic ` before it."),
        ({"token": "..."}, "`chat.token`: enter the value in place of the dots of the example."),
        ({"password": " ... "}, "`chat.password`: enter the value in place of the dots of the example."),
        ({"email": "..."}, "`chat.email`: enter the value in place of the dots of the example."),
        ({"ids": ["b", "..."]}, "`chat.ids`: enter the value in place of the dots of the example."),
    ],
)
def test_a_value_with_more_than_the_secret_or_from_an_example_is_refused(change: dict[str, Any], error: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_credentials("chat", VALID | change, FORM)
    assert raised.value.message == error


@pytest.mark.parametrize(
    "change",
    [{"token": "bearerabc"}, {"token": "a Bearer"}, {"token": "a..."}, {"password": "Basic abc"}, {"email": "Basic a"}],
)
def test_a_value_that_only_resembles_one_is_accepted(change: dict[str, Any]) -> None:
    assert parse_credentials("chat", VALID | change, FORM) == VALID | change


def test_the_fields_of_credentials_are_described() -> None:
    assert describe_credentials("chat", VALID, FORM) == "`chat.token` (the token of a client), `chat.password`"
    assert describe_credentials("chat", {}, FORM) == ""
