"""Rate limits: the account's budget, and the tighter ones of some endpoints, with the headers that announce them."""

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
"""Calls to these count on their own, and not against the account's other calls."""
SAMPLES = "/api/v2/incremental/*/sample"
EXPORT_TEXT = "Number of allowed incremental export API requests per minute exceeded"


@dataclass
class Bucket:
    """So many requests in any window of so many seconds of real time; `each` path has as many where that is said."""

    name: str
    paths: tuple[str, ...]
    total: int
    window: float = 60.0
    method: str = "GET"
    header: str | None = None
    text: str = TEXT
    deeper_than: int | None = None
    but: str = ""
    each: bool = False
    taken: deque[float] = field(default_factory=deque)
    by_path: dict[str, Bucket] = field(default_factory=dict)

    def at(self, path: str) -> Bucket:
        """The bucket of a path."""
        if not self.each:
            return self
        found = self.by_path.setdefault(path, replace(self, each=False, taken=deque()))
        found.total, found.window = self.total, self.window
        return found

    def covers(self, method: str, path: str, page: int) -> bool:
        return (
            method == self.method
            and (self.deeper_than is None or page > self.deeper_than)
            and not fnmatch.fnmatchcase(path, self.but)
            and any(fnmatch.fnmatchcase(path, pattern) for pattern in self.paths)
        )

    def left(self, now: float) -> int:
        while self.taken and self.taken[0] <= now - self.window:
            self.taken.popleft()
        return self.total - len(self.taken)

    def resets(self, now: float) -> int:
        """Whole seconds until the next request is allowed."""
        return max(math.ceil(self.taken[0] + self.window - now), 1) if self.taken else 0


def _limits() -> list[Bucket]:
    v2 = "/api/v2"
    return [
        Bucket("incremental-exports", (f"{v2}/incremental/*",), 10, header=EXPORT_HEADER, text=EXPORT_TEXT,
               but=SAMPLES),
        Bucket("incremental-sample", (SAMPLES,), 10, window=1200),
        Bucket("search-export", (f"{v2}/search/export",), 100, header="zendesk-ratelimit-search-export"),
        Bucket("deleted-tickets", (f"{v2}/deleted_tickets",), 10, header="zendesk-ratelimit-deleted-tickets"),
        Bucket("tickets-index", (f"{v2}/tickets",), 100, header="zendesk-ratelimit-tickets-index"),
        Bucket("tickets-index-deep", (f"{v2}/tickets",), 50, deeper_than=500),
        Bucket("view-execute", (f"{v2}/views/*/execute", f"{v2}/views/*/count"), 5, each=True),
        Bucket("view-counts", (f"{v2}/views/count_many",), 6, window=300),
        Bucket("side-conversations", (f"{v2}/tickets/side_conversations/events",), 600, window=600),
        Bucket("talk-exports", (f"{v2}/channels/voice/stats/incremental/*",), 10, each=True),
        Bucket("agent-availabilities", (f"{v2}/agent_availabilities",), 300),
        Bucket("queue-activity", (f"{v2}/channels/voice/stats/current_queue_activity",), 2500, window=300),
        Bucket("suspended-export", (f"{v2}/suspended_tickets/export",), 1, method="POST"),
        Bucket("ticket-updates", (f"{v2}/tickets/*",), 100, method="PUT"),
        Bucket("ticket-deletes", (f"{v2}/tickets/*",), 400, method="DELETE"),
    ]  # fmt: skip


class Limits:
    """Off until `on`; `buckets` may be changed, `window` shortens every window for tests that must not wait."""

    def __init__(self) -> None:
        self.on = False
        self.account = Bucket("account", (), 700)
        self.help_center = Bucket("help-center", HELP_CENTER, 700)
        self.rate_limits = _limits()
        self.retry_after = True

    def bucket(self, name: str) -> Bucket:
        return next(bucket for bucket in self.rate_limits if bucket.name == name)

    def set(
        self,
        *,
        requests_per_minute: int | None = None,
        exports_per_minute: int | None = None,
        window: float | None = None,
    ) -> None:
        """Switch the limits on with these totals."""
        self.on = True
        for whole in (self.account, self.help_center):
            whole.total = requests_per_minute or whole.total
        if exports_per_minute is not None:
            self.bucket("incremental-exports").total = exports_per_minute
        for bucket in (self.account, self.help_center, *self.rate_limits):
            bucket.window = window or bucket.window

    def take(self, method: str, path: str, page: int) -> dict[str, str]:
        """Count a request; 429 when a bucket is empty, else the headers of what is left."""
        if not self.on:
            return {}
        now = time.monotonic()
        whole = self.help_center if self.help_center.covers("GET", path, page) else self.account
        rate_limits = [whole, *(bucket.at(path) for bucket in self.rate_limits if bucket.covers(method, path, page))]
        for bucket in rate_limits:
            if bucket.left(now) <= 0:
                raise self._refusal(bucket, rate_limits, now)
        for bucket in rate_limits:
            bucket.taken.append(now)
        return self._headers(rate_limits, now)

    def _refusal(self, bucket: Bucket, rate_limits: list[Bucket], now: float) -> errors.ApiError:
        wait = bucket.resets(now)
        error = errors.rate_limited(wait, bucket.text)
        error.headers |= self._headers(rate_limits, now)
        if not self.retry_after:
            error.headers.pop("Retry-After")
        return error

    def _headers(self, rate_limits: list[Bucket], now: float) -> dict[str, str]:
        whole, *special = rate_limits
        total, left = str(whole.total), str(max(whole.left(now), 0))
        made = {"X-Rate-Limit": total, "X-Rate-Limit-Remaining": left, "ratelimit-limit": total}
        made |= {"ratelimit-remaining": left, "ratelimit-reset": str(whole.resets(now))}
        for bucket in special:
            if bucket.header:
                state = f"total={bucket.total}; remaining={max(bucket.left(now), 0)}; resets={bucket.resets(now)}"
                made[bucket.header] = state
        return made
