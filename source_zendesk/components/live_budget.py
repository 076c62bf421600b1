"""The rate limits of the account, as its answers tell them."""

import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

from airbyte_cdk.sources.streams.call_rate import AbstractCallRatePolicy, APIBudget

LOGGER = logging.getLogger("airbyte")
ENDPOINT_HEADER = re.compile(r"zendesk-ratelimit-(?!inflight)(.+)", re.IGNORECASE)
PART = re.compile(r"(total|remaining|resets)=(\d+)")
ACCOUNT = "account"
# Left to everybody else who uses the account's budget.
RESERVE = 0.05
LONGEST_WAIT_IN_SECONDS = 300.0
WINDOW_IN_SECONDS = 60.0
MOMENT_IN_SECONDS = 0.1


@dataclass
class _Bucket:
    total: int
    remaining: int
    resets_at: float
    asked_at: float = 0.0

    def wait(self, now: float) -> float:
        """Seconds until a request may be sent; when the limit is renewed, one goes ahead and asks how far."""
        if now < self.resets_at:
            spare = int(self.total * RESERVE)
            return min(self.resets_at - now, LONGEST_WAIT_IN_SECONDS) if self.remaining <= spare else 0.0
        return 0.0 if now - self.asked_at > WINDOW_IN_SECONDS else MOMENT_IN_SECONDS

    def take(self, now: float) -> None:
        """Count a request."""
        self.remaining -= 1
        if now >= self.resets_at:
            self.asked_at = now


class LiveBudget(APIBudget):
    """Holds requests back that Zendesk would refuse, for all streams of a sync together.

    Nothing is known before the first answer: limits, what is left and when they are renewed are read from the headers
    `ratelimit-*`, `x-rate-limit*` (the account) and `zendesk-ratelimit-<name>` (some endpoints). 95% of a limit is
    used. After a 429 nobody asks until the time that it names. `shared` maps patterns of paths to a name, for
    endpoints that have one limit together; the first that fits counts. Safe for threads. https://developer.zendesk.com/api-reference/introduction/rate-limits/
    """

    def __init__(
        self,
        shared: Mapping[str, str],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(policies=[])
        self._shared, self._clock, self._sleep = shared, clock, sleep
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
            LOGGER.debug("Waiting %.0f seconds for the rate limit of %s", wait, path)
            self._sleep(wait)

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
        shared = next((name for pattern, name in self._shared.items() if fnmatchcase(path, pattern)), ACCOUNT)
        return {ACCOUNT, shared} | self._names.get(_shape(path), set())

    def update_from_response(self, request: Any, response: Any) -> None:
        """Learn from the headers of an answer."""
        path, headers = _path(request), response.headers
        with self._lock:
            now = self._clock()
            told = list(_told(headers))
            for name, total, remaining, resets in told:
                self._names.setdefault(_shape(path), set()).add(name)
                self._learn(name, total, remaining, now + resets)
            if response.status_code == 429:
                renewals = [resets for _, _, remaining, resets in told if not remaining]
                default = max(renewals, default=WINDOW_IN_SECONDS)
                self._exhaust(path, now + _seconds(headers.get("Retry-After"), default))
            else:
                self._forget(self._of(path).difference(name for name, *_ in told), now)

    def _learn(self, name: str, total: int, remaining: int, resets_at: float) -> None:
        known = self._buckets.get(name)
        if known is None or self._clock() >= known.resets_at or resets_at > known.resets_at + 1:
            self._buckets[name] = _Bucket(total, remaining, resets_at)
        else:
            known.total, known.remaining = total, min(known.remaining, remaining)

    def _forget(self, names: set[str], now: float) -> None:
        """A limit that is over and that no answer renews, as after a 429 without headers, holds nobody back."""
        for name in names:
            if name in self._buckets and now >= self._buckets[name].resets_at:
                del self._buckets[name]

    def _exhaust(self, path: str, resets_at: float) -> None:
        """The limit that refused is the narrowest that covers the path, unless that has requests left."""
        names = [name for name in self._of(path) if name != ACCOUNT] or [ACCOUNT]
        for name in names:
            bucket = self._buckets.setdefault(name, _Bucket(1, 0, resets_at))
            bucket.remaining, bucket.resets_at, bucket.asked_at = 0, resets_at, 0.0


def _told(headers: Mapping[str, str]) -> Iterator[tuple[str, int, int, float]]:
    """Name, total, remaining and seconds until the renewal of each limit that an answer tells."""
    total = headers.get("ratelimit-limit") or headers.get("X-Rate-Limit")
    remaining = headers.get("ratelimit-remaining") or headers.get("X-Rate-Limit-Remaining")
    if (total or "").isdigit() and (remaining or "").isdigit():
        yield ACCOUNT, int(total or 0), int(remaining or 0), _seconds(headers.get("ratelimit-reset"), WINDOW_IN_SECONDS)
    for header, value in headers.items():
        named, parts = ENDPOINT_HEADER.fullmatch(header), dict(PART.findall(value))
        if named and len(parts) == 3:
            yield named[1].lower(), int(parts["total"]), int(parts["remaining"]), float(parts["resets"])


def _seconds(value: str | None, default: float) -> float:
    try:
        return min(max(float(value or ""), 0.0), LONGEST_WAIT_IN_SECONDS)
    except ValueError:
        return default


def _path(request: Any) -> str:
    return str(urlsplit(request.url).path)


def _shape(path: str) -> str:
    """A path without its ids: limits are those of an endpoint."""
    return re.sub(r"/\d+", "/*", path)
