"""The requests of the connection check."""

import logging
import time
from collections.abc import Mapping
from typing import Any

import requests

from source_zendesk.errors import UnreachableError
from source_zendesk.http.backoff import RetryAfterBackoff
from source_zendesk.http.connection_failure import classify_failure, is_transient
from source_zendesk.http.error_text import name_credentials
from source_zendesk.http.retry_loop import Outcome, send_with_retries
from source_zendesk.http.session import CHECK_TIMEOUTS, account_session, credentials_field, data_headers

LOGGER = logging.getLogger("airbyte")
# Shorter than the time of the whole check, so that a request without a response fails with its own error.
PROBE_SECONDS = 18.0
SHORTEST_TIMEOUT = 0.5
MAX_ATTEMPTS = 6


class CheckRequests:
    """Sends requests to the address of a configuration, and retries transient failures until `seconds` have passed.

    Transient are 408, 429, 5xx, dropped connections and timeouts.
    """

    def __init__(self, config: Mapping[str, Any], seconds: float = PROBE_SECONDS) -> None:
        self._config, self._waits = config, RetryAfterBackoff(config)
        self._deadline = time.monotonic() + seconds

    def get(self, path: str, headers: Mapping[str, Any]) -> requests.Response:
        """The response to a path; raises `UnreachableError` for the last failure."""
        return self.send("GET", path, headers)

    def send(
        self, method: str, path: str, headers: Mapping[str, Any], body: Mapping[str, Any] | None = None
    ) -> requests.Response:
        """The response to a request that changes nothing; raises `UnreachableError` for the last failure."""
        outcome = send_with_retries(
            lambda: self._send(method, path, headers, body),
            lambda outcome, attempt: attempt >= MAX_ATTEMPTS or not _is_transient(outcome),
            self._waits.wait_seconds,
            self._deadline,
            _pause,
        )
        if isinstance(outcome, requests.Response):
            return outcome
        message = classify_failure(outcome).message_for(self._config["api_url"])
        raise UnreachableError(name_credentials(message, credentials_field(self._config))) from outcome

    def _send(self, method: str, path: str, headers: Mapping[str, Any], body: Mapping[str, Any] | None) -> Outcome:
        remaining = max(self._deadline - time.monotonic(), SHORTEST_TIMEOUT)
        timeout = (min(CHECK_TIMEOUTS.connect, remaining), min(CHECK_TIMEOUTS.read, remaining))
        address = self._config["api_url"]
        try:
            with account_session(address, left_out=self._config.get("left_out", "")) as session:
                all_headers = {**data_headers(self._config), **headers}
                return session.request(
                    method, address + path, headers=all_headers, json=body, timeout=timeout, allow_redirects=False
                )
        except requests.RequestException as error:
            return error


def is_temporary(status: int) -> bool:
    """Whether a status can be different in a later request."""
    return status >= 500 or status in (408, 429)


def _pause(outcome: Outcome, wait: float) -> None:
    LOGGER.info("check: %s; retrying in %.1f s", _describe(outcome), wait)
    time.sleep(wait)


def _is_transient(outcome: Outcome) -> bool:
    return is_temporary(outcome.status_code) if isinstance(outcome, requests.Response) else is_transient(outcome)


def _describe(outcome: Outcome) -> str:
    if isinstance(outcome, requests.Response):
        return f"Zendesk responded with status {outcome.status_code}"
    return f"no response, {classify_failure(outcome).cause}"
