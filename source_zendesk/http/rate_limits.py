"""All rate limits of an account, and reservations within the account limit for scarcer limits."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Set

from source_zendesk.http.endpoint_limits import LimitsOfPath
from source_zendesk.http.limit_headers import LimitHeader
from source_zendesk.http.rate_limit import (
    FOREVER,
    NEVER,
    NO_RESERVATION,
    NO_WAIT,
    DocumentedRateLimit,
    LimitWait,
    RateLimit,
    Reservation,
)

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
        """Add the default limits that paths share, so that the first request is sent alone, as a probe.

        A documented rate needs no probe.
        """
        if limits.account not in self._expected:
            self._limits.setdefault(limits.account, _account_limit(limits))
        if limits.shared and limits.shared not in self._expected:
            self._limits.setdefault(limits.shared, RateLimit(DEFAULT_EXPORT_LIMIT, 0, NEVER)).is_scarce = True
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
        freed = sum(self._update_limit(limits, limit, sent_at, now) for limit in reported)
        freed += sum(self._limits[name].note_response(sent_at, now) for name in names)
        if names == {limits.account}:
            self._limits[limits.account].note_latency(sent_at, now)
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
        unreported = {name for name in names if not isinstance(self._limits[name], DocumentedRateLimit)}
        expired = [name for name in unreported if now >= self._limits[name].resets_at]
        for name in expired:
            del self._limits[name]
        return bool(expired)

    def note_refusal(
        self, limits: LimitsOfPath, reported: Mapping[str, LimitHeader], wait: float | None, sent_at: float, now: float
    ) -> bool:
        """Block the limit behind a 429 for `wait` seconds, or for its window.

        Returns whether waiting requests may be allowed sooner.
        """
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


def _account_limit(limits: LimitsOfPath) -> RateLimit:
    """The limit of an account before the first response."""
    if limits.rate is None:
        return RateLimit(DEFAULT_ACCOUNT_LIMIT, 0, NEVER)
    return DocumentedRateLimit(limits.rate.requests, limits.rate.requests, NEVER, window=limits.rate.seconds)
