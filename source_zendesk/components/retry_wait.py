"""How long to wait before a request is sent again."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from airbyte_cdk.sources.streams.http.error_handlers import BackoffStrategy

RESET_HEADERS = ("Retry-After", "ratelimit-reset", "X-Rate-Limit-Reset")


@dataclass
class RetryWait(BackoffStrategy):
    """Waits what the answer says, capped; without such a header 1, 2, 4, ... seconds, up to a minute.

    https://developer.zendesk.com/api-reference/introduction/rate-limits/
    """

    config: Mapping[str, Any]
    longest_wait_in_seconds: int = 300

    def backoff_time(
        self, response_or_exception: requests.Response | requests.RequestException | None, attempt_count: int
    ) -> float | None:
        """Seconds to wait before attempt number `attempt_count` + 1."""
        told = self._told(response_or_exception)
        if told is not None:
            return min(max(told, 0.1), self.longest_wait_in_seconds)
        return float(min(2 ** (attempt_count - 1), 60))

    def _told(self, response: Any) -> float | None:
        if not isinstance(response, requests.Response):
            return None
        for header in RESET_HEADERS:
            seconds = _seconds(response.headers.get(header))
            if seconds is not None and (header == "Retry-After" or response.status_code in (429, 503)):
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
