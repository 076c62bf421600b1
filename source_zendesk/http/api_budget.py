"""The API budget of a sync, adapted to the response headers."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from airbyte_cdk.sources.streams.call_rate import AbstractCallRatePolicy, APIBudget

from source_zendesk.http.limit_headers import (
    LONGEST_WAIT_IN_SECONDS,
    WINDOW_IN_SECONDS,
    EndpointLimits,
    LimitHeader,
    parse_limits,
    parse_seconds,
)
from source_zendesk.http.rate_limits import NO_WAIT, RateLimits
from source_zendesk.output.sync_stats import SyncStats

LOGGER = logging.getLogger("airbyte")


class AdaptiveApiBudget(APIBudget):
    """Holds requests back that Zendesk would refuse, for all streams of a sync together.

    Nothing is known before the first answer, which one request asks for: limits, what is left and when they are
    renewed are read from the headers of each. 95% of a limit is used. After a 429 nobody whom the limit is for asks
    until the time that it names; an endpoint that is told, or known from `own`, to have one of its own leaves the
    others alone. Safe for threads.
    https://developer.zendesk.com/api-reference/introduction/rate-limits/
    """

    def __init__(
        self,
        endpoint_limits: EndpointLimits,
        stats: SyncStats,
        clock: Callable[[], float] = time.monotonic,
        wait_on: Callable[[threading.Condition, float], object] = threading.Condition.wait,
    ) -> None:
        super().__init__(policies=[])
        self._endpoint_limits, self._stats, self._clock, self._wait_on = endpoint_limits, stats, clock, wait_on
        self._limits = RateLimits()
        self._limits_changed = threading.Condition()

    def get_matching_policy(self, request: Any) -> AbstractCallRatePolicy | None:
        """There are no fixed policies."""
        return None

    def acquire_call(self, request: Any, block: bool = True, timeout: float | None = None) -> None:  # noqa: FBT001, FBT002
        """Wait until the account and the endpoint have a request left, and take it."""
        path = _path(request)
        limits, told_until = self._endpoint_limits.for_path(path), 0.0
        with self._limits_changed:
            while (wait := self._limits.try_acquire(limits, now := self._clock())) > NO_WAIT:
                if wait.is_for_limit:
                    told_until = self._log_wait(wait.seconds, path, told_until)
                self._wait_on(self._limits_changed, wait.seconds)
            request.zendesk_sent_at = now
        self._stats.add_request()

    def _log_wait(self, wait: float, path: str, told_until: float) -> float:
        """Say until when somebody waits, who may have been woken for nothing since that was said."""
        self._stats.record_wait(wait)
        until = self._clock() + wait
        if until > told_until + 1:
            level = logging.INFO if wait > WINDOW_IN_SECONDS else logging.DEBUG
            LOGGER.log(level, "Waiting %.0f seconds for the rate limit of %s", wait, path)
        return until

    def update_from_response(self, request: Any, response: Any) -> None:
        """Learn from the headers of an answer."""
        limits = self._endpoint_limits.for_path(_path(request))
        told = {limit.name: limit for limit in map(limits.qualify, parse_limits(response.headers))}
        with self._limits_changed:
            now = self._clock()
            sent_at = getattr(request, "zendesk_sent_at", now)
            wakes = self._limits.update_from_headers(limits, told.values(), sent_at, now)
            if response.status_code == 429:
                wait = _refused_for(told, response)
                self._stats.record_wait(wait)
                wakes |= self._limits.note_refusal(limits, told, wait, sent_at, now)
            elif response.status_code < 500:
                wakes |= self._limits.drop_unreported(limits, told, now)
            if wakes:
                self._limits_changed.notify_all()


def _refused_for(told: Mapping[str, LimitHeader], response: Any) -> float:
    """Until when a refusal lasts: as it says, or as the limits do that have nothing left."""
    wait = parse_seconds(response.headers.get("Retry-After"), response.headers)
    if wait is None:
        wait = max((limit.resets for limit in told.values() if limit.remaining <= 0), default=WINDOW_IN_SECONDS)
    return min(wait, LONGEST_WAIT_IN_SECONDS)


def _path(request: Any) -> str:
    return str(urlsplit(request.url).path)
