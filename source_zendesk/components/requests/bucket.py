"""What is left of one rate limit."""

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from source_zendesk.components.requests.told_limits import Limit

NEVER = float("-inf")
# Left to everybody else who uses the account's budget.
RESERVE = 0.05
# Times are told in whole seconds.
ROUNDED_BY_SECONDS = 1.0
# Who reads pages comes back for the next one within this time.
BETWEEN_PAGES_IN_SECONDS = 10.0
MOST_UNDER_WAY = 100


class Wait(NamedTuple):
    """So many seconds, for a limit to be renewed or else for the answer that tells how far it is."""

    seconds: float
    is_for_limit: bool


class Claim(NamedTuple):
    """So many requests are claimed by somebody, at least until then."""

    requests: int
    until: float


NO_CLAIM = Claim(0, float("inf"))
NO_WAIT = Wait(0.0, is_for_limit=False)


@dataclass
class Bucket:
    """So many requests of `total` are left until `resets_at`; `began` is when the limit was renewed before.

    Somebody has use for all that is left, and for what is renewed, until `wanted_until`. `late_by` is how much later
    than told the limit is renewed.
    """

    total: int
    remaining: int
    resets_at: float
    began: float = NEVER
    asked_at: float = NEVER
    wanted_until: float = NEVER
    late_by: float = 0.0
    taken: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_UNDER_WAY))

    @property
    def _spare(self) -> int:
        return int(self.total * RESERVE)

    @property
    def _left(self) -> int:
        return max(self.remaining - self._spare, 0)

    def wait(self, now: float, claim: Claim = NO_CLAIM) -> Wait:
        """Until a request may be sent that leaves to others what they claim, a quarter of all at most.

        When the limit is renewed, one goes ahead and asks how far. One more does if no answer comes: soon where there
        is a reserve, for requests under way are not in what is told.
        """
        if now < self.resets_at:
            if self._left > min(claim.requests, self.total // 4):
                return NO_WAIT
            until = min(self.resets_at, claim.until) if self._left else self.resets_at
            return Wait(until - now, is_for_limit=True)
        late = ROUNDED_BY_SECONDS if self._spare else BETWEEN_PAGES_IN_SECONDS
        return max(Wait(self.asked_at + late - now, is_for_limit=False), NO_WAIT)

    def take(self, now: float) -> None:
        """Count a request."""
        self.remaining -= 1
        self.taken.append(now)
        if now >= self.resets_at:
            self.asked_at = now

    def want(self, seconds: float, now: float) -> bool:
        """Somebody waits so long for a request; True if one was asked for before, or if it is this limit that lasts."""
        is_wanted = now < self.wanted_until or self.wait(now) > NO_WAIT
        if is_wanted:
            self.wanted_until = max(self.wanted_until, now + seconds + BETWEEN_PAGES_IN_SECONDS)
        return is_wanted

    def claim(self, until: float, now: float) -> Claim:
        """The requests that may be sent from now on until then, if somebody has use for them."""
        if now >= self.wanted_until:
            return NO_CLAIM
        renewed = self.total - self._spare if self.resets_at < until else 0
        return Claim(renewed + (self._left if now < self.resets_at else 0), self.wanted_until)

    def learn(self, limit: Limit, sent_at: float, now: float) -> bool:
        """Take over what an answer tells, unless it is of a time that is over, since its request was sent in it.

        It was told at some time between request and answer; what was sent since then may still be under way. True if
        it tells that the limit was renewed.
        """
        is_over, told = now >= self.resets_at, now + limit.resets + self.late_by
        began = self.resets_at if is_over else self.began
        if sent_at < began:
            return False
        self.total = limit.total
        if is_over or sent_at + limit.resets > self.resets_at + ROUNDED_BY_SECONDS:
            since = sum(taken > sent_at for taken in self.taken)
            self.remaining, self.began, self.asked_at, self.resets_at = limit.remaining - since, began, NEVER, told
            self._came(is_early=self._left <= 0 and limit.resets < ROUNDED_BY_SECONDS)
            return True
        self.remaining, self.resets_at = min(self.remaining, limit.remaining), min(self.resets_at, told)
        return False

    def refuse(self, wait: float, sent_at: float, now: float, *, is_told: bool) -> None:
        """Nothing is left for so many seconds, unless that is said of a time that is over."""
        if sent_at >= self.began:
            self.remaining, self.asked_at, self.resets_at = 0, NEVER, now + wait + self.late_by
            self._came(is_early=is_told and wait <= ROUNDED_BY_SECONDS)

    def _came(self, *, is_early: bool) -> None:
        """A limit that is not renewed when it should be is told in seconds that are rounded down."""
        if is_early and not self.late_by:
            self.late_by = ROUNDED_BY_SECONDS
            self.resets_at += self.late_by
