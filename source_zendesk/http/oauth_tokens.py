"""OAuth access tokens: requested with the credentials of a client, or with a single-use refresh token."""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import requests
from requests.auth import HTTPBasicAuth

from source_zendesk import times
from source_zendesk.errors import ConfigError, TokenError, UnreachableError
from source_zendesk.http.backoff import RetryAfterBackoff
from source_zendesk.http.bounded_response import BoundedAdapter, ResponseTooLargeError, read_partial_body
from source_zendesk.http.connection_failure import READ_TIMEOUT, TOO_SLOW, classify_failure, is_transient
from source_zendesk.http.error_text import name_credentials
from source_zendesk.http.intermediaries import detect_intermediary
from source_zendesk.http.reachability import HostReachability, UnreachedError
from source_zendesk.http.renewed_credentials import store_renewed
from source_zendesk.http.retry_loop import Outcome, send_with_retries
from source_zendesk.http.session import SHORT_TIMEOUTS, SYNC_TIMEOUTS, Timeouts, account_session, credentials_field
from source_zendesk.http.token_exchange import token_exchanges
from source_zendesk.http.token_refusals import describe_token_response, raise_for_token_refusal
from source_zendesk.http.token_response import (
    find_tokens,
    is_refresh_token,
    parse_lifetime,
    parse_token_response,
    quoted_tokens,
)
from source_zendesk.output.redaction import check_header, register

TOKEN_PATH = "/oauth/tokens"
# The response contains `expires_in` only if the request does.
LIFETIME_REQUEST = {"expires_in": "86400"}
MAYBE_SPENT = "If Zendesk then rejects the refresh token, this request has used it up: give consent again."


class OAuthTokens(ABC):
    """Requests an access token when there is none or it has expired; one request at a time to each token address.

    Follows no redirects, which would send the secrets to another host. Raises `ConfigError` if Zendesk refuses,
    `TokenError` if Zendesk fails for the whole of `timeouts`, and `UnreachableError` if there is no response for as
    long. After that, `short_timeouts` apply until a request succeeds; otherwise the streams of a sync would wait one
    after the other. New tokens are redacted from all output.
    https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/
    """

    short_timeouts = SHORT_TIMEOUTS
    _has_timed_out = False
    # Shared by all instances of an account, because they may have the same single-use refresh token.
    _locks: ClassVar[dict[str, threading.RLock]] = {}

    def __init__(
        self,
        config: Mapping[str, Any],
        url: str,
        timeouts: Timeouts = SYNC_TIMEOUTS,
        reachability: HostReachability | None = None,
    ) -> None:
        self.config, self.url, self.timeouts = config, url, timeouts
        self._reachability = reachability or HostReachability()
        self._address = url + config.get("token_path", TOKEN_PATH)
        self._lock = self._locks.setdefault(self._address, threading.RLock())

    def valid_token(self) -> str:
        """An access token that has not expired."""
        if self._has_expired():
            with self._lock:
                if self._has_expired():
                    self.refresh()
        return self._access_token()

    def refresh(self) -> None:
        """Replace the access token, unless another thread replaces it meanwhile."""
        replaced = self._access_token()
        with self._lock:
            if self._access_token() == replaced:
                self._store(self._request_tokens())

    def _has_expired(self) -> bool:
        return (times.epoch(self._expiry()) or 0) < times.now()

    @abstractmethod
    def _access_token(self) -> str:
        """The current access token, empty if there is none."""

    @abstractmethod
    def _expiry(self) -> object:
        """The time at which it expires."""

    @abstractmethod
    def _form(self) -> Mapping[str, object]:
        """The grant: the body of a token request without the client."""

    @abstractmethod
    def _store(self, tokens: Mapping[str, object]) -> None:
        """Store the valid tokens of a response."""

    def _request_tokens(self) -> Mapping[str, object]:
        deadline = time.monotonic() + self._current_timeouts.total
        backoff = RetryAfterBackoff(self.config)
        outcome = send_with_retries(
            self._post,
            lambda outcome, _: self._is_final(outcome),
            backoff.wait_and_log,
            deadline,
            lambda _, wait: time.sleep(wait),
        )
        self._has_timed_out = not isinstance(outcome, requests.Response) or _is_temporary(outcome)
        if isinstance(outcome, requests.Response) and not self._has_timed_out:
            return self._parse_tokens(outcome)
        raise self._failure(outcome)

    @property
    def _current_timeouts(self) -> Timeouts:
        return self.short_timeouts if self._has_timed_out else self.timeouts

    @property
    def _request_timeout(self) -> tuple[float, float]:
        """Seconds to connect and to wait for the response."""
        return self._current_timeouts.timeout

    def _is_final(self, outcome: Outcome) -> bool:
        """Whether it is the result, a retry is pointless, or `check` reports the failure without one."""
        if isinstance(outcome, requests.Response):
            return not _is_temporary(outcome)
        fails_fast = not self._current_timeouts.retries_connecting
        return isinstance(outcome, (ResponseTooLargeError, UnreachedError)) or (
            fails_fast and not is_transient(outcome)
        )

    def _post(self) -> Outcome:
        credentials = self.config["credentials"]
        client = {field: credentials[field] for field in ("client_id", "client_secret")}
        in_header, timeout = self.config.get("token_client_in_header", False), self._request_timeout
        body = self._form() if in_header else {**client, **self._form(), **LIFETIME_REQUEST}
        auth = HTTPBasicAuth(*(value.encode() for value in client.values())) if in_header else None
        try:
            connections, left_out = BoundedAdapter(self._reachability), self.config.get("left_out", "")
            with account_session(self._address, connections=connections, left_out=left_out) as session:
                session.headers.update(self.config.get("headers", {}))
                response = session.post(
                    self._address, data=body, auth=auth, timeout=timeout, allow_redirects=False, stream=True
                )
                error = read_partial_body(response)
        except requests.RequestException as request_error:
            return request_error
        register(*quoted_tokens(response.content))
        return error if error and response.ok and not find_tokens(response.content) else response

    def _failure(self, outcome: Outcome) -> TokenError | UnreachableError:
        if isinstance(outcome, requests.Response):
            return TokenError(describe_token_response(outcome))
        message = classify_failure(outcome).message_for(self.url)
        return UnreachableError(name_credentials(message, credentials_field(self.config)))

    def _parse_tokens(self, response: requests.Response) -> Mapping[str, object]:
        kind = self.config["credentials"]["credentials"]
        raise_for_token_refusal(response, kind, credentials_field(self.config))
        body = parse_token_response(response)
        if body is None:
            failure = detect_intermediary(response)
            details = f": {failure.cause}; {failure.remedy}" if failure else ""
            raise TokenError(f"the response is not JSON{details}")
        return self._validate_tokens(body)

    def _validate_tokens(self, body: object) -> Mapping[str, object]:
        """The tokens of a response, with a valid lifetime and without an invalid refresh token."""
        tokens = body if isinstance(body, dict) else {}
        for field in ("access_token", "refresh_token"):
            if isinstance(tokens.get(field), str):
                register(tokens[field])
        valid = {**tokens, "expires_in": parse_lifetime(tokens.get("expires_in"))}
        if not is_refresh_token(valid.get("refresh_token")):
            valid["refresh_token"] = None
        self._check(valid)
        return valid

    def _check(self, tokens: Mapping[str, Any]) -> None:
        """Raise if the access token is missing or not valid in a header."""
        if not isinstance(tokens.get("access_token"), str) or not tokens["access_token"]:
            raise TokenError("the response contains no `access_token`")
        check_header("access_token", tokens["access_token"])


class ClientCredentialsTokens(OAuthTokens):
    """Requests tokens with the id and the secret of an OAuth client, and keeps them in memory."""

    _tokens: Mapping[str, object] = {}

    def _access_token(self) -> str:
        return str(self._tokens.get("access_token", ""))

    def _expiry(self) -> object:
        return self._tokens.get("expiry")

    def _form(self) -> Mapping[str, object]:
        scope = self.config["credentials"].get("scope") or "read"
        return {"grant_type": "client_credentials", "scope": scope}

    def _store(self, tokens: Mapping[str, Any]) -> None:
        self._tokens = {**tokens, "expiry": times.now() + tokens["expires_in"]}


class RefreshTokens(OAuthTokens):
    """Requests tokens with a single-use refresh token, and emits its successor as a CONTROL message.

    The tokens are stored in the credentials of the configuration. Each request has the read timeout of a sync, since
    the response contains the successor. After a request without a response the refresh token may be used up, so this
    process does not send it again.
    """

    _unanswered: UnreachableError | None = None

    def refresh(self) -> None:
        """Refresh the token; a signal ends the process only afterwards."""
        try:
            super().refresh()
        finally:
            token_exchanges.end()

    def _access_token(self) -> str:
        return str(self.config["credentials"].get("access_token", ""))

    def _expiry(self) -> object:
        return self.config["credentials"].get("token_expiry_date")

    def _form(self) -> Mapping[str, object]:
        return {"grant_type": "refresh_token", "refresh_token": self.config["credentials"]["refresh_token"]}

    def _store(self, tokens: Mapping[str, Any]) -> None:
        expiry = times.iso(times.now() + tokens["expires_in"])
        renewed = {"access_token": tokens["access_token"], "token_expiry_date": expiry}
        store_renewed(self.config, renewed | _successor(tokens))

    @property
    def _request_timeout(self) -> tuple[float, float]:
        return self._current_timeouts.connect, SYNC_TIMEOUTS.read

    def _request_tokens(self) -> Mapping[str, object]:
        if self._unanswered:
            raise self._unanswered
        return super()._request_tokens()

    def _post(self) -> Outcome:
        token_exchanges.begin()
        outcome = super()._post()
        if not isinstance(outcome, requests.Response) or not outcome.ok:
            token_exchanges.end()
        return outcome

    def _is_final(self, outcome: Outcome) -> bool:
        return super()._is_final(outcome) or _is_unanswered(outcome)

    def _failure(self, outcome: Outcome) -> TokenError | UnreachableError:
        failure = super()._failure(outcome)
        if _is_unanswered(outcome):
            self._unanswered = UnreachableError(f"{failure.message} {MAYBE_SPENT}")
        return self._unanswered or failure

    def _check(self, tokens: Mapping[str, object]) -> None:
        """Like the base class, but stores the new refresh token before raising, because the old one is used up."""
        try:
            super()._check(tokens)
        except (TokenError, ConfigError):
            if successor := _successor(tokens):
                store_renewed(self.config, successor)
            raise


def _successor(tokens: Mapping[str, Any]) -> dict[str, str]:
    """The new refresh token of a response; empty if the old one stays valid."""
    return {"refresh_token": tokens["refresh_token"]} if tokens["refresh_token"] else {}


def _is_temporary(response: requests.Response) -> bool:
    return response.status_code >= 500 or response.status_code == 429


def _is_unanswered(outcome: Outcome) -> bool:
    """Whether Zendesk may have received the request without a response arriving."""
    if isinstance(outcome, (requests.Response, UnreachedError)):
        return False
    return classify_failure(outcome) in (READ_TIMEOUT, TOO_SLOW)
