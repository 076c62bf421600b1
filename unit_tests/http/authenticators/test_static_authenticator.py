"""Static credentials sign requests unchanged, whatever their format."""

import base64
from typing import Any

import pytest

from source_zendesk.http.authenticators import StaticAuthenticator


def header(**credentials: Any) -> dict[str, Any]:
    return dict(StaticAuthenticator({"credentials": credentials}).get_auth_header())


def basic_header(text: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}


@pytest.mark.parametrize("secret", ["s3cret", "1_000", "{{ config }}", "ü:ö", "007"])
def test_a_token_and_a_password_are_sent_unchanged(secret: str) -> None:
    token = header(credentials="api_token", email="ada@example.com", api_token=secret)
    password = header(credentials="basic", email="ada@example.com", password=secret)
    assert token == basic_header(f"ada@example.com/token:{secret}")
    assert password == basic_header(f"ada@example.com:{secret}")


def test_an_access_token_is_a_bearer_token() -> None:
    assert header(credentials="oauth2.0", access_token="1_000") == {"Authorization": "Bearer 1_000"}
