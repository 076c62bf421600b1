"""How long to wait before a request is sent again."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from airbyte_cdk.sources.streams.http.error_handlers import BackoffStrategy

# The CDK sleeps a second longer than it is told, however short the wait.
ADDED_BY_CDK = 1.0
SHORTEST_WAIT = 0.02
RESET_HEADERS = ("Retry-After", "ratelimit-reset", "X-Rate-Limit-Reset")


@dataclass
class RetryWait(BackoffStrategy):
    """Waits what the answer says, capped.

    Without such a header a moment, or a second after a 429, then three times as long each time, up to a minute.
    https://developer.zendesk.com/api-reference/introduction/rate-limits/
    """

    config: Mapping[str, Any]
    longest_wait_in_seconds: int = 300
    first_wait_in_seconds: float = 0.1

    def backoff_time(
        self, response_or_exception: requests.Response | requests.RequestException | None, attempt_count: int
    ) -> float | None:
        """What `wait` says, less the seconds that the CDK adds of its own accord."""
        return (self.wait(response_or_exception, attempt_count) - ADDED_BY_CDK) or SHORTEST_WAIT

    def wait(self, answer: requests.Response | requests.RequestException | None, attempt_count: int) -> float:
        """Seconds to wait before attempt number `attempt_count` + 1."""
        told = told_wait(answer)
        if told is None:
            first = self.first_wait_in_seconds * (10 if _is_throttled(answer) else 1)
            told = min(first * 3 ** (attempt_count - 1), 60)
        return min(max(told, SHORTEST_WAIT), self.longest_wait_in_seconds)


def _is_throttled(answer: Any) -> bool:
    return isinstance(answer, requests.Response) and answer.status_code == 429


def told_wait(answer: Any) -> float | None:
    """The seconds that an answer asks to wait, None where it asks for none."""
    if not isinstance(answer, requests.Response):
        return None
    for header in RESET_HEADERS:
        seconds = _seconds(answer.headers.get(header))
        if seconds is not None and (header == "Retry-After" or answer.status_code in (429, 503)):
            return seconds
    return None


def _seconds(value: str | None) -> float | None:
    try:
        seconds = float(value or "")
    except ValueError:
        return None
    if not math.isfinite(seconds):
        return None
    return max(seconds - time.time(), 0) if seconds > 1_000_000_000 else seconds
