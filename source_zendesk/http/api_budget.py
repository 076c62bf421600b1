"""The API budget of a sync, which adapts to response headers."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from airbyte_cdk.sources.message import NoopMessageRepository
from airbyte_cdk.sources.streams.call_rate import AbstractCallRatePolicy, APIBudget

from source_zendesk.http.adaptive_executor import AdaptiveExecutor
from source_zendesk.http.backoff import is_throttled
from source_zendesk.http.endpoint_limits import EndpointLimits, LimitsOfPath
from source_zendesk.http.limit_headers import (
    LONGEST_WAIT_IN_SECONDS,
    WINDOW_IN_SECONDS,
    LimitHeader,
    parse_limits,
    parse_retry_after,
)
from source_zendesk.http.rate_limit import NO_WAIT
from source_zendesk.http.rate_limits import RateLimits
from source_zendesk.http.reachability import HostReachability
from source_zendesk.output.rate_limit_status import RateLimitStatus
from source_zendesk.output.sync_stats import SyncStats

LOGGER = logging.getLogger("airbyte")
NO_MESSAGES = NoopMessageRepository()


class AdaptiveApiBudget(APIBudget):
    """Delays requests that Zendesk would refuse, for all streams of a sync together.

    The first request is sent alone, as a probe: each response contains the limits, the remaining requests and the reset
    times. The connector uses 95% of a limit. After a 429, requests under that limit wait until it resets. An endpoint
    with its own limit, documented or reported in headers, does not delay other endpoints. Thread-safe.
    https://developer.zendesk.com/api-reference/introduction/rate-limits/
    """

    def __init__(
        self,
        endpoint_limits: EndpointLimits,
        stats: SyncStats,
        executor: AdaptiveExecutor | None = None,
        reachability: HostReachability | None = None,
        status: RateLimitStatus | None = None,
        clock: Callable[[], float] = time.monotonic,
        wait_on: Callable[[threading.Condition, float], object] = threading.Condition.wait,
    ) -> None:
        super().__init__(policies=[])
        self._endpoint_limits, self._stats, self._clock, self._wait_on = endpoint_limits, stats, clock, wait_on
        self._limits, self._executor = RateLimits(), executor or AdaptiveExecutor()
        self._reachability, self._status = reachability or HostReachability(), status or RateLimitStatus(NO_MESSAGES)
        self._limits_changed = threading.Condition()

    def get_matching_policy(self, request: Any) -> AbstractCallRatePolicy | None:
        """None: the budget has no fixed policies."""
        return None

    def acquire_call(self, request: Any, block: bool = True, timeout: float | None = None) -> None:  # noqa: FBT001, FBT002
        """Wait until the limits of the account and of the endpoint allow a request, and count it."""
        path = _path(request)
        limits, logged_until, started_at = self._endpoint_limits.for_path(path), 0.0, self._clock()
        host = self._reachability.for_url(request.url)
        with self._limits_changed:
            # Without time left for the host, the request fails when it is sent.
            while (wait := self._limits.try_acquire(limits, now := self._clock())) > NO_WAIT and host.remaining > 0:
                if limits.scarce or limits.rate:
                    self._executor.discount()
                if wait.is_for_limit:
                    logged_until = self._log_wait(wait.seconds, path, logged_until)
                    self._report(now + wait.seconds - started_at, wait.resets_in)
                self._wait_on(self._limits_changed, min(wait.seconds, host.remaining))
            request.zendesk_sent_at = now
        self._stats.add_request()

    def _log_wait(self, wait: float, path: str, logged_until: float) -> float:
        """Log a wait and return its end; a wait that continues after a spurious wakeup is not logged again."""
        self._stats.record_wait(wait)
        until = self._clock() + wait
        if until > logged_until + 1:
            level = logging.INFO if wait > WINDOW_IN_SECONDS else logging.DEBUG
            LOGGER.log(level, "Waiting %.0f seconds for the rate limit of %s", wait, path)
        return until

    def _report(self, waited: float, resets_in: float) -> None:
        """Report a wait of the stream that sends the request."""
        self._status.report(self._executor.current_stream, waited, resets_in)

    def update_from_response(self, request: Any, response: Any) -> None:
        """Update the limits from the headers of a response, and wake waiting requests if that may allow them."""
        limits = self._endpoint_limits.for_path(_path(request))
        reported = {limit.name: limit for limit in map(limits.qualify, parse_limits(response.headers))}
        with self._limits_changed:
            now = self._clock()
            sent_at = getattr(request, "zendesk_sent_at", now)
            wakes = self._limits.update_from_headers(limits, reported.values(), sent_at, now)
            if is_throttled(response):
                wakes |= self._note_refusal(limits, reported, response, sent_at)
            elif response.status_code < 500:
                wakes |= self._limits.drop_unreported(limits, reported, now)
            if wakes:
                self._limits_changed.notify_all()
            self._executor.adapt(self._limits.requests_in_flight(now))

    def _note_refusal(
        self, limits: LimitsOfPath, reported: Mapping[str, LimitHeader], response: Any, sent_at: float
    ) -> bool:
        """Report the wait after a refusal, and block the limit behind a 429; True if waiting requests may go on."""
        after = parse_retry_after(response)
        retry_after = None if after is None else min(after, LONGEST_WAIT_IN_SECONDS)
        wait = limits.window if retry_after is None else retry_after
        self._report(wait, wait)
        if response.status_code != 429:
            return False
        self._stats.record_wait(wait)
        return self._limits.note_refusal(limits, reported, retry_after, sent_at, self._clock())


def _path(request: Any) -> str:
    return str(urlsplit(request.url).path)
