"""One rate limit: the requests that are left in its window, and the requests in flight that use it up."""

from dataclasses import dataclass, field
from typing import NamedTuple

from source_zendesk.http.limit_headers import WINDOW_IN_SECONDS, LimitHeader

NEVER, FOREVER = float("-inf"), float("inf")
# The share of a limit that is left for other integrations of the account.
RESERVE = 0.05
# Reset headers contain whole seconds.
ROUNDED_BY_SECONDS = 1.0
# A reader that received a page requests the next page within this time.
BETWEEN_PAGES_IN_SECONDS = 3.0
# How long to wait for the response to a probe if the limit has no headroom for a second probe.
PROBE_TIMEOUT_IN_SECONDS = 10.0
# If a limit resets so soon, a higher rate than its mean uses up few more requests.
SOON_IN_SECONDS = 5.0
# The weight of the last request in the average latency.
LATENCY_WEIGHT = 0.1
# A request without a response for this long counts as lost.
LOST_AFTER_SECONDS = 60.0


class LimitWait(NamedTuple):
    """Seconds to wait for a limit that resets in `resets_in` seconds, or else for the response to a probe."""

    seconds: float
    is_for_limit: bool
    resets_in: float = 0.0


class Reservation(NamedTuple):
    """Requests that stay reserved for scarcer limits, at least until `until`."""

    requests: int
    until: float


class InFlight(NamedTuple):
    """A request without a response: its time, its number, and how many were without a response when it was sent."""

    sent_at: float
    number: int
    before: int


NO_WAIT, NO_RESERVATION = LimitWait(0.0, is_for_limit=False), Reservation(0, FOREVER)


@dataclass
class RateLimit:
    """A limit of which `remaining` of `total` requests are left in the window from `window_start` to `resets_at`.

    After a reset, the requests that were left may be sent, or one as a probe, at `probed_at`: its response contains the
    new limit. `skew_seconds` is the delay of the real reset after the announced one. A limit for the last seconds,
    which allows requests again one by one, announces when it allows the next.
    """

    total: int
    remaining: int
    resets_at: float
    is_scarce: bool = False
    window: float = WINDOW_IN_SECONDS
    window_start: float = NEVER
    probed_at: float = NEVER
    skew_seconds: float = 0.0
    latency: float = 0.0
    used_at: float = NEVER
    refused_at: float = NEVER
    _demand_until: float = NEVER
    _acquired: int = 0
    _in_flight: list[InFlight] = field(default_factory=list)

    @property
    def _headroom(self) -> int:
        return int(self.total * RESERVE)

    @property
    def _available(self) -> int:
        return max(self.remaining - self._headroom, 0)

    def wait(self, now: float, reservation: Reservation = NO_RESERVATION) -> LimitWait:
        """The wait until a request may be sent; a reservation holds back at most a quarter of the limit.

        After a reset, the requests that were left may still be sent, then one as a probe. If its response is late,
        another probe may be sent: soon if the limit has headroom for it, otherwise after `PROBE_TIMEOUT_IN_SECONDS`.
        """
        if self._available > min(reservation.requests, self.total // 4):
            return NO_WAIT
        if now < self.resets_at:
            until = min(self.resets_at, reservation.until) if self._available else self.resets_at
            return LimitWait(until - now, is_for_limit=True, resets_in=self.resets_at - now)
        timeout = ROUNDED_BY_SECONDS if self._headroom else PROBE_TIMEOUT_IN_SECONDS
        return max(LimitWait(self.probed_at + timeout - now, is_for_limit=False), NO_WAIT)

    def requests_in_flight(self, now: float) -> float:
        """The mean number of requests in flight that uses the limit up at its reset: rate times latency (Little's law).

        None are due if no stream uses the limit any more.
        """
        if now > self.used_at + self.latency + BETWEEN_PAGES_IN_SECONDS:
            return 0.0
        mean_rate, seconds = (self.total - self._headroom) / self.window, self.resets_at - now
        if seconds <= 0:
            return self.latency * mean_rate
        rate = self._available / max(seconds, ROUNDED_BY_SECONDS)
        return self.latency * (rate if seconds > SOON_IN_SECONDS else min(rate, mean_rate))

    def note_latency(self, sent_at: float, now: float) -> None:
        """Include the latency of one request in the moving average."""
        self.latency += (now - sent_at - self.latency) * (LATENCY_WEIGHT if self.latency else 1)
        self.used_at = now

    def note_demand(self, wait: LimitWait, now: float) -> None:
        """Note that a request will follow this wait; a limit that a request once waited for is scarce."""
        self.is_scarce |= self.wait(now).is_for_limit
        self._extend_demand(now + wait.seconds if wait.is_for_limit else now)

    def _extend_demand(self, until: float) -> None:
        self._demand_until = max(self._demand_until, until + BETWEEN_PAGES_IN_SECONDS)

    def acquire(self, now: float) -> None:
        """Count a request that is sent now."""
        self.remaining, self.used_at, self._acquired = self.remaining - 1, now, self._acquired + 1
        waiting = [request for request in self._in_flight if request.sent_at > now - LOST_AFTER_SECONDS]
        self._in_flight = [*waiting, InFlight(now, self._acquired, len(waiting))]
        if now >= self.resets_at:
            self.probed_at = now

    def note_response(self, sent_at: float, now: float) -> bool:
        """Note the response to the request sent at `sent_at`; return whether a scarce limit has none in flight now."""
        index = self._index(sent_at)
        if index is not None:
            del self._in_flight[index]
        self._extend_demand(now)
        return self.is_scarce and not self._in_flight

    def _index(self, sent_at: float) -> int | None:
        return next((index for index, request in enumerate(self._in_flight) if request.sent_at == sent_at), None)

    def _uncounted(self, sent_at: float) -> int:
        """The requests that the response to the one of `sent_at` may not count: any that overlapped with it."""
        index = self._index(sent_at)
        if index is None:
            return len(self._in_flight)
        request = self._in_flight[index]
        return request.before + self._acquired - request.number

    def reservation(self, before: float, now: float) -> Reservation:
        """The requests that readers of this scarce limit may send until `before`, the reset of the account limit.

        The reservation ends when the readers have stopped.
        """
        lost_at = self._in_flight[-1].sent_at + LOST_AFTER_SECONDS if self._in_flight else NEVER
        until = max(self._demand_until, lost_at)
        if not self.is_scarce or now >= until:
            return NO_RESERVATION
        full_window = self.total - self._headroom
        if now >= self.resets_at:
            return Reservation(full_window, until)
        # Limits that reset together may be announced a second apart, and one of them may have a skew of a second.
        resets_first = self.resets_at + 2 * ROUNDED_BY_SECONDS < before
        return Reservation(self._available + (full_window if resets_first else 0), until)

    def update_from_headers(self, limit: LimitHeader, sent_at: float, now: float) -> bool:
        """Update the limit from response headers; return whether waiting requests may now be allowed sooner.

        Headers of an earlier window, in which the request was sent, are ignored. Zendesk computed the headers between
        request and response, so they may not count requests in flight. If a response has more requests left than known,
        the limit allows them again, unless it has refused a request since.
        """
        is_over, resets_at = now >= self.resets_at, now + limit.resets + self.skew_seconds
        window_start = self.resets_at if is_over else self.window_start
        if sent_at < window_start:
            return False
        self.total = limit.total
        remaining = limit.remaining - self._uncounted(sent_at)
        is_later = sent_at + limit.resets > self.resets_at + ROUNDED_BY_SECONDS
        is_reset = is_over or is_later or (remaining > self.remaining and sent_at > self.refused_at)
        is_sooner = resets_at < self.resets_at - ROUNDED_BY_SECONDS
        if is_reset:
            self.remaining, self.probed_at = remaining, NEVER
            self.window_start, self.resets_at = window_start, resets_at
            self._adjust_skew(probe_was_early=self._available <= 0 and limit.resets < ROUNDED_BY_SECONDS)
        else:
            self.remaining, self.resets_at = min(self.remaining, limit.remaining), min(self.resets_at, resets_at)
        return is_reset or is_sooner

    def note_refusal(self, wait: float | None, sent_at: float, now: float, *, is_reported: bool) -> bool:
        """Block the limit for `wait` seconds after a 429; return whether it now resets sooner than before.

        Without `wait`, it is blocked for a window. A 429 of an earlier window is ignored. `is_reported` means that the
        response has headers of this limit.
        """
        wait = self.window if wait is None else wait
        before, self.refused_at = self.resets_at, now
        if sent_at >= self.window_start:
            self.remaining, self.probed_at, self.resets_at = 0, NEVER, now + wait + self.skew_seconds
            # `Retry-After` is at least a second, even just before the reset.
            self._adjust_skew(probe_was_early=is_reported and wait <= ROUNDED_BY_SECONDS)
        return self.resets_at < before - ROUNDED_BY_SECONDS

    def _adjust_skew(self, *, probe_was_early: bool) -> None:
        """If a probe was sent before the real reset, assume from now on that resets are a second late."""
        if probe_was_early and not self.skew_seconds:
            self.skew_seconds = ROUNDED_BY_SECONDS
            self.resets_at += self.skew_seconds


# After consecutive 429 responses without `Retry-After`, a documented limit is blocked for this long at most.
LONGEST_BLOCK_IN_SECONDS = 60.0


@dataclass
class DocumentedRateLimit(RateLimit):
    """A limit that no header reports: `total` requests in each `window` of seconds, by Zendesk's documentation.

    It needs no probe, and ignores headers. After a 429 without `Retry-After`, it is blocked for a window, and twice as
    long after each further one in a row.
    """

    _refusals: int = 0

    def requests_in_flight(self, now: float) -> float:
        """The mean number of requests in flight at the documented rate; none if no stream uses the limit any more."""
        is_used = now <= self.used_at + self.latency + BETWEEN_PAGES_IN_SECONDS
        return self.latency * self.total / self.window if is_used else 0.0

    def wait(self, now: float, reservation: Reservation = NO_RESERVATION) -> LimitWait:
        """The wait until a request may be sent; a new window starts with the first request after the last one."""
        if now >= self.resets_at:
            self._refusals = self._refusals if self.refused_at >= self.window_start else 0
            self.remaining, self.window_start, self.resets_at = self.total, now, now + self.window
        return super().wait(now, reservation)

    def update_from_headers(self, limit: LimitHeader, sent_at: float, now: float) -> bool:
        """Nothing changes: the documented limit is valid."""
        return False

    def note_refusal(self, wait: float | None, sent_at: float, now: float, *, is_reported: bool) -> bool:
        """Block the limit after a 429; refused requests that were sent together count once."""
        if sent_at < self.refused_at:
            return False
        block = min(self.window * 2**self._refusals, LONGEST_BLOCK_IN_SECONDS) if wait is None else wait
        self._refusals += 1
        return super().note_refusal(block, sent_at, now, is_reported=is_reported)
