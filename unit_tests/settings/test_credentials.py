"""Credentials are parsed without padding, and a missing secret is named by its field."""

import pytest

from source_zendesk.errors import ConfigError
from source_zendesk.settings.credentials import header_value, parse_credentials
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
