"""A refused token request is a configuration error with its cause and remedy."""

from typing import Any

import pytest

from source_zendesk.errors import ConfigError
from source_zendesk.http.token_refusals import describe_token_response, raise_for_token_refusal
from unit_tests.account import ResponseFactory


@pytest.mark.parametrize(
    ("status", "body", "headers", "message"),
    [
        (400, {"error": "invalid_grant"}, {}, r"refresh token, which is single-use.*\(400: invalid_grant\)"),
        (401, {"error": "other"}, {}, r"refuses the credentials \(basic\); check `credentials`\. \(401: other\)"),
        (403, {"error": "other", "access_token": "t0ken"}, {}, r"\(403: its body contains a token and is not shown\)"),
        (307, None, {"Location": "https://evil.example/oauth"}, r"evil\.example"),
        (302, None, {"Location": "https://login.okta.com/app/sso/saml"}, r"okta"),
    ],
)
def test_a_refusal_names_cause_and_remedy(
    status: int, body: Any, headers: dict[str, str], message: str, make_response: ResponseFactory
) -> None:
    with pytest.raises(ConfigError, match=message) as refused:
        raise_for_token_refusal(make_response(status, body, **headers), "basic")
    assert "t0ken" not in str(refused.value.message)


def test_a_successful_response_is_no_refusal(make_response: ResponseFactory) -> None:
    raise_for_token_refusal(make_response(200, {"error": "invalid_grant"}), "basic")


def test_a_response_is_described_by_status_and_reason(make_response: ResponseFactory) -> None:
    assert describe_token_response(make_response(503, {"error": "busy"})) == "503: busy"
