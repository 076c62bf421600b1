"""The rate limits of the account, as its answers tell them."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from airbyte_cdk.sources.streams.call_rate import AbstractCallRatePolicy, APIBudget

from source_zendesk.components.requests.bucket import NO_WAIT
from source_zendesk.components.requests.buckets import Buckets
from source_zendesk.components.requests.own_limits import OwnLimits
from source_zendesk.components.requests.told_limits import WINDOW_IN_SECONDS, Limit, told_limits
from source_zendesk.components.requests.told_waits import LONGEST_WAIT_IN_SECONDS, seconds
from source_zendesk.messages.tally import Tally

LOGGER = logging.getLogger("airbyte")


class LiveBudget(APIBudget):
    """Holds requests back that Zendesk would refuse, for all streams of a sync together.

    Nothing is known before the first answer, which one request asks for: limits, what is left and when they are
    renewed are read from the headers of each. 95% of a limit is used. After a 429 nobody whom the limit is for asks
    until the time that it names; an endpoint that is told, or known from `own`, to have one of its own leaves the
    others alone. Safe for threads.
    https://developer.zendesk.com/api-reference/introduction/rate-limits/
    """

    def __init__(
        self,
        own: OwnLimits,
        tally: Tally,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[threading.Condition, float], object] = threading.Condition.wait,
    ) -> None:
        super().__init__(policies=[])
        self._own, self._tally, self._clock, self._pause = own, tally, clock, pause
        self._buckets = Buckets()
        self._learned = threading.Condition()

    def get_matching_policy(self, request: Any) -> AbstractCallRatePolicy | None:
        """There are no fixed policies."""
        return None

    def acquire_call(self, request: Any, block: bool = True, timeout: float | None = None) -> None:  # noqa: FBT001, FBT002
        """Wait until the account and the endpoint have a request left, and take it."""
        path = _path(request)
        limits, told_until = self._own.of(path), 0.0
        with self._learned:
            while (wait := self._buckets.take(limits, now := self._clock())) > NO_WAIT:
                if wait.is_for_limit:
                    told_until = self._tell(wait.seconds, path, told_until)
                self._pause(self._learned, wait.seconds)
            request.zendesk_sent_at = now
        self._tally.add_request()

    def _tell(self, wait: float, path: str, told_until: float) -> float:
        """Say until when somebody waits, who may have been woken for nothing since that was said."""
        self._tally.hold(wait)
        until = self._clock() + wait
        if until > told_until + 1:
            level = logging.INFO if wait > WINDOW_IN_SECONDS else logging.DEBUG
            LOGGER.log(level, "Waiting %.0f seconds for the rate limit of %s", wait, path)
        return until

    def update_from_response(self, request: Any, response: Any) -> None:
        """Learn from the headers of an answer."""
        limits = self._own.of(_path(request))
        told = {limit.name: limit for limit in map(limits.named, told_limits(response.headers))}
        with self._learned:
            now = self._clock()
            sent_at = getattr(request, "zendesk_sent_at", now)
            wakes = self._buckets.learn(limits, told.values(), sent_at, now)
            if response.status_code == 429:
                wait = _lasts(told, response)
                self._tally.hold(wait)
                wakes |= self._buckets.refuse(limits, told, wait, sent_at, now)
            elif response.status_code < 500:
                wakes |= self._buckets.forget(limits, told, now)
            if wakes:
                self._learned.notify_all()


def _lasts(told: Mapping[str, Limit], response: Any) -> float:
    """Until when a refusal lasts: as it says, or as the limits do that have nothing left."""
    wait = seconds(response.headers.get("Retry-After"), response.headers)
    if wait is None:
        wait = max((limit.resets for limit in told.values() if limit.remaining <= 0), default=WINDOW_IN_SECONDS)
    return min(wait, LONGEST_WAIT_IN_SECONDS)


def _path(request: Any) -> str:
    return str(urlsplit(request.url).path)
