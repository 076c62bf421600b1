"""Tokens are requested from the account only; failures are retried and refusals are not."""

from base64 import b64decode
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
from requests_mock import Mocker
from urllib3.exceptions import ReadTimeoutError

from source_zendesk.errors import ConfigError, TokenError, UnreachableError
from source_zendesk.http.oauth_tokens import ClientCredentialsTokens, RefreshTokens
from source_zendesk.http.session import CHECK_TIMEOUTS, SYNC_TIMEOUTS, Timeouts
from unit_tests.account import ACCOUNT

TOKENS = f"{ACCOUNT}/oauth/tokens"
CLIENT = {"client_id": "id", "client_secret": "s3cret-of-the-client"}
TOKEN = {"access_token": "new-token", "expires_in": 86400}


def build(kind: Callable[..., Any], **credentials: Any) -> Any:
    return kind({"credentials": {**CLIENT, **credentials}}, ACCOUNT)


def client(**credentials: Any) -> Any:
    return build(ClientCredentialsTokens, credentials="client_credentials", **credentials)


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The recorded waits; no test sleeps."""
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    return waits


@pytest.mark.parametrize(("more", "scope"), [({}, "read"), ({"scope": "read write"}, "read write")])
def test_a_token_request_contains_id_secret_and_scope(more: dict[str, str], scope: str, requests_mock: Mocker) -> None:
    requests_mock.post(TOKENS, json=TOKEN)
    assert client(**more).valid_token() == "new-token"
    sent = {name: [value] for name, value in {**CLIENT, "scope": scope}.items()}
    assert _form(requests_mock).items() >= {**sent, "grant_type": ["client_credentials"]}.items()
    assert "refresh_token" not in _form(requests_mock)


def test_a_valid_token_is_requested_once(requests_mock: Mocker) -> None:
    requests_mock.post(TOKENS, json=TOKEN)
    tokens = client()
    assert tokens.valid_token() == tokens.valid_token()
    assert requests_mock.call_count == 1


def test_a_refresh_token_is_sent_and_its_successor_stored(requests_mock: Mocker) -> None:
    requests_mock.post(TOKENS, json={**TOKEN, "refresh_token": "second-of-them"})
    old = {"refresh_token": "first-of-them", "access_token": "", "token_expiry_date": "2020-01-01T00:00:00Z"}
    tokens = build(RefreshTokens, credentials="oauth2_refresh", **old)
    assert tokens.valid_token() == "new-token"
    assert _form(requests_mock)["refresh_token"] == ["first-of-them"]
    assert tokens.config["credentials"]["refresh_token"] == "second-of-them"


@pytest.mark.parametrize("failure", [{"status_code": 503}, {"status_code": 429}, {"exc": requests.ConnectionError}])
def test_a_failure_is_retried(failure: dict[str, Any], requests_mock: Mocker, slept: list[float]) -> None:
    requests_mock.post(TOKENS, [failure, {"json": TOKEN}])
    assert client().valid_token() == "new-token"
    assert len(slept) == 1


def test_a_failure_longer_than_five_minutes_is_no_configuration_error(requests_mock: Mocker) -> None:
    requests_mock.post(TOKENS, status_code=503, headers={"Retry-After": "301"})
    with pytest.raises(TokenError, match=r"no OAuth token \(503"):
        client().valid_token()
    assert requests_mock.call_count == 1


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refusal_is_a_configuration_error_and_not_retried(status: int, requests_mock: Mocker) -> None:
    requests_mock.post(TOKENS, status_code=status, json={"error": "invalid_client", "error_description": "x"})
    with pytest.raises(ConfigError, match=rf"check `credentials.client_id`.*{status}: invalid_client"):
        client().valid_token()
    assert requests_mock.call_count == 1


@pytest.mark.parametrize("location", ["https://evil.example/oauth/tokens", "/oauth/other"])
def test_redirects_are_not_followed(location: str, requests_mock: Mocker) -> None:
    requests_mock.post(TOKENS, status_code=307, headers={"Location": location})
    with pytest.raises(ConfigError, match="check `subdomain`"):
        client().valid_token()
    assert [sent.url for sent in requests_mock.request_history] == [TOKENS]


@pytest.mark.parametrize("response", [{"text": "<html>"}, {"json": {}}, {"json": []}, {"json": {"access_token": 5}}])
def test_a_response_without_a_token_is_an_error(response: dict[str, Any], requests_mock: Mocker) -> None:
    requests_mock.post(TOKENS, **response)
    with pytest.raises(TokenError):
        client().valid_token()


def test_a_token_invalid_in_headers_is_rejected_and_not_shown(requests_mock: Mocker) -> None:
    requests_mock.post(TOKENS, json={"access_token": "line\nbreak"})
    with pytest.raises(ConfigError, match="`access_token`") as refused:
        client().valid_token()
    assert "line" not in str(refused.value.message).replace("line break", "")


def test_after_one_request_has_timed_out_the_timeouts_are_short(
    requests_mock: Mocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("source_zendesk.http.backoff.SHORTEST_WAIT_AFTER_RESPONSE", 0.01)
    requests_mock.post(f"{ACCOUNT}/oauth/tokens", status_code=503, headers={"Retry-After": "0"})
    tokens = client()
    tokens.timeouts, tokens.short_timeouts = Timeouts(1, 1, 0.1), Timeouts(1, 1, 0)
    with pytest.raises(TokenError, match="503"):
        tokens.valid_token()
    before = requests_mock.call_count
    with pytest.raises(TokenError, match="503"):
        tokens.valid_token()
    assert (before > 1, requests_mock.call_count) == (True, before + 1)


def refresher() -> Any:
    return build(RefreshTokens, credentials="oauth2_refresh", refresh_token="first-of-them")


NO_ANSWER = [
    requests.ReadTimeout(),
    requests.ConnectionError(ReadTimeoutError(None, "", "in the middle of the body")),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("failure", NO_ANSWER, ids=["no response", "half a response"])
def test_a_refresh_token_that_may_be_spent_is_not_sent_again(failure: Exception, requests_mock: Mocker) -> None:
    requests_mock.post(TOKENS, [{"exc": failure}, {"json": TOKEN}])
    asking = refresher()
    for _ in range(2):
        with pytest.raises(UnreachableError, match="this request has used it up: give consent again"):
            asking.valid_token()
    assert requests_mock.call_count == 1


@pytest.mark.parametrize("failure", [{"status_code": 503}, {"exc": requests.ConnectTimeout}])
def test_a_refresh_token_that_zendesk_did_not_get_is_sent_again(failure: dict[str, Any], requests_mock: Mocker) -> None:
    requests_mock.post(TOKENS, [failure, {"json": TOKEN}])
    assert refresher().valid_token() == "new-token"


def test_a_response_with_a_refresh_token_is_waited_for_as_in_a_sync(requests_mock: Mocker) -> None:
    requests_mock.post(TOKENS, [{"status_code": 503, "headers": {"Retry-After": "301"}}, {"json": TOKEN}])
    asking = refresher()
    asking.timeouts = CHECK_TIMEOUTS
    with pytest.raises(TokenError):
        asking.valid_token()
    asking.valid_token()
    timeouts: list[Any] = [sent.timeout for sent in requests_mock.request_history]
    assert [read for _, read in timeouts] == [SYNC_TIMEOUTS.read] * 2


def _form(zendesk: Mocker) -> dict[str, list[str]]:
    return parse_qs(zendesk.request_history[-1].text)


def test_a_product_can_take_the_client_in_the_header(requests_mock: Mocker) -> None:
    address = "https://api.getbase.com/oauth2/token"
    requests_mock.post(address, json={**TOKEN, "refresh_token": "first-of-them"})
    credentials = {**CLIENT, "credentials": "oauth2_refresh", "refresh_token": "first-of-them"}
    config = {"credentials": credentials, "token_path": "/oauth2/token", "token_client_in_header": True}
    assert RefreshTokens(config, "https://api.getbase.com").valid_token() == "new-token"
    assert _form(requests_mock) == {"grant_type": ["refresh_token"], "refresh_token": ["first-of-them"]}
    sent = requests_mock.request_history[0].headers["Authorization"]
    assert b64decode(sent.removeprefix("Basic ")).decode() == "id:s3cret-of-the-client"
