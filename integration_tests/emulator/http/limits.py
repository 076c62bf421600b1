"""Rate limits of the account and the tighter ones of some endpoints, with their response headers."""

from __future__ import annotations

import fnmatch
import math
import time
from collections import deque
from dataclasses import dataclass, field, replace

from integration_tests.emulator.api import errors

TEXT = "Number of allowed API requests per minute exceeded"
EXPORT_HEADER = "zendesk-ratelimit-incremental-exports"
HELP_CENTER = ("/api/v2/help_center/*", "/api/v2/community/*", "/api/v2/guide/*")
"""Calls to these paths have their own limit instead of the account's."""
SELL, MESSAGING = ("/v2/*", "/v3/*"), "/v2/apps*"
"""The limit of Sell appears in no header."""
SAMPLES = "/api/v2/incremental/*/sample"
EXPORT_TEXT = "Number of allowed incremental export API requests per minute exceeded"


@dataclass
class RateLimit:
    """`total` requests in any `window` seconds of real time, for each path separately if `is_per_path`."""

    name: str
    paths: tuple[str, ...]
    total: int
    window: float = 60.0
    method: str = "GET"
    header: str | None = None
    text: str = TEXT
    deeper_than: int | None = None
    excluded_path: str = ""
    is_per_path: bool = False
    request_times: deque[float] = field(default_factory=deque)
    by_path: dict[str, RateLimit] = field(default_factory=dict)

    def for_path(self, path: str) -> RateLimit:
        """The limit that counts requests to a path."""
        if not self.is_per_path:
            return self
        found = self.by_path.setdefault(path, replace(self, is_per_path=False, request_times=deque()))
        found.total, found.window = self.total, self.window
        return found

    def covers(self, method: str, path: str, page: int) -> bool:
        return (
            method == self.method
            and (self.deeper_than is None or page > self.deeper_than)
            and not fnmatch.fnmatchcase(path, self.excluded_path)
            and any(fnmatch.fnmatchcase(path, pattern) for pattern in self.paths)
        )

    def remaining(self, now: float) -> int:
        while self.request_times and self.request_times[0] <= now - self.window:
            self.request_times.popleft()
        return self.total - len(self.request_times)

    def seconds_to_reset(self, now: float) -> int:
        """Whole seconds until the next request is allowed."""
        return max(math.ceil(self.request_times[0] + self.window - now), 1) if self.request_times else 0


def _limits() -> list[RateLimit]:
    v2 = "/api/v2"
    return [
        RateLimit("incremental-exports", (f"{v2}/incremental/*",), 10, header=EXPORT_HEADER, text=EXPORT_TEXT,
               excluded_path=SAMPLES),
        RateLimit("incremental-sample", (SAMPLES,), 10, window=1200),
        RateLimit("search-export", (f"{v2}/search/export",), 100, header="zendesk-ratelimit-search-export"),
        RateLimit("deleted-tickets", (f"{v2}/deleted_tickets",), 10, header="zendesk-ratelimit-deleted-tickets"),
        RateLimit("tickets-index", (f"{v2}/tickets",), 100, header="zendesk-ratelimit-tickets-index"),
        RateLimit("tickets-index-deep", (f"{v2}/tickets",), 50, deeper_than=500),
        RateLimit("view-execute", (f"{v2}/views/*/execute", f"{v2}/views/*/count"), 5, is_per_path=True),
        RateLimit("view-counts", (f"{v2}/views/count_many",), 6, window=300),
        RateLimit("side-conversations", (f"{v2}/tickets/side_conversations/events",), 600, window=600),
        RateLimit("talk-exports", (f"{v2}/channels/voice/stats/incremental/*",), 10, is_per_path=True),
        RateLimit("agent-availabilities", (f"{v2}/agent_availabilities",), 300),
        RateLimit("queue-activity", (f"{v2}/channels/voice/stats/current_queue_activity",), 2500, window=300),
        RateLimit("suspended-export", (f"{v2}/suspended_tickets/export",), 1, method="POST"),
        RateLimit("ticket-updates", (f"{v2}/tickets/*",), 100, method="PUT"),
        RateLimit("ticket-deletes", (f"{v2}/tickets/*",), 400, method="DELETE"),
    ]  # fmt: skip


class Limits:
    """All rate limits; off until `on`. Tests shorten the windows to avoid waiting."""

    def __init__(self) -> None:
        self.on = False
        self.account = RateLimit("account", (), 700)
        self.help_center = RateLimit("help-center", HELP_CENTER, 700)
        self.sell = RateLimit("sell", SELL, 10, window=1.0, excluded_path=MESSAGING)
        self.limits = _limits()
        self.retry_after = True

    def rate_limit(self, name: str) -> RateLimit:
        return next(limit for limit in self.limits if limit.name == name)

    def set(
        self,
        *,
        requests_per_minute: int | None = None,
        exports_per_minute: int | None = None,
        window: float | None = None,
    ) -> None:
        """Switch the limits on, with these totals and windows."""
        self.on = True
        for account_limit in (self.account, self.help_center):
            account_limit.total = requests_per_minute or account_limit.total
        if exports_per_minute is not None:
            self.rate_limit("incremental-exports").total = exports_per_minute
        for limit in (self.account, self.help_center, *self.limits):
            limit.window = window or limit.window

    def acquire(self, method: str, path: str, page: int) -> dict[str, str]:
        """Count a request and return the rate-limit headers; 429 if a limit is used up."""
        if not self.on:
            return {}
        now = time.monotonic()
        if self.sell.covers("GET", path, page):
            return self._acquire_unreported(now)
        account_limit = self.help_center if self.help_center.covers("GET", path, page) else self.account
        limits = [
            account_limit,
            *(limit.for_path(path) for limit in self.limits if limit.covers(method, path, page)),
        ]
        for limit in limits:
            if limit.remaining(now) <= 0:
                raise self._refusal(limit, limits, now)
        for limit in limits:
            limit.request_times.append(now)
        return self._headers(limits, now)

    def _acquire_unreported(self, now: float) -> dict[str, str]:
        """Count a request of Sell; its responses have no rate-limit headers."""
        if self.sell.remaining(now) <= 0:
            raise errors.ApiError(429, {"errors": [{"error": {"code": "rate_limit_exceeded"}}]})
        self.sell.request_times.append(now)
        return {}

    def _refusal(self, limit: RateLimit, limits: list[RateLimit], now: float) -> errors.ApiError:
        wait = limit.seconds_to_reset(now)
        error = errors.rate_limited(wait, limit.text)
        error.headers |= self._headers(limits, now)
        if not self.retry_after:
            error.headers.pop("Retry-After")
        return error

    def _headers(self, limits: list[RateLimit], now: float) -> dict[str, str]:
        account_limit, *special = limits
        total, left = str(account_limit.total), str(max(account_limit.remaining(now), 0))
        headers = {"X-Rate-Limit": total, "X-Rate-Limit-Remaining": left, "ratelimit-limit": total}
        headers |= {"ratelimit-remaining": left, "ratelimit-reset": str(account_limit.seconds_to_reset(now))}
        for limit in special:
            if limit.header:
                remaining, reset = max(limit.remaining(now), 0), limit.seconds_to_reset(now)
                headers[limit.header] = f"total={limit.total}; remaining={remaining}; resets={reset}"
        return headers
