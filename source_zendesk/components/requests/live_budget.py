"""The rate limits of the account, as its answers tell them."""

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from airbyte_cdk.sources.streams.call_rate import AbstractCallRatePolicy, APIBudget

from source_zendesk.components.requests.own_limits import OwnLimits
from source_zendesk.components.requests.told_limits import WINDOW_IN_SECONDS, Limit, told_limits
from source_zendesk.components.requests.told_waits import LONGEST_WAIT_IN_SECONDS, seconds
from source_zendesk.messages.tally import Tally

LOGGER = logging.getLogger("airbyte")
# Left to everybody else who uses the account's budget.
RESERVE = 0.05
MOMENT_IN_SECONDS = 0.1


@dataclass
class _Bucket:
    """What is left of a limit until it is renewed; `began` is when it was renewed before."""

    total: int
    remaining: int
    resets_at: float
    began: float = float("-inf")
    asked_at: float = float("-inf")

    def wait(self, now: float) -> float:
        """Seconds until a request may be sent; when the limit is renewed, one goes ahead and asks how far."""
        if now < self.resets_at:
            spare = int(self.total * RESERVE)
            return self.resets_at - now if self.remaining <= spare else 0.0
        return 0.0 if now - self.asked_at > WINDOW_IN_SECONDS else MOMENT_IN_SECONDS

    def take(self, now: float) -> None:
        """Count a request."""
        self.remaining -= 1
        if now >= self.resets_at:
            self.asked_at = now


class LiveBudget(APIBudget):
    """Holds requests back that Zendesk would refuse, for all streams of a sync together.

    Nothing is known before the first answer: limits, what is left and when they are renewed are read from the headers
    of each. 95% of a limit is used. After a 429 nobody whom the limit is for asks until the time that it names; an
    endpoint that is told, or known from `own`, to have one of its own leaves the others alone. Safe for threads.
    https://developer.zendesk.com/api-reference/introduction/rate-limits/
    """

    def __init__(
        self,
        own: OwnLimits,
        tally: Tally,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(policies=[])
        self._own, self._tally, self._clock, self._sleep = own, tally, clock, sleep
        self._buckets: dict[str, _Bucket] = {}
        self._names: dict[str, set[str]] = {}
        self._lock = threading.Lock()

    def get_matching_policy(self, request: Any) -> AbstractCallRatePolicy | None:
        """There are no fixed policies."""
        return None

    def acquire_call(self, request: Any, block: bool = True, timeout: float | None = None) -> None:  # noqa: FBT001, FBT002
        """Wait until the account and the endpoint have a request left, and take it."""
        path = _path(request)
        while (wait := self._take(path)) > 0:
            level = logging.INFO if wait > WINDOW_IN_SECONDS else logging.DEBUG
            LOGGER.log(level, "Waiting %.0f seconds for the rate limit of %s", wait, path)
            self._tally.hold(wait)
            self._sleep(wait)
        self._tally.add_request()
        request.zendesk_sent_at = self._clock()

    def _take(self, path: str) -> float:
        with self._lock:
            now = self._clock()
            buckets = [self._buckets[name] for name in self._of(path) if name in self._buckets]
            wait = max((bucket.wait(now) for bucket in buckets), default=0.0)
            if wait <= 0:
                for bucket in buckets:
                    bucket.take(now)
            return wait

    def _of(self, path: str) -> set[str]:
        return {self._own.account(path)} | self._own.names(path) | self._names.get(self._own.endpoint(path), set())

    def update_from_response(self, request: Any, response: Any) -> None:
        """Learn from the headers of an answer."""
        path = _path(request)
        with self._lock:
            now = self._clock()
            sent_at = getattr(request, "zendesk_sent_at", now)
            told = {limit.name: limit for limit in map(self._own.named(path), told_limits(response.headers))}
            self._names.setdefault(self._own.endpoint(path), set()).update(told)
            for limit in told.values():
                self._learn(limit, sent_at, now)
            if response.status_code == 429:
                self._refused(path, told, response, sent_at)
            else:
                self._forget(self._of(path).difference(told), now)

    def _learn(self, limit: Limit, sent_at: float, now: float) -> None:
        """Take over what an answer tells, unless it is of a time that is over, since its request was sent in it."""
        known, resets_at = self._buckets.get(limit.name), now + limit.resets
        if known is None:
            self._buckets[limit.name] = _Bucket(limit.total, limit.remaining, resets_at)
            return
        is_over = now >= known.resets_at
        began = known.resets_at if is_over else known.began
        if sent_at < began:
            return
        if is_over or resets_at > known.resets_at + 1:
            self._buckets[limit.name] = _Bucket(limit.total, limit.remaining, resets_at, began)
        else:
            known.total, known.remaining = limit.total, min(known.remaining, limit.remaining)

    def _forget(self, names: Collection[str], now: float) -> None:
        """A limit that is over and that no answer renews, as after a 429 without headers, holds nobody back."""
        for name in names:
            if name in self._buckets and now >= self._buckets[name].resets_at:
                del self._buckets[name]

    def _refused(self, path: str, told: Mapping[str, Limit], response: Any, sent_at: float) -> None:
        wait = _lasts(told, response)
        self._tally.hold(wait)
        for name in self._refusing(path, told):
            bucket = self._buckets.setdefault(name, _Bucket(1, 0, 0.0))
            if sent_at >= bucket.began:
                bucket.remaining, bucket.asked_at = 0, float("-inf")
                bucket.resets_at = self._clock() + wait

    def _refusing(self, path: str, told: Mapping[str, Limit]) -> set[str]:
        """The limit that refused is the narrowest that covers the path, unless it is told to have requests left.

        Where the account is, the endpoint has one that nothing tells of.
        """
        left = {name for name, limit in told.items() if limit.remaining > 0}
        account = self._own.account(path)
        if narrow := self._of(path) - {account} - left:
            return narrow
        if account not in left:
            return {account}
        endpoint = self._own.endpoint(path)
        self._names[endpoint].add(endpoint)
        return {endpoint}


def _lasts(told: Mapping[str, Limit], response: Any) -> float:
    """Until when a refusal lasts: as it says, or as the limits do that have nothing left."""
    wait = seconds(response.headers.get("Retry-After"), response.headers)
    if wait is None:
        wait = max((limit.resets for limit in told.values() if limit.remaining <= 0), default=WINDOW_IN_SECONDS)
    return min(wait, LONGEST_WAIT_IN_SECONDS)


def _path(request: Any) -> str:
    return str(urlsplit(request.url).path)
