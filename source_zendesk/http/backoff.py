"""Wait times between retries."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from airbyte_cdk.sources.streams.http.error_handlers import BackoffStrategy
from airbyte_cdk.sources.streams.http.page_size_reduction_exception import PageSizeReductionRequiredException

from source_zendesk.http.connection_failure import DROPPED, READ_TIMEOUT, TOO_SLOW, classify_failure
from source_zendesk.http.error_text import error_text
from source_zendesk.http.limit_headers import LONGEST_WAIT_IN_SECONDS, RESET_HEADERS, parse_seconds

LOGGER = logging.getLogger("airbyte")
# The CDK sleeps a second longer than it is told, however short the wait.
ADDED_BY_CDK = 1.0
SHORTEST_WAIT = 0.02
SHORTEST_WAIT_FOR_LIMIT, LONGEST_OWN_WAIT = 1.0, 60.0
ATTEMPTS_BEFORE_WARNING = 4
FAILURES_BEFORE_REDUCTION = 2
THROTTLED = "Number of allowed"
MISLEADING = ("UserDefinedBackoffException: Rate limit exceeded", "Max retry limit reached")


@dataclass
class RetryAfterBackoff(BackoffStrategy):
    """Waits as long as the response says, an hour at most.

    Without such a header, waits a moment, then three times as long each time, up to a minute. After a 429, it waits a
    second at least, and longer each time, whatever the header says: Zendesk gives whole seconds, rounded down, and
    other integrations of the account take from the same limit. With `reducible`, the second failure of a page raises
    `PageSizeReductionRequiredException` instead: the page may be too large for Zendesk.
    https://developer.zendesk.com/api-reference/introduction/rate-limits/
    """

    config: Mapping[str, Any]
    longest_wait_in_seconds: float = LONGEST_WAIT_IN_SECONDS
    first_wait_in_seconds: float = 0.1
    reducible: bool = False

    def backoff_time(
        self, response_or_exception: requests.Response | requests.RequestException | None, attempt_count: int
    ) -> float | None:
        """What `announced` says, less the seconds that the CDK adds of its own accord."""
        if self.reducible and attempt_count >= FAILURES_BEFORE_REDUCTION and may_be_too_large(response_or_exception):
            raise PageSizeReductionRequiredException(error_message=_describe(response_or_exception))
        return (self.wait_and_log(response_or_exception, attempt_count) - ADDED_BY_CDK) or SHORTEST_WAIT

    def wait_and_log(self, answer: requests.Response | requests.RequestException | None, attempt_count: int) -> float:
        """What `wait` says, having told why; as a warning once it has been tried several times."""
        wait = self.wait_seconds(answer, attempt_count)
        level = logging.WARNING if attempt_count >= ATTEMPTS_BEFORE_WARNING else logging.INFO
        LOGGER.log(level, "%s: %s; asking again in %.1f s", _request_path(answer), _describe(answer), wait)
        return wait

    def wait_seconds(self, answer: requests.Response | requests.RequestException | None, attempt_count: int) -> float:
        """Seconds to wait before attempt number `attempt_count` + 1."""
        told = parse_retry_after(answer)
        if told is None:
            told = min(self.first_wait_in_seconds * 3 ** (attempt_count - 1), LONGEST_OWN_WAIT)
        if is_throttled(answer):
            told = max(told, min(SHORTEST_WAIT_FOR_LIMIT * 1.5 ** (attempt_count - 1), LONGEST_OWN_WAIT))
        if told > self.longest_wait_in_seconds:
            LOGGER.warning("Zendesk asks to wait %.0f s; asking again in %.0f s", told, self.longest_wait_in_seconds)
        return min(max(told, SHORTEST_WAIT), self.longest_wait_in_seconds)


def drop_misleading_cdk_log(record: logging.LogRecord) -> bool:
    """A filter of logs: the CDK calls every wait one for the rate limit, and a pause of its retries their end."""
    return not str(record.msg).startswith(
        ("UserDefinedBackoffException: Rate limit exceeded", "Max retry limit reached")
    )


def _request_path(answer: Any) -> str:
    """The path that was asked for."""
    request = getattr(answer, "request", None)
    return str(urlsplit(str(getattr(request, "url", ""))).path) or "Zendesk"


def _describe(answer: Any) -> str:
    if not isinstance(answer, requests.Response):
        return f"no answer from Zendesk, {classify_failure(answer or requests.RequestException()).cause}"
    if is_throttled(answer):
        return f"the rate limit is reached ({answer.status_code})"
    return f"Zendesk answers with status {answer.status_code}"


def is_throttled(answer: Any) -> bool:
    """Whether a response refuses a request because of a rate limit; older ones do so with 503 and a text."""
    if not isinstance(answer, requests.Response):
        return False
    return answer.status_code == 429 or (answer.status_code == 503 and error_text(answer).startswith(THROTTLED))


def may_be_too_large(answer: Any) -> bool:
    """Whether a failure may come from the size of the page: the server failed, or a response was cut off or damaged."""
    if not isinstance(answer, requests.Response):
        return classify_failure(answer or requests.RequestException()) in (DROPPED, READ_TIMEOUT, TOO_SLOW)
    return not is_throttled(answer) and (answer.status_code >= 500 or answer.ok) and parse_retry_after(answer) is None


def parse_retry_after(answer: Any) -> float | None:
    """The seconds that an answer asks to wait, None where it asks for none."""
    if not isinstance(answer, requests.Response):
        return None
    after = parse_seconds(answer.headers.get("Retry-After"), answer.headers)
    if after is not None or answer.status_code not in (429, 503):
        return after
    resets = [parse_seconds(answer.headers.get(name), answer.headers) for name in RESET_HEADERS]
    return next((told for told in resets if told is not None), None)
