"""Authenticators: static credentials, and OAuth tokens that are requested and refreshed."""

import base64
import contextlib
import itertools
import re
import time
from collections.abc import Mapping
from typing import Any

import requests
from airbyte_cdk.sources.declarative.auth.declarative_authenticator import DeclarativeAuthenticator
from airbyte_cdk.sources.streams.http.requests_native_auth.abstract_oauth import AbstractOauth2Authenticator
from airbyte_cdk.sources.streams.http.requests_native_auth.oauth import (
    Oauth2Authenticator,
    SingleUseRefreshTokenOauth2Authenticator,
)

from source_zendesk.errors import ConfigError, TokenError, UnreachableError
from source_zendesk.http.backoff import RetryAfterBackoff
from source_zendesk.http.bounded_response import ResponseTooLargeError, read_partial_body
from source_zendesk.http.connection_failure import READ_TIMEOUT, TOO_SLOW, classify_failure, is_transient
from source_zendesk.http.error_text import error_code, error_text, parse_json
from source_zendesk.http.intermediaries import detect_intermediary
from source_zendesk.http.response import parse_serializable
from source_zendesk.http.session import SHORT_TIMEOUTS, SYNC_TIMEOUTS, CrossOriginError, Timeouts, account_session
from source_zendesk.http.token_exchange import token_exchange
from source_zendesk.output.redaction import check_header, register

USER_FORMATS = {"api_token": "{email}/token:{api_token}", "basic": "{email}:{password}"}


class StaticAuthenticator(DeclarativeAuthenticator):
    """Signs with the configured credentials, unchanged; the CDK's authenticators convert `1_000` to a number.

    https://developer.zendesk.com/api-reference/introduction/security-and-auth/
    """

    config: Mapping[str, Any]

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.config = config

    @property
    def auth_header(self) -> str:
        """The name of the header that signs a request."""
        return "Authorization"

    @property
    def token(self) -> str:
        """The value of that header."""
        credentials = self.config["credentials"]
        user_format = USER_FORMATS.get(credentials["credentials"])
        if user_format is None:
            return f"Bearer {credentials['access_token']}"
        return f"Basic {base64.b64encode(user_format.format(**credentials).encode()).decode()}"


ADMIN_CENTER_CLIENTS = "Admin Center under Apps and integrations > APIs > OAuth clients"
# The cause and the remedy for each `error` of a refusal. https://www.rfc-editor.org/rfc/rfc6749#section-5.2
OAUTH_ERRORS = {
    "invalid_client": "Zendesk rejects the OAuth client; check `credentials.client_id` and `credentials.client_secret` "
    f"against {ADMIN_CENTER_CLIENTS}, where you can create a new secret",
    "unauthorized_client": "Zendesk does not allow this OAuth client to request tokens; use a confidential client, "
    f"see {ADMIN_CENTER_CLIENTS}",
    "invalid_grant": "Zendesk rejects the refresh token, which is single-use and expires; get a new one by "
    "consenting again, or use `client_credentials`, which needs none",
    "invalid_scope": "Zendesk rejects the scope; check `credentials.scope`, such as `read` or `read write`",
}
TOKEN_FIELD = re.compile(rb'"(access_token|refresh_token)"\s*:\s*("[^"\\]*(?:\\.[^"\\]*)*")', re.DOTALL)
# The response contains `expires_in` only if the request does.
LIFETIME_REQUEST = {"expires_in": "86400"}
MAYBE_SPENT = "If Zendesk then rejects the refresh token, this request has used it up: give consent again."
# In seconds: the lifetime without a valid `expires_in`, and the maximum valid `expires_in`.
DEFAULT_LIFETIME, LONGEST_LIFETIME = 3600, 10 * 365 * 86400


class OAuthAuthenticator(AbstractOauth2Authenticator):
    """Requests tokens like the CDK, but follows no redirects, which would send the secrets to another host.

    Raises `ConfigError` if Zendesk refuses, `TokenError` if Zendesk fails for the whole of `timeouts`, and
    `UnreachableError` if there is no response for as long. After that, `short_timeouts` apply until a request succeeds;
    otherwise the streams of a sync would wait one after the other. New tokens are redacted from all output.
    https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/
    """

    config: Mapping[str, Any]
    timeouts = SYNC_TIMEOUTS
    short_timeouts = SHORT_TIMEOUTS
    _has_timed_out = False

    def _make_handled_request(self) -> Any:
        deadline = time.monotonic() + self._current_timeouts.total
        backoff = RetryAfterBackoff(self.config)
        for attempt in itertools.count(1):
            outcome = self._post()
            if isinstance(outcome, requests.Response) and outcome.status_code < 500 and outcome.status_code != 429:
                self._has_timed_out = False
                return self._parse_tokens(outcome)
            wait = backoff.wait_and_log(outcome, attempt)
            if time.monotonic() + wait > deadline or self._is_final(outcome):
                self._has_timed_out = True
                raise self._failure(outcome)
            time.sleep(wait)
        raise AssertionError

    @property
    def _current_timeouts(self) -> Timeouts:
        return self.short_timeouts if self._has_timed_out else self.timeouts

    @property
    def _request_timeout(self) -> tuple[float, float]:
        """Seconds to connect and to wait for the response."""
        return self._current_timeouts.timeout

    def _is_final(self, outcome: requests.Response | requests.RequestException) -> bool:
        """Whether a retry is pointless, or `check` reports the failure without one."""
        if isinstance(outcome, requests.Response):
            return False
        fails_fast = not self._current_timeouts.retries_connecting
        return isinstance(outcome, ResponseTooLargeError) or (fails_fast and not is_transient(outcome))

    def _post(self) -> requests.Response | requests.RequestException:
        address = str(self.get_token_refresh_endpoint())
        try:
            with account_session(address) as session:
                body, timeout = self.build_refresh_request_body(), self._request_timeout
                response = session.post(address, data=body, timeout=timeout, allow_redirects=False, stream=True)
                error = read_partial_body(response)
        except requests.RequestException as request_error:
            return request_error
        return error if error and response.ok and not _tokens_in(response.content) else response

    def _failure(self, outcome: requests.Response | requests.RequestException) -> TokenError | UnreachableError:
        if isinstance(outcome, requests.Response):
            return TokenError(_describe(outcome))
        return UnreachableError(classify_failure(outcome).message_for(self.config["api_url"]))

    def _parse_tokens(self, response: requests.Response) -> Mapping[str, Any]:
        kind = self.config["credentials"]["credentials"]
        failure = detect_intermediary(response)
        if failure and response.status_code >= 300:
            raise ConfigError(f"OAuth token request: {failure.cause}; {failure.remedy}. ({response.status_code})")
        if 300 <= response.status_code < 400:
            raise ConfigError(f"{CrossOriginError.from_redirect(response)}.")
        if not response.ok:
            cause = OAUTH_ERRORS.get(
                error_code(response), f"Zendesk refuses the credentials ({kind}); check `credentials`"
            )
            raise ConfigError(f"{cause}. ({_describe(response)})")
        body = parse_json(response)
        if not isinstance(body, dict):
            body = _tokens_in(response.content) or body
        if body is None:
            details = f": {failure.cause}; {failure.remedy}" if failure else ""
            raise TokenError(f"the response is not JSON{details}")
        return self._validate_tokens(body)

    def _validate_tokens(self, body: Any) -> Mapping[str, Any]:
        """The tokens of a response, with a valid lifetime and without an invalid refresh token."""
        tokens = body if isinstance(body, dict) else {}
        for field in ("access_token", "refresh_token"):
            if isinstance(tokens.get(field), str):
                register(tokens[field])
        valid = {**tokens, "expires_in": _lifetime(tokens.get("expires_in"))}
        if not _is_refresh_token(valid.get("refresh_token")):
            valid["refresh_token"] = None
        self._check(valid)
        return valid

    def _check(self, tokens: Mapping[str, Any]) -> None:
        """Raise if the access token is missing or not valid in a header."""
        if not isinstance(tokens.get("access_token"), str) or not tokens["access_token"]:
            raise TokenError("the response contains no `access_token`")
        check_header("access_token", tokens["access_token"])


class ClientCredentialsAuthenticator(OAuthAuthenticator, Oauth2Authenticator, DeclarativeAuthenticator):
    """Requests tokens with the id and the secret of an OAuth client."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.config, credentials = config, config["credentials"]
        super().__init__(
            f"{config['api_url']}/oauth/tokens",
            credentials["client_id"],
            credentials["client_secret"],
            "",
            grant_type="client_credentials",
            refresh_request_body={"scope": credentials.get("scope") or "read", **LIFETIME_REQUEST},
        )

    def build_refresh_request_body(self) -> Mapping[str, Any]:
        """The CDK's body without the empty refresh token: this grant has none."""
        return {name: value for name, value in super().build_refresh_request_body().items() if value}


class RefreshTokenAuthenticator(OAuthAuthenticator, SingleUseRefreshTokenOauth2Authenticator, DeclarativeAuthenticator):
    """Requests tokens with a single-use refresh token, and emits its successor as a CONTROL message.

    Each request has the read timeout of a sync, since the response contains the successor. After a request without a
    response the refresh token may be used up, so this process does not send it again.
    """

    _unanswered: UnreachableError | None = None

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.config = config
        super().__init__(config, f"{config['api_url']}/oauth/tokens", refresh_request_body=LIFETIME_REQUEST)

    def refresh_and_set_access_token(self) -> None:
        """Refresh the token as the CDK does; a signal ends the process only afterwards."""
        try:
            super().refresh_and_set_access_token()
        finally:
            token_exchange.end()

    @property
    def _request_timeout(self) -> tuple[float, float]:
        return self._current_timeouts.connect, SYNC_TIMEOUTS.read

    def _make_handled_request(self) -> Any:
        if self._unanswered:
            raise self._unanswered
        return super()._make_handled_request()

    def _post(self) -> requests.Response | requests.RequestException:
        token_exchange.begin()
        outcome = super()._post()
        if not isinstance(outcome, requests.Response) or not outcome.ok:
            token_exchange.end()
        return outcome

    def _is_final(self, outcome: requests.Response | requests.RequestException) -> bool:
        return super()._is_final(outcome) or _is_unanswered(outcome)

    def _failure(self, outcome: requests.Response | requests.RequestException) -> TokenError | UnreachableError:
        failure = super()._failure(outcome)
        if _is_unanswered(outcome):
            self._unanswered = UnreachableError(f"{failure.message} {MAYBE_SPENT}")
        return self._unanswered or failure

    def _check(self, tokens: Mapping[str, Any]) -> None:
        """Like the base class, but emits the new refresh token before raising, because the old one is used up."""
        try:
            super()._check(tokens)
        except (TokenError, ConfigError):
            if tokens["refresh_token"]:
                self.set_refresh_token(tokens["refresh_token"])
                self._emit_control_message()
            raise


def _is_unanswered(outcome: requests.Response | requests.RequestException) -> bool:
    """Whether Zendesk may have received the request without a response arriving."""
    return not isinstance(outcome, requests.Response) and classify_failure(outcome) in (READ_TIMEOUT, TOO_SLOW)


def _tokens_in(content: bytes) -> dict[str, str]:
    """The tokens in a body that is not a JSON object, such as a truncated one; the previous tokens are used up."""
    tokens: dict[str, str] = {}
    for name, text in TOKEN_FIELD.findall(content):
        with contextlib.suppress(ValueError):
            tokens[name.decode()] = parse_serializable(text)
    return tokens


def _describe(response: requests.Response) -> str:
    return f"{response.status_code}: {error_text(response) or 'no reason given'}"


def _lifetime(value: Any) -> int:
    """The seconds of an `expires_in`, or the default if it is not a valid number."""
    try:
        seconds = 0.0 if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return DEFAULT_LIFETIME
    return int(seconds) if 1 <= seconds <= LONGEST_LIFETIME else DEFAULT_LIFETIME


def _is_refresh_token(value: Any) -> bool:
    """Whether it is printable ASCII, as https://www.rfc-editor.org/rfc/rfc6749#appendix-A.17 requires."""
    return isinstance(value, str) and value.isascii() and value.isprintable() and bool(value.strip())
