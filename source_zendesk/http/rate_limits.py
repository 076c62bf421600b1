"""Rate limits in fixed windows, and reservations within the account limit for scarcer limits."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from source_zendesk.http.limit_headers import WINDOW_IN_SECONDS, LimitHeader, LimitsOfPath

NEVER, FOREVER = float("-inf"), float("inf")
# The share of a limit that is left for other integrations of the account.
RESERVE = 0.05
# Reset headers contain whole seconds.
ROUNDED_BY_SECONDS = 1.0
# A reader that received a page requests the next page within this time.
BETWEEN_PAGES_IN_SECONDS = 3.0
# How long to wait for the response to a probe if the limit has no headroom for a second probe.
PROBE_TIMEOUT_IN_SECONDS = 10.0
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


NO_WAIT, NO_RESERVATION = LimitWait(0.0, is_for_limit=False), Reservation(0, FOREVER)


@dataclass
class RateLimit:
    """A limit of which `remaining` of `total` requests are left in the window from `window_start` to `resets_at`.

    After a reset, one request is sent as a probe, at `probed_at`: its response contains the new limit. `skew_seconds`
    is the delay of the real reset after the announced one.
    """

    total: int
    remaining: int
    resets_at: float
    is_scarce: bool = False
    window_start: float = NEVER
    probed_at: float = NEVER
    skew_seconds: float = 0.0
    latency: float = 0.0
    used_at: float = NEVER
    _demand_until: float = NEVER
    _in_flight: list[float] = field(default_factory=list)

    @property
    def _headroom(self) -> int:
        return int(self.total * RESERVE)

    @property
    def _available(self) -> int:
        return max(self.remaining - self._headroom, 0)

    def wait(self, now: float, reservation: Reservation = NO_RESERVATION) -> LimitWait:
        """The wait until a request may be sent; a reservation holds back at most a quarter of the limit.

        After a reset, one request may be sent as a probe. If its response is late, another probe may be sent: soon if
        the limit has headroom for it, otherwise after `PROBE_TIMEOUT_IN_SECONDS`.
        """
        if now < self.resets_at:
            if self._available > min(reservation.requests, self.total // 4):
                return NO_WAIT
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
        if now < self.resets_at:
            return self.latency * self._available / max(self.resets_at - now, ROUNDED_BY_SECONDS)
        return self.latency * (self.total - self._headroom) / WINDOW_IN_SECONDS

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
        self.remaining, self.used_at = self.remaining - 1, now
        self._in_flight = [*(sent for sent in self._in_flight if sent > now - LOST_AFTER_SECONDS), now]
        if now >= self.resets_at:
            self.probed_at = now

    def note_response(self, sent_at: float, now: float) -> bool:
        """Note the response to the request sent at `sent_at`; return whether a scarce limit has none in flight now."""
        if sent_at in self._in_flight:
            self._in_flight.remove(sent_at)
        self._extend_demand(now)
        return self.is_scarce and not self._in_flight

    def reservation(self, before: float, now: float) -> Reservation:
        """The requests that readers of this scarce limit may send until `before`, the reset of the account limit.

        The reservation ends when the readers have stopped.
        """
        lost_at = self._in_flight[-1] + LOST_AFTER_SECONDS if self._in_flight else NEVER
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
        request and response, so they may not count requests in flight.
        """
        is_over, resets_at = now >= self.resets_at, now + limit.resets + self.skew_seconds
        window_start = self.resets_at if is_over else self.window_start
        if sent_at < window_start:
            return False
        self.total = limit.total
        is_reset = is_over or sent_at + limit.resets > self.resets_at + ROUNDED_BY_SECONDS
        is_sooner = resets_at < self.resets_at - ROUNDED_BY_SECONDS
        if is_reset:
            self.remaining = limit.remaining - len(self._in_flight)
            self.window_start, self.resets_at, self.probed_at = window_start, resets_at, NEVER
            self._adjust_skew(probe_was_early=self._available <= 0 and limit.resets < ROUNDED_BY_SECONDS)
        else:
            self.remaining, self.resets_at = min(self.remaining, limit.remaining), min(self.resets_at, resets_at)
        return is_reset or is_sooner

    def note_refusal(self, wait: float, sent_at: float, now: float, *, is_reported: bool) -> bool:
        """Block the limit for `wait` seconds after a 429; return whether it now resets sooner than before.

        A 429 of an earlier window is ignored. `is_reported` means that the response has headers of this limit.
        """
        before = self.resets_at
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


# The assumed limits before the first response: the lowest that Zendesk has for accounts and for exports.
DEFAULT_ACCOUNT_LIMIT, DEFAULT_EXPORT_LIMIT = 200, 10


class RateLimits:
    """All rate limits of an account, and the reservations between them.

    A request counts against the account limit and against the limits of its endpoint, which are documented or reported
    in headers. A limit that only the headers of an endpoint report replaces the limit that the endpoint shares by
    documentation, as that of the users' export may since June 2025. If an endpoint gets a 429 although its own limit
    has requests left, it counts against the shared limit too. Requests that count only against the account limit leave
    headroom for endpoints that also have a scarcer limit. Otherwise those would be blocked by the account limit when
    their own limit resets.
    """

    def __init__(self) -> None:
        self._limits: dict[str, RateLimit] = {}
        self._reported_by_endpoint: dict[str, set[str]] = {}
        self._expected: set[str] = set()
        self._scarce_names: defaultdict[str, set[str]] = defaultdict(set)

    def try_acquire(self, limits: LimitsOfPath, now: float) -> LimitWait:
        """Count a request and return `NO_WAIT`, or return how long to wait before the next call."""
        self._add_defaults(limits)
        scarce = {name: self._limits[name] for name in self._scarce(limits) if name in self._limits}
        account = [self._limits[limits.account]] if limits.account in self._limits else []
        waits = [limit.wait(now) for limit in scarce.values()]
        waits += [
            limit.wait(now, NO_RESERVATION if scarce else self._reservation(limits, limit, now)) for limit in account
        ]
        wait = max(waits, default=NO_WAIT)
        for limit in scarce.values():
            limit.note_demand(wait, now)
        self._scarce_names[limits.account].update(name for name, limit in scarce.items() if limit.is_scarce)
        for limit in [*scarce.values(), *account] if wait == NO_WAIT else []:
            limit.acquire(now)
        return wait

    def _add_defaults(self, limits: LimitsOfPath) -> None:
        """Add the default limits that paths share, so that the first request is sent alone, as a probe."""
        if limits.account not in self._expected:
            self._limits.setdefault(limits.account, RateLimit(DEFAULT_ACCOUNT_LIMIT, DEFAULT_ACCOUNT_LIMIT, NEVER))
        if limits.shared and limits.shared not in self._expected:
            self._limits.setdefault(
                limits.shared, RateLimit(DEFAULT_EXPORT_LIMIT, DEFAULT_EXPORT_LIMIT, NEVER)
            ).is_scarce = True
        self._expected.update(name for name in (limits.account, limits.shared) if name)

    def _names(self, limits: LimitsOfPath) -> set[str]:
        return {limits.account, *self._scarce(limits)}

    def _scarce(self, limits: LimitsOfPath) -> Set[str]:
        """The limits of a path except the account limit."""
        reported = self._reported_by_endpoint.get(limits.endpoint, set())
        has_own = limits.shared not in reported and not reported.isdisjoint(self._limits)
        return (limits.scarce - {limits.shared} if has_own else limits.scarce) | reported

    def _reservation(self, limits: LimitsOfPath, account: RateLimit, now: float) -> Reservation:
        """The requests that readers of scarce endpoints need from the account limit before it resets."""
        scarce = [self._limits[name] for name in self._scarce_names[limits.account] if name in self._limits]
        reservations = [limit.reservation(account.resets_at, now) for limit in scarce]
        return Reservation(
            sum(reservation.requests for reservation in reservations),
            min((reservation.until for reservation in reservations), default=FOREVER),
        )

    def update_from_headers(
        self, limits: LimitsOfPath, reported: Iterable[LimitHeader], sent_at: float, now: float
    ) -> bool:
        """Update the limits from response headers; return whether waiting requests may now be allowed sooner."""
        names = self._names(limits) & self._limits.keys()
        freed = sum(self._limits[name].note_response(sent_at, now) for name in names)
        if names == {limits.account}:
            self._limits[limits.account].note_latency(sent_at, now)
        freed += sum(self._update_limit(limits, limit, sent_at, now) for limit in reported)
        for name in names - self._names(limits):
            # The request does not count against this limit, so it was no probe of it.
            self._limits[name].probed_at = NEVER
        return freed > 0

    def _update_limit(self, limits: LimitsOfPath, limit: LimitHeader, sent_at: float, now: float) -> bool:
        if limit.name != limits.account:
            self._reported_by_endpoint.setdefault(limits.endpoint, set()).add(limit.name)
        if known := self._limits.get(limit.name):
            return known.update_from_headers(limit, sent_at, now)
        self._limits[limit.name] = RateLimit(limit.total, limit.remaining, now + limit.resets)
        return True

    def requests_in_flight(self, now: float) -> float | None:
        """The mean number of requests in flight that uses up the account limits; None if no limit is known."""
        accounts = [self._limits[name] for name in self._scarce_names if name in self._limits]
        return sum(limit.requests_in_flight(now) for limit in accounts) if accounts else None

    def drop_unreported(self, limits: LimitsOfPath, reported: Collection[str], now: float) -> bool:
        """Drop limits whose window is over and that the response does not report; return whether there are any."""
        names = self._names(limits).difference(reported) & self._limits.keys()
        expired = [name for name in names if now >= self._limits[name].resets_at]
        for name in expired:
            del self._limits[name]
        return bool(expired)

    def note_refusal(
        self, limits: LimitsOfPath, reported: Mapping[str, LimitHeader], wait: float, sent_at: float, now: float
    ) -> bool:
        """Block the limit behind a 429 for `wait` seconds; return whether waiting requests may be allowed sooner."""
        names = self._names_behind_refusal(limits, reported)
        rate_limits = {name: self._limits.setdefault(name, RateLimit(1, 0, 0.0)) for name in names}
        sooner = [
            limit.note_refusal(wait, sent_at, now, is_reported=name in reported) for name, limit in rate_limits.items()
        ]
        return any([*sooner, self.drop_unreported(limits, {*names, *reported}, now)])

    def _names_behind_refusal(self, limits: LimitsOfPath, reported: Mapping[str, LimitHeader]) -> Set[str]:
        """The names of the limits that caused a 429: the narrowest of the path without requests left.

        If the account limit has requests left too, the endpoint has a limit that no header reports.
        """
        with_requests_left = {name for name, limit in reported.items() if limit.remaining > 0}
        if narrow := self._scarce(limits) - with_requests_left:
            return narrow
        if limits.account not in with_requests_left:
            return {limits.account}
        names = limits.scarce - with_requests_left or {limits.endpoint}
        self._reported_by_endpoint.setdefault(limits.endpoint, set()).update(names)
        return names
