"""How long to wait before a request is sent again."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from airbyte_cdk.sources.streams.http.error_handlers import BackoffStrategy

from source_zendesk.components.requests.no_answer import explained
from source_zendesk.components.requests.told_limits import RESET_HEADERS
from source_zendesk.components.requests.told_waits import LONGEST_WAIT_IN_SECONDS, seconds

LOGGER = logging.getLogger("airbyte")
# The CDK sleeps a second longer than it is told, however short the wait.
ADDED_BY_CDK = 1.0
SHORTEST_WAIT = 0.02
ATTEMPTS_BEFORE_WARNING = 4


@dataclass
class RetryWait(BackoffStrategy):
    """Waits what the answer says, an hour at most.

    Without such a header a moment, or a second after a 429, then three times as long each time, up to a minute.
    https://developer.zendesk.com/api-reference/introduction/rate-limits/
    """

    config: Mapping[str, Any]
    longest_wait_in_seconds: float = LONGEST_WAIT_IN_SECONDS
    first_wait_in_seconds: float = 0.1

    def backoff_time(
        self, response_or_exception: requests.Response | requests.RequestException | None, attempt_count: int
    ) -> float | None:
        """What `announced` says, less the seconds that the CDK adds of its own accord."""
        return (self.announced(response_or_exception, attempt_count) - ADDED_BY_CDK) or SHORTEST_WAIT

    def announced(self, answer: requests.Response | requests.RequestException | None, attempt_count: int) -> float:
        """What `wait` says, having told why; as a warning once it has been tried several times."""
        wait = self.wait(answer, attempt_count)
        level = logging.WARNING if attempt_count >= ATTEMPTS_BEFORE_WARNING else logging.INFO
        LOGGER.log(level, "%s: %s; asking again in %.1f s", _asked(answer), _why(answer), wait)
        return wait

    def wait(self, answer: requests.Response | requests.RequestException | None, attempt_count: int) -> float:
        """Seconds to wait before attempt number `attempt_count` + 1."""
        told = told_wait(answer)
        if told is None:
            first = self.first_wait_in_seconds * (10 if _is_throttled(answer) else 1)
            told = min(first * 3 ** (attempt_count - 1), 60)
        if told > self.longest_wait_in_seconds:
            LOGGER.warning("Zendesk asks to wait %.0f s; asking again in %.0f s", told, self.longest_wait_in_seconds)
        return min(max(told, SHORTEST_WAIT), self.longest_wait_in_seconds)


def is_well_named(record: logging.LogRecord) -> bool:
    """A filter of logs: the CDK calls every wait one for the rate limit, whatever it is for."""
    return not str(record.msg).startswith("UserDefinedBackoffException: Rate limit exceeded")


def _asked(answer: Any) -> str:
    """The path that was asked for."""
    request = getattr(answer, "request", None)
    return str(urlsplit(str(getattr(request, "url", ""))).path) or "Zendesk"


def _why(answer: Any) -> str:
    if not isinstance(answer, requests.Response):
        return f"no answer from Zendesk, {explained(answer or requests.RequestException()).cause}"
    if _is_throttled(answer):
        return "the rate limit is reached (429)"
    return f"Zendesk answers with status {answer.status_code}"


def _is_throttled(answer: Any) -> bool:
    return isinstance(answer, requests.Response) and answer.status_code == 429


def told_wait(answer: Any) -> float | None:
    """The seconds that an answer asks to wait, None where it asks for none."""
    if not isinstance(answer, requests.Response):
        return None
    after = seconds(answer.headers.get("Retry-After"), answer.headers)
    if after is not None or answer.status_code not in (429, 503):
        return after
    resets = [seconds(answer.headers.get(name), answer.headers) for name in RESET_HEADERS]
    return next((told for told in resets if told is not None), None)
