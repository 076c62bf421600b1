"""What is left of one rate limit."""

from dataclasses import dataclass, field
from typing import NamedTuple

from source_zendesk.components.requests.told_limits import Limit

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


class Wait(NamedTuple):
    """So many seconds, for a limit to be renewed or else for the answer that tells how far it is."""

    seconds: float
    is_for_limit: bool


class Claim(NamedTuple):
    """So many requests are kept for somebody, at least until then."""

    requests: int
    until: float


NO_WAIT, NO_CLAIM = Wait(0.0, is_for_limit=False), Claim(0, FOR_EVER)


@dataclass
class Bucket:
    """So many requests of `total` are left until `resets_at`; `began` is when the limit was renewed before.

    `asked_at` is when somebody went ahead to ask how far it is renewed, `late_by` how much later than told it is.
    """

    total: int
    remaining: int
    resets_at: float
    is_scarce: bool = False
    began: float = NEVER
    asked_at: float = NEVER
    late_by: float = 0.0
    _wanted_until: float = NEVER
    _under_way: list[float] = field(default_factory=list)

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
        late = ROUNDED_BY_SECONDS if self._spare else ANSWER_IN_SECONDS
        return max(Wait(self.asked_at + late - now, is_for_limit=False), NO_WAIT)

    def want(self, wait: Wait, now: float) -> None:
        """Somebody will take a request after this wait. A limit that had to be waited for once is scarce."""
        self.is_scarce |= self.wait(now).is_for_limit
        self._want(now + wait.seconds if wait.is_for_limit else now)

    def _want(self, until: float) -> None:
        self._wanted_until = max(self._wanted_until, until + BETWEEN_PAGES_IN_SECONDS)

    def take(self, now: float) -> None:
        """Count a request that is sent now."""
        self.remaining -= 1
        self._under_way = [*(sent for sent in self._under_way if sent > now - LOST_AFTER_SECONDS), now]
        if now >= self.resets_at:
            self.asked_at = now

    def answered(self, sent_at: float, now: float) -> bool:
        """The request that was sent then is answered; True if nothing is claimed for any other."""
        if sent_at in self._under_way:
            self._under_way.remove(sent_at)
        self._want(now)
        return self.is_scarce and not self._under_way

    def claim(self, before: float, now: float) -> Claim:
        """What those who read from a scarce limit will send before another is renewed, for as long as they do read."""
        lost_at = self._under_way[-1] + LOST_AFTER_SECONDS if self._under_way else NEVER
        until = max(self._wanted_until, lost_at)
        if not self.is_scarce or now >= until:
            return NO_CLAIM
        whole = self.total - self._spare
        if now >= self.resets_at:
            return Claim(whole, until)
        # Limits that are renewed together may be told a second apart, and one be known to come a second late.
        is_renewed = self.resets_at + 2 * ROUNDED_BY_SECONDS < before
        return Claim(self._left + (whole if is_renewed else 0), until)

    def learn(self, limit: Limit, sent_at: float, now: float) -> bool:
        """Take over what an answer tells, unless it is of a time that is over, since its request was sent in it.

        It was told at some time between request and answer, and may not count what is under way. True if somebody may
        be waiting for what it tells.
        """
        is_over, told = now >= self.resets_at, now + limit.resets + self.late_by
        began = self.resets_at if is_over else self.began
        if sent_at < began:
            return False
        self.total = limit.total
        is_renewed = is_over or sent_at + limit.resets > self.resets_at + ROUNDED_BY_SECONDS
        is_sooner = told < self.resets_at - ROUNDED_BY_SECONDS
        if is_renewed:
            remaining = limit.remaining - len(self._under_way)
            self.remaining, self.began, self.asked_at, self.resets_at = remaining, began, NEVER, told
            self._notice_rounding(came_early=self._left <= 0 and limit.resets < ROUNDED_BY_SECONDS)
        else:
            self.remaining, self.resets_at = min(self.remaining, limit.remaining), min(self.resets_at, told)
        return is_renewed or is_sooner

    def refuse(self, wait: float, sent_at: float, now: float, *, is_told: bool) -> bool:
        """Nothing is left for so many seconds, unless that is said of a time that is over; True if that is sooner."""
        before = self.resets_at
        if sent_at >= self.began:
            self.remaining, self.asked_at, self.resets_at = 0, NEVER, now + wait + self.late_by
            # A header with the seconds until a refusal is over has one at least.
            self._notice_rounding(came_early=is_told and wait <= ROUNDED_BY_SECONDS)
        return self.resets_at < before - ROUNDED_BY_SECONDS

    def _notice_rounding(self, *, came_early: bool) -> None:
        """From now on be a second later than told, if a request that was to find the limit renewed did not."""
        if came_early and not self.late_by:
            self.late_by = ROUNDED_BY_SECONDS
            self.resets_at += self.late_by
