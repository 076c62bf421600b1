"""What is left of all rate limits of an account."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set

from source_zendesk.components.requests.bucket import (
    BETWEEN_PAGES_IN_SECONDS,
    NEVER,
    NO_CLAIM,
    NO_WAIT,
    Bucket,
    Claim,
    Wait,
)
from source_zendesk.components.requests.own_limits import PathLimits
from source_zendesk.components.requests.told_limits import Limit

# What limits are taken for until an answer tells: the smallest that Zendesk has for accounts, and for exports.
OF_ACCOUNT, OF_EXPORTS = 200, 10


class Buckets:
    """What is left of the limits that paths have, and who may take it.

    A request counts against the budget of the account, and against limits of its endpoint, which are known or told by
    answers. Who needs the account's alone leaves in it what is left of the scarcer ones that somebody has use for:
    else it would be used up when they may ask.
    """

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}
        self._told_of: defaultdict[str, set[str]] = defaultdict(set)
        self._expected: set[str] = set()
        self._claiming: defaultdict[str, set[str]] = defaultdict(set)

    def take(self, limits: PathLimits, now: float) -> Wait:
        """Take a request, or say until when to wait and ask again."""
        for name, total in self._untold(limits):
            self._buckets[name] = Bucket(total, total, NEVER, wanted_until=now + BETWEEN_PAGES_IN_SECONDS)
        scarce = {name: self._buckets[name] for name in self._scarce(limits) if name in self._buckets}
        whole = [self._buckets[limits.account]] if limits.account in self._buckets else []
        waits = [bucket.wait(now) for bucket in scarce.values()]
        waits += [bucket.wait(now, NO_CLAIM if scarce else self._claim(limits, bucket, now)) for bucket in whole]
        wait = max(waits, default=NO_WAIT)
        for name, bucket in scarce.items():
            if bucket.want(wait.seconds, now):
                self._claiming[limits.account].add(name)
        for bucket in [*scarce.values(), *whole] if wait == NO_WAIT else []:
            bucket.take(now)
        return wait

    def _untold(self, limits: PathLimits) -> list[tuple[str, int]]:
        """The limits that paths have together and that no request has asked for yet, with what they are taken for."""
        found = [(limits.account, OF_ACCOUNT), *([(limits.together, OF_EXPORTS)] if limits.together else [])]
        untold = [(name, total) for name, total in found if name not in self._expected]
        self._expected.update(name for name, _ in untold)
        return untold

    def _scarce(self, limits: PathLimits) -> Set[str]:
        """The limits of a path besides the account's."""
        return (limits.scarce | self._told_of[limits.endpoint]) - {limits.account}

    def _claim(self, limits: PathLimits, whole: Bucket, now: float) -> Claim:
        """What requests to scarce endpoints will need of the budget of the account before it is renewed."""
        names = [name for name in self._claiming[limits.account] if name in self._buckets]
        claims = [self._buckets[name].claim(whole.resets_at, now) for name in names]
        return Claim(sum(claim.requests for claim in claims), min((claim.until for claim in claims), default=NEVER))

    def learn(self, limits: PathLimits, told: Iterable[Limit], sent_at: float, now: float) -> bool:
        """Take over what an answer tells; True if a limit was renewed."""
        self._untold(limits)
        return sum(self._learn(limits, limit, sent_at, now) for limit in told) > 0

    def _learn(self, limits: PathLimits, limit: Limit, sent_at: float, now: float) -> bool:
        self._told_of[limits.endpoint].add(limit.name)
        if known := self._buckets.get(limit.name):
            return known.learn(limit, sent_at, now)
        self._buckets[limit.name] = Bucket(limit.total, limit.remaining, now + limit.resets)
        return True

    def forget(self, limits: PathLimits, told: Mapping[str, Limit], now: float) -> bool:
        """A limit that is over and that no answer renews, as after a 429 without headers, holds nobody back."""
        names = {limits.account, *self._scarce(limits)}.difference(told)
        over = [name for name in names if name in self._buckets and now >= self._buckets[name].resets_at]
        for name in over:
            del self._buckets[name]
        return bool(over)

    def refuse(self, limits: PathLimits, told: Mapping[str, Limit], wait: float, sent_at: float, now: float) -> None:
        """Nothing is left of the limit that refused for so many seconds."""
        for name in self._refusing(limits, told):
            bucket = self._buckets.setdefault(name, Bucket(1, 0, 0.0))
            bucket.refuse(wait, sent_at, now, is_told=name in told)

    def _refusing(self, limits: PathLimits, told: Mapping[str, Limit]) -> Set[str]:
        """The limit that refused is the narrowest that covers the path, unless it is told to have requests left.

        Where the account is, the endpoint has one that nothing tells of.
        """
        left = {name for name, limit in told.items() if limit.remaining > 0}
        if narrow := self._scarce(limits) - left:
            return narrow
        if limits.account not in left:
            return {limits.account}
        self._told_of[limits.endpoint].add(limits.endpoint)
        return {limits.endpoint}
