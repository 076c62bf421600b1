"""What is left of all rate limits of an account."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Set

from source_zendesk.components.requests.bucket import FOR_EVER, NEVER, NO_CLAIM, NO_WAIT, Bucket, Claim, Wait
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
        self._told_of: dict[str, set[str]] = {}
        self._expected: set[str] = set()
        self._scarce_of: defaultdict[str, set[str]] = defaultdict(set)

    def take(self, limits: PathLimits, now: float) -> Wait:
        """Take a request, or say until when to wait and ask again."""
        self._expect(limits)
        scarce = {name: self._buckets[name] for name in self._scarce(limits) if name in self._buckets}
        whole = [self._buckets[limits.account]] if limits.account in self._buckets else []
        waits = [bucket.wait(now) for bucket in scarce.values()]
        waits += [bucket.wait(now, NO_CLAIM if scarce else self._claim(limits, bucket, now)) for bucket in whole]
        wait = max(waits, default=NO_WAIT)
        for bucket in scarce.values():
            bucket.want(wait, now)
        self._scarce_of[limits.account].update(name for name, bucket in scarce.items() if bucket.is_scarce)
        for bucket in [*scarce.values(), *whole] if wait == NO_WAIT else []:
            bucket.take(now)
        return wait

    def _expect(self, limits: PathLimits) -> None:
        """Begin with one request that asks how large the limits are that paths have together."""
        if limits.account not in self._expected:
            self._buckets.setdefault(limits.account, Bucket(OF_ACCOUNT, OF_ACCOUNT, NEVER))
        if limits.together and limits.together not in self._expected:
            self._buckets.setdefault(limits.together, Bucket(OF_EXPORTS, OF_EXPORTS, NEVER)).is_scarce = True
        self._expected.update(name for name in (limits.account, limits.together) if name)

    def _names(self, limits: PathLimits) -> set[str]:
        return {limits.account, *self._scarce(limits)}

    def _scarce(self, limits: PathLimits) -> Set[str]:
        """The limits of a path besides the account's."""
        return limits.scarce | self._told_of.get(limits.endpoint, set())

    def _claim(self, limits: PathLimits, whole: Bucket, now: float) -> Claim:
        """What requests to scarce endpoints will need of the budget of the account before it is renewed."""
        scarce = [self._buckets[name] for name in self._scarce_of[limits.account] if name in self._buckets]
        claims = [bucket.claim(whole.resets_at, now) for bucket in scarce]
        return Claim(sum(claim.requests for claim in claims), min((claim.until for claim in claims), default=FOR_EVER))

    def learn(self, limits: PathLimits, told: Iterable[Limit], sent_at: float, now: float) -> bool:
        """Take over what an answer tells; True if somebody may be waiting for that."""
        names = self._names(limits) & self._buckets.keys()
        ended = sum(self._buckets[name].answered(sent_at, now) for name in names)
        return ended + sum(self._learn(limits, limit, sent_at, now) for limit in told) > 0

    def _learn(self, limits: PathLimits, limit: Limit, sent_at: float, now: float) -> bool:
        if limit.name != limits.account:
            self._told_of.setdefault(limits.endpoint, set()).add(limit.name)
        if known := self._buckets.get(limit.name):
            return known.learn(limit, sent_at, now)
        self._buckets[limit.name] = Bucket(limit.total, limit.remaining, now + limit.resets)
        return True

    def forget(self, limits: PathLimits, told: Collection[str], now: float) -> bool:
        """A limit that is over and of which an answer tells nothing holds nobody back; True if there is one."""
        names = self._names(limits).difference(told) & self._buckets.keys()
        over = [name for name in names if now >= self._buckets[name].resets_at]
        for name in over:
            del self._buckets[name]
        return bool(over)

    def refuse(self, limits: PathLimits, told: Mapping[str, Limit], wait: float, sent_at: float, now: float) -> bool:
        """Nothing is left of the limit that refused for so many seconds; True if somebody may be waiting for that."""
        names = self._refusing(limits, told)
        buckets = {name: self._buckets.setdefault(name, Bucket(1, 0, 0.0)) for name in names}
        sooner = [bucket.refuse(wait, sent_at, now, is_told=name in told) for name, bucket in buckets.items()]
        return any([*sooner, self.forget(limits, {*names, *told}, now)])

    def _refusing(self, limits: PathLimits, told: Mapping[str, Limit]) -> Set[str]:
        """The limit that refused is the narrowest that covers the path, unless it is told to have requests left.

        Where the account is, the endpoint has one that nothing tells of.
        """
        left = {name for name, limit in told.items() if limit.remaining > 0}
        if narrow := self._scarce(limits) - left:
            return narrow
        if limits.account not in left:
            return {limits.account}
        self._told_of.setdefault(limits.endpoint, set()).add(limits.endpoint)
        return {limits.endpoint}
