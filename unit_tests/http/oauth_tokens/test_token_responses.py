"""Any token response leaves the connection with a refresh token that works."""

import contextlib
import io
import json
from typing import Any

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st

from source_zendesk.errors import ConfigError, TokenError
from source_zendesk.http.oauth_tokens import RefreshTokens

JSON = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.lists(st.integers(), max_size=2)
)
ACCESS_TOKENS: st.SearchStrategy[Any] = st.sampled_from(["new-access", "", None, 7, [], "line\nbreak", "\ud83d"])


def refreshed(body: Any, content: bytes | None = None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The configuration after a refresh that got this response, and the configurations that were emitted."""
    given_credentials = {
        "credentials": "refresh_token",
        "client_id": "client",
        "client_secret": "old-secret",
        "refresh_token": "old-refresh",
    }
    config: dict[str, Any] = {"credentials": given_credentials}
    tokens, response, output = RefreshTokens(config, "https://example.zendesk.com"), requests.Response(), io.StringIO()
    response.status_code, response._content = 200, json.dumps(body).encode() if content is None else content
    tokens._post = lambda: response  # type: ignore[method-assign]
    with contextlib.redirect_stdout(output), contextlib.suppress(ConfigError, TokenError):
        tokens.valid_token()
    messages = [json.loads(line) for line in output.getvalue().splitlines()]
    return config, [message["control"]["connectorConfig"]["config"] for message in messages]


@given(ACCESS_TOKENS, JSON)
@example("new-access", "soon")
@example("new-access", 10**12)
@example("new-access", 10**400)
def test_a_new_refresh_token_is_emitted_whatever_else_the_response_contains(access_token: Any, expires_in: Any) -> None:
    body = {"access_token": access_token, "refresh_token": "new-refresh", "expires_in": expires_in}
    _, emitted = refreshed(body)
    assert [config["credentials"]["refresh_token"] for config in emitted] == ["new-refresh"]


@pytest.mark.parametrize("refresh_token", ["", " ", None, 7, True, [], {}, "line\nbreak", "\ud83d"])
def test_an_unusable_refresh_token_keeps_the_old_one(refresh_token: Any) -> None:
    config, emitted = refreshed({"access_token": "new-access", "refresh_token": refresh_token, "expires_in": 60})
    assert config["credentials"]["refresh_token"] == "old-refresh"
    assert [config["credentials"]["refresh_token"] for config in emitted] == ["old-refresh"]


START = b'{"access_token": "new-access", "refresh_token": "new-refresh"'


@pytest.mark.parametrize(
    "end",
    [
        b', "expires_in": Infinity}', b', "expires_in": -Infinity, "x": NaN}',
        b', "x": ' + b"[" * 9000 + b"]" * 9000 + b"}",
        b', "x": ' + b"[" * 9000, b', "expires_in": 86', b",}", b"}<!-- -->", b', "x": "\xff\x00"}', b"",
        b', "x": ' + b"9" * 9000 + b"}",
    ],
    ids=["infinity", "nan", "deep", "deep and cut off", "cut off", "a comma",
         "more after it", "bytes", "no end", "digits"],
)  # fmt: skip
def test_a_new_refresh_token_in_invalid_json_is_emitted(end: bytes) -> None:
    config, emitted = refreshed(None, START + end)
    assert [each["credentials"]["refresh_token"] for each in emitted] == ["new-refresh"]
    assert config["credentials"]["access_token"] == "new-access"


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b'{"refresh_token": "new-ref', b'{"refresh_token": 7', b"[" * 9000]
)
def test_a_response_without_a_complete_token_keeps_the_old_one(content: bytes) -> None:
    config, emitted = refreshed(None, content)
    assert config["credentials"]["refresh_token"] == "old-refresh"
    assert emitted == []


@given(st.binary(), st.binary().filter(lambda end: not end.startswith(b"}")))
@example(b"[", b"]")
@example(b'{"refresh_token": "\\q", ', b"")
@example(b'"access_token": "\\ud83d", ', b"")
def test_tokens_among_any_bytes_are_emitted(before: bytes, after: bytes) -> None:
    """Unless a quote before them makes them part of another text."""
    _, emitted = refreshed(None, before + b" " + START + after)
    if before.count(b'"') % 2 == 0 and b"\\" not in before:
        assert [each["credentials"]["refresh_token"] for each in emitted] == ["new-refresh"]
