"""Credentials sign requests unchanged, whatever their format, and are read when a request is signed."""

import base64
from typing import Any

import pytest
from requests_mock import Mocker

from source_zendesk.http.authenticator import ZendeskAuthenticator
from unit_tests.account import ACCOUNT


def header(**credentials: Any) -> dict[str, Any]:
    return dict(ZendeskAuthenticator({"credentials": credentials}, ACCOUNT).get_auth_header())


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


def test_the_credentials_are_read_when_a_request_is_signed() -> None:
    config: dict[str, Any] = {}
    authenticator = ZendeskAuthenticator(config, ACCOUNT)
    config["credentials"] = {"credentials": "oauth2.0", "access_token": "t0ken"}
    assert authenticator.get_auth_header() == {"Authorization": "Bearer t0ken"}


def test_an_oauth_token_that_zendesk_refused_is_replaced(requests_mock: Mocker) -> None:
    requests_mock.post(f"{ACCOUNT}/oauth/tokens", [{"json": {"access_token": name}} for name in ("first", "second")])
    client = {"credentials": "client_credentials", "client_id": "id", "client_secret": "s3cret-of-the-client"}
    authenticator = ZendeskAuthenticator({"credentials": client}, ACCOUNT)
    assert authenticator.get_auth_header() == {"Authorization": "Bearer first"}
    authenticator.refresh_and_set_access_token()
    assert authenticator.get_auth_header() == {"Authorization": "Bearer second"}
