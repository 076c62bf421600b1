"""Wait times between retries."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from airbyte_cdk.sources.streams.http import rate_limiting
from airbyte_cdk.sources.streams.http.error_handlers import BackoffStrategy
from airbyte_cdk.sources.streams.http.page_size_reduction_exception import PageSizeReductionRequiredException

from source_zendesk.http.connection_failure import DROPPED, READ_TIMEOUT, TOO_SLOW, classify_failure
from source_zendesk.http.error_text import error_text, is_web_page
from source_zendesk.http.limit_headers import LONGEST_WAIT_IN_SECONDS, parse_retry_after
from source_zendesk.http.reachability import remaining_after

LOGGER = logging.getLogger("airbyte")
# The CDK adds a second to each wait.
ADDED_BY_CDK = 1.0
SHORTEST_WAIT = 0.02
# Before a retry after a response that gives the wait, or refuses by a rate limit, and between two requests for a job.
SHORTEST_WAIT_AFTER_RESPONSE, LONGEST_DEFAULT_WAIT = 1.0, 60.0
ATTEMPTS_BEFORE_WARNING = 4
FAILURES_BEFORE_REDUCTION = 2
THROTTLED = "Number of allowed"


@dataclass
class RetryAfterBackoff(BackoffStrategy):
    """Waits for the seconds in the header `Retry-After`, up to an hour.

    Without that header, the first wait is short, and each further wait is three times as long, up to a minute. With the
    header, or after a 429, the wait grows from at least a second, even if the header is lower: Zendesk rounds the
    seconds down, other integrations of the account use the same limit, and a server that sends 0 would use up all
    retries at once. With `reducible`, the second failure of a page raises `PageSizeReductionRequiredException` instead,
    because the page may be too large for Zendesk.
    https://developer.zendesk.com/api-reference/introduction/rate-limits/
    """

    config: Mapping[str, Any]
    longest_wait_in_seconds: float = LONGEST_WAIT_IN_SECONDS
    first_wait_in_seconds: float = 0.1
    reducible: bool = False

    def backoff_time(
        self, response_or_exception: requests.Response | requests.RequestException | None, attempt_count: int
    ) -> float | None:
        """The result of `wait_and_log`, minus the second that the CDK adds."""
        if self.reducible and attempt_count >= FAILURES_BEFORE_REDUCTION and may_be_too_large(response_or_exception):
            raise PageSizeReductionRequiredException(error_message=_describe(response_or_exception))
        return (self.wait_and_log(response_or_exception, attempt_count) - ADDED_BY_CDK) or SHORTEST_WAIT

    def wait_and_log(self, outcome: requests.Response | requests.RequestException | None, attempt_count: int) -> float:
        """The result of `wait_seconds`, after logging the reason; a warning from the fourth attempt on."""
        wait = self.wait_seconds(outcome, attempt_count)
        level = logging.WARNING if attempt_count >= ATTEMPTS_BEFORE_WARNING else logging.INFO
        LOGGER.log(level, "%s: %s; retrying in %.1f s", _request_path(outcome), _describe(outcome), wait)
        return wait

    def wait_seconds(self, outcome: requests.Response | requests.RequestException | None, attempt_count: int) -> float:
        """Seconds to wait before attempt number `attempt_count` + 1."""
        retry_after = wait = parse_retry_after(outcome)
        if wait is None:
            wait = min(self.first_wait_in_seconds * 3 ** (attempt_count - 1), LONGEST_DEFAULT_WAIT)
        if retry_after is not None or is_throttled(outcome):
            wait = max(wait, min(SHORTEST_WAIT_AFTER_RESPONSE * 1.5 ** (attempt_count - 1), LONGEST_DEFAULT_WAIT))
        if wait > self.longest_wait_in_seconds:
            LOGGER.warning("Zendesk requests a wait of %.0f s; retrying in %.0f s", wait, self.longest_wait_in_seconds)
        return max(min(wait, self.longest_wait_in_seconds, remaining_after(outcome)), SHORTEST_WAIT)


def drop_cdk_retry_log(record: logging.LogRecord) -> bool:
    """Log filter for the lines of the CDK's retries: each wait is a rate limit there, and each long one the last retry.

    `RetryAfterBackoff` logs the waits.
    """
    return record.pathname != rate_limiting.__file__


def _request_path(outcome: Any) -> str:
    """The requested path."""
    request = getattr(outcome, "request", None)
    return str(urlsplit(str(getattr(request, "url", ""))).path) or "Zendesk"


def _describe(outcome: Any) -> str:
    if not isinstance(outcome, requests.Response):
        return f"no response from Zendesk, {classify_failure(outcome or requests.RequestException()).cause}"
    if is_throttled(outcome):
        return f"the rate limit is reached ({outcome.status_code})"
    return f"Zendesk returned status {outcome.status_code}"


def is_throttled(outcome: Any) -> bool:
    """Whether a rate limit refused the request: status 429, or, on older endpoints, 503 with a text."""
    if not isinstance(outcome, requests.Response):
        return False
    return outcome.status_code == 429 or (outcome.status_code == 503 and error_text(outcome).startswith(THROTTLED))


def may_be_too_large(outcome: Any) -> bool:
    """Whether the page size may cause the failure: the server failed, or the response was truncated or damaged.

    A web page with status 200 is neither: a firewall or proxy sends it for pages of any size.
    """
    if not isinstance(outcome, requests.Response):
        return classify_failure(outcome or requests.RequestException()) in (DROPPED, READ_TIMEOUT, TOO_SLOW)
    has_failed = outcome.status_code >= 500 or (outcome.status_code == 200 and not is_web_page(outcome))
    return not is_throttled(outcome) and has_failed and parse_retry_after(outcome) is None
