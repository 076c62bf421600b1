"""A refused token request is a configuration error with its cause and remedy."""

import re
from typing import Any

import pytest

from source_zendesk.errors import ConfigError
from source_zendesk.http.token_refusals import describe_token_response, raise_for_token_refusal
from unit_tests.account import ResponseFactory


@pytest.mark.parametrize(
    ("status", "body", "headers", "message"),
    [
        (400, {"error": "invalid_grant"}, {}, r"refresh token; .*it is single-use.*\(400: invalid_grant\)"),
        (401, {"error": "other"}, {}, r"refuses the credentials \(basic\); check `credentials`\. \(401: other\)"),
        (403, {"error": "other", "access_token": "t0ken"}, {}, r"\(403: its body contains a token and is not shown\)"),
        (307, None, {"Location": "https://evil.example/oauth"}, r"evil\.example"),
        (302, None, {"Location": "https://login.okta.com/app/sso/saml"}, r"okta.*check `credentials`"),
    ],
)
def test_a_refusal_names_cause_and_remedy(
    status: int, body: Any, headers: dict[str, str], message: str, make_response: ResponseFactory
) -> None:
    with pytest.raises(ConfigError, match=message) as refused:
        raise_for_token_refusal(make_response(status, body, **headers), "basic")
    assert "t0ken" not in str(refused.value.message)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ("invalid_client", "Zendesk rejects the OAuth client; check `sell.client_id` and `sell.client_secret`. (400"),
        ("unauthorized_client", "Zendesk does not allow this OAuth client to request tokens; use a confidential"),
        ("invalid_grant", "Zendesk rejects the refresh token; get a new one by consenting again. (400"),
        ("invalid_scope", "Zendesk rejects the scope; check `sell.scope`"),
        ("other", "Zendesk refuses the credentials (oauth2_refresh); check `sell`. (400"),
    ],
)
def test_the_remedy_for_a_product_has_nothing_of_support(
    error: str, message: str, make_response: ResponseFactory
) -> None:
    with pytest.raises(ConfigError) as refused:
        raise_for_token_refusal(make_response(400, {"error": error}), "oauth2_refresh", "sell")
    assert str(refused.value.message).startswith(message)
    assert not re.search("Admin Center|client_credentials|`credentials", str(refused.value.message))


@pytest.mark.parametrize("error", ["invalid_client", "unauthorized_client"])
def test_the_remedy_for_support_names_its_oauth_clients(error: str, make_response: ResponseFactory) -> None:
    with pytest.raises(ConfigError, match="Admin Center under Apps"):
        raise_for_token_refusal(make_response(401, {"error": error}), "client_credentials")


def test_a_successful_response_is_no_refusal(make_response: ResponseFactory) -> None:
    raise_for_token_refusal(make_response(200, {"error": "invalid_grant"}), "basic")


def test_a_response_is_described_by_status_and_reason(make_response: ResponseFactory) -> None:
    assert describe_token_response(make_response(503, {"error": "busy"})) == "503: busy"
