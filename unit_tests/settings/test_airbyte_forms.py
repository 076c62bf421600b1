"""Credentials in the form of Airbyte's connectors are refused with the remedy; others are not checked."""

from typing import Any

import pytest

from source_zendesk.errors import ConfigError
from source_zendesk.settings.airbyte_forms import check_airbyte_form
from unit_tests.manifest.small_manifest import ACCOUNT

SCHEMA = ACCOUNT["config"]


@pytest.mark.parametrize(
    ("block", "error"),
    [
        ({"credentials": {"credentials": "access_token"}}, "put the content of its `credentials` into `chat`."),
        ({"auth_type": "access_token"}, "`chat.auth_type`: rename `auth_type` to `credentials`."),
        ({"api_token": "a"}, 'rename `api_token` to `access_token`, and add `"credentials": "access_token"`.'),
        ({"credentials": "access_token", "api_token": "a"}, "rename `api_token` to `access_token`."),
    ],
)
def test_the_remedy(block: dict[str, Any], error: str) -> None:
    with pytest.raises(ConfigError) as raised:
        check_airbyte_form("chat", block, SCHEMA)
    assert str(raised.value.message).endswith(error)


@pytest.mark.parametrize(
    "block",
    [
        None,
        "a-token",
        {},
        {"credentials": "access_token", "access_token": "a", "auth_type": "b"},
        {"credentials": "access_token", "access_token": "a", "api_token": None},
    ],
)
def test_another_form_is_left_to_the_schema(block: Any) -> None:
    check_airbyte_form("chat", block, SCHEMA)
