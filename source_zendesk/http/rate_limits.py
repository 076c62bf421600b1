"""Rate limits in fixed windows, and reservations of requests for the scarcer ones."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from source_zendesk.http.limit_headers import LimitHeader, LimitsOfPath

NEVER, FOR_EVER = float("-inf"), float("inf")
# Left to everybody else who uses the account's budget.
RESERVE = 0.05
# Times are told in whole seconds.
ROUNDED_BY_SECONDS = 1.0
# Who has got a page asks for the next one within this time.
BETWEEN_PAGES_IN_SECONDS = 3.0
# An answer that tells how far a limit is renewed is waited for so long, where nothing is left to make up for a guess.
ANSWER_IN_SECONDS = 10.0
# Of a request that has not been answered for so long nothing is heard any more.
LOST_AFTER_SECONDS = 60.0


class LimitWait(NamedTuple):
    """So many seconds, for a limit to be renewed or else for the answer that tells how far it is."""

    seconds: float
    is_for_limit: bool


class Reservation(NamedTuple):
    """So many requests are kept for somebody, at least until then."""

    requests: int
    until: float


NO_WAIT, NO_RESERVATION = LimitWait(0.0, is_for_limit=False), Reservation(0, FOR_EVER)


@dataclass
class RateLimit:
    """So many requests of `total` are left until `resets_at`; `began` is when the limit was renewed before.

    `asked_at` is when somebody went ahead to ask how far it is renewed, `late_by` how much later than told it is.
    """

    total: int
    remaining: int
    resets_at: float
    is_scarce: bool = False
    window_start: float = NEVER
    probed_at: float = NEVER
    skew_seconds: float = 0.0
    _demand_until: float = NEVER
    _in_flight: list[float] = field(default_factory=list)

    @property
    def _headroom(self) -> int:
        return int(self.total * RESERVE)

    @property
    def _available(self) -> int:
        return max(self.remaining - self._headroom, 0)

    def wait(self, now: float, reservation: Reservation = NO_RESERVATION) -> LimitWait:
        """Until a request may be sent that leaves to others what they claim, a quarter of all at most.

        When the limit is renewed, one goes ahead and asks how far. One more does if no answer comes: soon where there
        is a reserve, for requests under way are not in what is told.
        """
        if now < self.resets_at:
            if self._available > min(reservation.requests, self.total // 4):
                return NO_WAIT
            until = min(self.resets_at, reservation.until) if self._available else self.resets_at
            return LimitWait(until - now, is_for_limit=True)
        late = ROUNDED_BY_SECONDS if self._headroom else ANSWER_IN_SECONDS
        return max(LimitWait(self.probed_at + late - now, is_for_limit=False), NO_WAIT)

    def note_demand(self, wait: LimitWait, now: float) -> None:
        """Somebody will take a request after this wait. A limit that had to be waited for once is scarce."""
        self.is_scarce |= self.wait(now).is_for_limit
        self._extend_demand(now + wait.seconds if wait.is_for_limit else now)

    def _extend_demand(self, until: float) -> None:
        self._demand_until = max(self._demand_until, until + BETWEEN_PAGES_IN_SECONDS)

    def acquire(self, now: float) -> None:
        """Count a request that is sent now."""
        self.remaining -= 1
        self._in_flight = [*(sent for sent in self._in_flight if sent > now - LOST_AFTER_SECONDS), now]
        if now >= self.resets_at:
            self.probed_at = now

    def note_response(self, sent_at: float, now: float) -> bool:
        """The request that was sent then is answered; True if nothing is claimed for any other."""
        if sent_at in self._in_flight:
            self._in_flight.remove(sent_at)
        self._extend_demand(now)
        return self.is_scarce and not self._in_flight

    def reservation(self, before: float, now: float) -> Reservation:
        """What those who read from a scarce limit will send before another is renewed, for as long as they do read."""
        lost_at = self._in_flight[-1] + LOST_AFTER_SECONDS if self._in_flight else NEVER
        until = max(self._demand_until, lost_at)
        if not self.is_scarce or now >= until:
            return NO_RESERVATION
        whole = self.total - self._headroom
        if now >= self.resets_at:
            return Reservation(whole, until)
        # Limits that are renewed together may be told a second apart, and one be known to come a second late.
        is_renewed = self.resets_at + 2 * ROUNDED_BY_SECONDS < before
        return Reservation(self._available + (whole if is_renewed else 0), until)

    def update_from_headers(self, limit: LimitHeader, sent_at: float, now: float) -> bool:
        """Take over what an answer tells, unless it is of a time that is over, since its request was sent in it.

        It was told at some time between request and answer, and may not count what is under way. True if somebody may
        be waiting for what it tells.
        """
        is_over, told = now >= self.resets_at, now + limit.resets + self.skew_seconds
        began = self.resets_at if is_over else self.window_start
        if sent_at < began:
            return False
        self.total = limit.total
        is_renewed = is_over or sent_at + limit.resets > self.resets_at + ROUNDED_BY_SECONDS
        is_sooner = told < self.resets_at - ROUNDED_BY_SECONDS
        if is_renewed:
            remaining = limit.remaining - len(self._in_flight)
            self.remaining, self.window_start, self.probed_at, self.resets_at = remaining, began, NEVER, told
            self._notice_rounding(came_early=self._available <= 0 and limit.resets < ROUNDED_BY_SECONDS)
        else:
            self.remaining, self.resets_at = min(self.remaining, limit.remaining), min(self.resets_at, told)
        return is_renewed or is_sooner

    def note_refusal(self, wait: float, sent_at: float, now: float, *, is_told: bool) -> bool:
        """Nothing is left for so many seconds, unless that is said of a time that is over; True if that is sooner."""
        before = self.resets_at
        if sent_at >= self.window_start:
            self.remaining, self.probed_at, self.resets_at = 0, NEVER, now + wait + self.skew_seconds
            # A header with the seconds until a refusal is over has one at least.
            self._notice_rounding(came_early=is_told and wait <= ROUNDED_BY_SECONDS)
        return self.resets_at < before - ROUNDED_BY_SECONDS

    def _notice_rounding(self, *, came_early: bool) -> None:
        """From now on be a second later than told, if a request that was to find the limit renewed did not."""
        if came_early and not self.skew_seconds:
            self.skew_seconds = ROUNDED_BY_SECONDS
            self.resets_at += self.skew_seconds


# What limits are taken for until an answer tells: the smallest that Zendesk has for accounts, and for exports.
DEFAULT_ACCOUNT_LIMIT, DEFAULT_EXPORT_LIMIT = 200, 10


class RateLimits:
    """What is left of the limits that paths have, and who may take it.

    A request counts against the budget of the account, and against limits of its endpoint, which are known or told by
    answers. Who needs the account's alone leaves in it what is left of the scarcer ones that somebody has use for:
    else it would be used up when they may ask.
    """

    def __init__(self) -> None:
        self._limits: dict[str, RateLimit] = {}
        self._reported_by_endpoint: dict[str, set[str]] = {}
        self._expected: set[str] = set()
        self._scarce_of: defaultdict[str, set[str]] = defaultdict(set)

    def try_acquire(self, limits: LimitsOfPath, now: float) -> LimitWait:
        """Take a request, or say until when to wait and ask again."""
        self._add_defaults(limits)
        scarce = {name: self._limits[name] for name in self._scarce(limits) if name in self._limits}
        whole = [self._limits[limits.account]] if limits.account in self._limits else []
        waits = [limit.wait(now) for limit in scarce.values()]
        waits += [
            limit.wait(now, NO_RESERVATION if scarce else self._reservation(limits, limit, now)) for limit in whole
        ]
        wait = max(waits, default=NO_WAIT)
        for limit in scarce.values():
            limit.note_demand(wait, now)
        self._scarce_of[limits.account].update(name for name, limit in scarce.items() if limit.is_scarce)
        for limit in [*scarce.values(), *whole] if wait == NO_WAIT else []:
            limit.acquire(now)
        return wait

    def _add_defaults(self, limits: LimitsOfPath) -> None:
        """Begin with one request that asks how large the limits are that paths have together."""
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
        """The limits of a path besides the account's."""
        return limits.scarce | self._reported_by_endpoint.get(limits.endpoint, set())

    def _reservation(self, limits: LimitsOfPath, whole: RateLimit, now: float) -> Reservation:
        """What requests to scarce endpoints will need of the budget of the account before it is renewed."""
        scarce = [self._limits[name] for name in self._scarce_of[limits.account] if name in self._limits]
        reservations = [limit.reservation(whole.resets_at, now) for limit in scarce]
        return Reservation(
            sum(reservation.requests for reservation in reservations),
            min((reservation.until for reservation in reservations), default=FOR_EVER),
        )

    def update_from_headers(
        self, limits: LimitsOfPath, told: Iterable[LimitHeader], sent_at: float, now: float
    ) -> bool:
        """Take over what an answer tells; True if somebody may be waiting for that."""
        names = self._names(limits) & self._limits.keys()
        ended = sum(self._limits[name].note_response(sent_at, now) for name in names)
        return ended + sum(self._update_limit(limits, limit, sent_at, now) for limit in told) > 0

    def _update_limit(self, limits: LimitsOfPath, limit: LimitHeader, sent_at: float, now: float) -> bool:
        if limit.name != limits.account:
            self._reported_by_endpoint.setdefault(limits.endpoint, set()).add(limit.name)
        if known := self._limits.get(limit.name):
            return known.update_from_headers(limit, sent_at, now)
        self._limits[limit.name] = RateLimit(limit.total, limit.remaining, now + limit.resets)
        return True

    def drop_unreported(self, limits: LimitsOfPath, told: Collection[str], now: float) -> bool:
        """A limit that is over and of which an answer tells nothing holds nobody back; True if there is one."""
        names = self._names(limits).difference(told) & self._limits.keys()
        over = [name for name in names if now >= self._limits[name].resets_at]
        for name in over:
            del self._limits[name]
        return bool(over)

    def note_refusal(
        self, limits: LimitsOfPath, told: Mapping[str, LimitHeader], wait: float, sent_at: float, now: float
    ) -> bool:
        """Nothing is left of the limit that refused for so many seconds; True if somebody may be waiting for that."""
        names = self._refusing(limits, told)
        rate_limits = {name: self._limits.setdefault(name, RateLimit(1, 0, 0.0)) for name in names}
        sooner = [limit.note_refusal(wait, sent_at, now, is_told=name in told) for name, limit in rate_limits.items()]
        return any([*sooner, self.drop_unreported(limits, {*names, *told}, now)])

    def _refusing(self, limits: LimitsOfPath, told: Mapping[str, LimitHeader]) -> Set[str]:
        """The limit that refused is the narrowest that covers the path, unless it is told to have requests left.

        Where the account is, the endpoint has one that nothing tells of.
        """
        left = {name for name, limit in told.items() if limit.remaining > 0}
        if narrow := self._scarce(limits) - left:
            return narrow
        if limits.account not in left:
            return {limits.account}
        self._reported_by_endpoint.setdefault(limits.endpoint, set()).add(limits.endpoint)
        return {limits.endpoint}
