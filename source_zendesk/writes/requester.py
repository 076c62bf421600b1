"""The requester of writes."""

import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests
from airbyte_cdk.sources.streams.call_rate import APIBudget
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.errors import ConfigError, UnreachableError
from source_zendesk.http.bounded_response import BoundedAdapter, read_partial_body
from source_zendesk.http.connection_failure import classify_failure
from source_zendesk.http.error_text import one_line, reason_text
from source_zendesk.http.intermediaries import detect_intermediary, redirect_target
from source_zendesk.http.reachability import UnreachedError
from source_zendesk.http.refusals import WriteRefused, WriteUnknown, is_scope_missing
from source_zendesk.http.retry_loop import Outcome, send_with_retries
from source_zendesk.http.server_clock import ServerClock
from source_zendesk.http.session import SYNC_TIMEOUTS, account_session, data_headers
from source_zendesk.writes.error_handler import WriteErrorHandler, WriteOutcome, is_job_limit

LOGGER = logging.getLogger("airbyte")
IDEMPOTENCY_KEY = "Idempotency-Key"
CLOCK_TIMEOUT_IN_SECONDS = 10


class Authenticator(Protocol):
    """Signs requests."""

    def get_auth_header(self) -> Mapping[str, Any]:
        """The headers that sign a request."""


@dataclass
class WriteRequester:
    """Sends a write at most once, unless Zendesk certainly did not do it or deduplicates it by its idempotency key.

    The CDK's requester would retry after a timeout, and supports neither a body with DELETE nor forms. Redirects are
    not followed, so that nothing is sent to another host.
    """

    name: str
    config: Mapping[str, Any]
    http_method: str
    authenticator: Authenticator
    error_handler: WriteErrorHandler
    api_budget: APIBudget
    connections: BoundedAdapter | None = None

    def __post_init__(self) -> None:
        """Prepare the session, which connects with the first request."""
        self._session = account_session(self.config["api_url"], connections=self.connections)
        self._clock = ServerClock()

    def prepare(
        self, path: str, query: Mapping[str, Any], payload: Mapping[str, Any], key: str = ""
    ) -> requests.PreparedRequest:
        """The complete request without its signature."""
        idempotency = {IDEMPOTENCY_KEY: key} if key else {}
        common = {**requests.utils.default_headers(), **data_headers(self.config)}
        headers = {**common, **idempotency, **payload.get("headers", {})}
        url = self.config["api_url"] + path
        request = requests.Request(self.http_method, url, params=query, **{**payload, "headers": headers})
        return request.prepare()

    def sign(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """The request with a valid signature; requests a token if there is none."""
        request.headers.update(self.authenticator.get_auth_header())
        return request

    def server_time(self) -> float | None:
        """The current time of Zendesk's clock in epoch seconds; None if it is unknown.

        Before the first response, an unsigned HEAD request gets a `Date`; its status does not matter.
        """
        if self._clock.now() is None:
            request = requests.Request(
                "HEAD", self.config["api_url"] + "/api/v2", headers={"Cache-Control": "no-cache"}
            )
            try:
                self._clock.observe(self._dispatch(request.prepare(), CLOCK_TIMEOUT_IN_SECONDS).headers)
            except requests.RequestException as error:
                LOGGER.info("Stream %s: Zendesk's clock is unknown (%s)", self.name, type(error).__name__)
        return self._clock.now()

    def send(
        self,
        request: requests.PreparedRequest,
        sleep: Callable[[float], None] = time.sleep,
        key_expires_at: float = math.inf,
        *,
        is_repetition: bool = False,
    ) -> requests.Response:
        """The response with status 2xx to a signed request; raises the outcomes below or an error.

        Raises `WriteRefused`, `WriteUnknown`, `ConfigError`, or `UnreachableError` if nothing has responded at all.
        A request that may have been done is not sent again after `key_expires_at`, a time of `time.monotonic`.
        `is_repetition` is true if an earlier run may have sent it.
        """
        deadline = min(time.monotonic() + self.error_handler.longest_wait_in_seconds, key_expires_at)
        max_uncertain = self.error_handler.uncertain_retries if IDEMPOTENCY_KEY in request.headers else 0
        uncertain = 0

        def is_final(outcome: Outcome, _: int) -> bool:
            nonlocal uncertain
            write_outcome = self.error_handler.classify(outcome)
            uncertain += write_outcome is WriteOutcome.UNKNOWN
            return write_outcome in (WriteOutcome.DONE, WriteOutcome.REFUSED) or uncertain > max_uncertain

        def pause(outcome: Outcome, wait: float) -> None:
            LOGGER.info("Stream %s: %s; retrying in %.0f s", self.name, _describe_outcome(outcome), wait)
            sleep(wait)
            self._sign_again(request, is_unknown=uncertain > 0)

        outcome = send_with_retries(
            lambda: self._attempt(request, key_expires_at if is_repetition or uncertain else math.inf),
            is_final,
            self.error_handler.wait_seconds,
            deadline,
            pause,
        )
        if isinstance(outcome, requests.Response) and self.error_handler.classify(outcome) is WriteOutcome.DONE:
            return outcome
        raise self._error(outcome, is_unknown=uncertain > 0)

    def _sign_again(self, request: requests.PreparedRequest, *, is_unknown: bool) -> None:
        try:
            self.sign(request)
        except AirbyteTracedException as error:
            if is_unknown:
                raise WriteUnknown(str(error)) from error
            raise

    def _attempt(self, request: requests.PreparedRequest, deadline: float) -> Outcome:
        """The response or the exception in its place; raises `WriteUnknown` if it cannot be sent by a deadline."""
        self.api_budget.acquire_call(request)
        # After all that may take long: the state that the platform reads, a new token, the rate limit.
        if time.monotonic() > deadline:
            raise WriteUnknown("its idempotency key expired before it could be sent again")
        try:
            response = self._dispatch(request, SYNC_TIMEOUTS.timeout)
        except requests.RequestException as error:
            return error
        self._clock.observe(response.headers)
        if not is_job_limit(response):
            self.api_budget.update_from_response(request, response)
        return response

    def _dispatch(self, request: requests.PreparedRequest, timeout: Any) -> requests.Response:
        """The response; if its body is truncated or damaged, 2xx raises, and other statuses count as they are."""
        response = self._session.send(request, timeout=timeout, allow_redirects=False, stream=True)
        error = read_partial_body(response)
        if error and response.status_code < 300:
            raise error
        return response

    def _scope_remedy(self) -> str:
        if self.config["credentials"]["credentials"] == "client_credentials":
            return "set `credentials.scope` to `read write`"
        return "create one with the scopes `read write` for `credentials`"

    def _error(self, outcome: Outcome, *, is_unknown: bool) -> Exception:
        if is_unknown:
            return WriteUnknown(_describe_outcome(outcome))
        if isinstance(outcome, UnreachedError):
            return UnreachableError(
                f"Stream {self.name}: {classify_failure(outcome).message_for(self.config['api_url'])}"
            )
        if not isinstance(outcome, requests.Response):
            return WriteRefused(_describe_outcome(outcome))
        status = outcome.status_code
        if status == 401:
            kind = self.config["credentials"]["credentials"]
            return ConfigError(f"Stream {self.name}: Zendesk refuses the credentials; check `credentials` ({kind}).")
        if status == 403 and is_scope_missing(outcome):
            return ConfigError(f"Stream {self.name}: the token lacks the scope `write`; {self._scope_remedy()}.")
        return WriteRefused(_describe_outcome(outcome), outcome)


def _describe_outcome(outcome: Outcome) -> str:
    if isinstance(outcome, requests.Response):
        failure = detect_intermediary(outcome)
        reason = f"{failure.cause}; {failure.remedy}" if failure else _redirect(outcome) or reason_text(outcome)
        return f"status {outcome.status_code}, {reason}"
    cause, remedy = classify_failure(outcome)
    return f"no response ({type(outcome).__name__}): {cause}; {remedy}"


def _redirect(response: requests.Response) -> str:
    """The target of a redirect without the query, which may contain secrets."""
    target = urlsplit(redirect_target(response))
    return one_line(f"a redirect to {target.hostname}{target.path}") if target.hostname else ""
