"""What is left of all rate limits of an account."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from source_zendesk.components.requests.bucket import BETWEEN_PAGES_IN_SECONDS, NEVER, NO_WAIT, Bucket, Wait
from source_zendesk.components.requests.own_limits import OwnLimits
from source_zendesk.components.requests.told_limits import Limit

# What limits are taken for until an answer tells: the smallest that Zendesk has for accounts, and for exports.
OF_ACCOUNT, OF_EXPORTS = 200, 10


class Buckets:
    """Which limits a path has, what is left of them, and who may take it.

    A request counts against the budget of the account, and against limits of its endpoint, which are told by answers
    or known from `own`. Who needs the account's alone leaves in it what is left of the scarcer ones that somebody has
    use for: else it would be used up when they may ask.
    """

    def __init__(self, own: OwnLimits) -> None:
        self._own = own
        self._buckets: dict[str, Bucket] = {}
        self._told_of: defaultdict[str, set[str]] = defaultdict(set)
        self._account_of: dict[str, str] = {}

    def take(self, path: str, now: float) -> Wait:
        """Take a request, or say until when to wait and ask again."""
        account = self._own.account(path)
        for name, total in self._untold(path):
            self._buckets[name] = Bucket(total, total, NEVER, wanted_until=now + BETWEEN_PAGES_IN_SECONDS)
        scarce = [self._buckets[name] for name in self._scarce(path) if name in self._buckets]
        whole = [self._buckets[account]] if account in self._buckets else []
        leaving = 0 if scarce else sum(self._wanted(account, bucket.resets_at, now) for bucket in whole)
        waits = [bucket.wait(now) for bucket in scarce] + [bucket.wait(now, leaving) for bucket in whole]
        wait = max(waits, default=NO_WAIT)
        for bucket in scarce:
            bucket.want(wait.seconds, now)
        for bucket in [*scarce, *whole] if wait == NO_WAIT else []:
            bucket.take(now)
        return wait

    def _untold(self, path: str) -> list[tuple[str, int]]:
        """The limits that paths have together and that no request has asked for yet, with what they are taken for."""
        account, together = self._own.account(path), self._own.together(path)
        limits = [(account, OF_ACCOUNT), *([(together, OF_EXPORTS)] if together else [])]
        untold = [(name, total) for name, total in limits if name not in self._account_of]
        self._account_of.update({name: account for name, _ in untold})
        return untold

    def _scarce(self, path: str) -> set[str]:
        """The limits of a path besides the account's."""
        names = self._own.names(path) | self._told_of[self._own.endpoint(path)]
        return names - {self._own.account(path)}

    def _wanted(self, account: str, until: float, now: float) -> int:
        """How many requests to scarce endpoints will need the budget of the account until it is renewed."""
        names = (name for name, within in self._account_of.items() if within == account != name)
        return sum(self._buckets[name].wanted(until, now) for name in names if name in self._buckets)

    def learn(self, path: str, told: Iterable[Limit], sent_at: float, now: float) -> bool:
        """Take over what an answer tells; True if a limit was renewed."""
        self._untold(path)
        return sum(self._learn(path, limit, sent_at, now) for limit in told) > 0

    def _learn(self, path: str, limit: Limit, sent_at: float, now: float) -> bool:
        self._told_of[self._own.endpoint(path)].add(limit.name)
        self._account_of.setdefault(limit.name, self._own.account(path))
        if known := self._buckets.get(limit.name):
            return known.learn(limit, sent_at, now)
        self._buckets[limit.name] = Bucket(limit.total, limit.remaining, now + limit.resets)
        return True

    def forget(self, path: str, told: Mapping[str, Limit], now: float) -> bool:
        """A limit that is over and that no answer renews, as after a 429 without headers, holds nobody back."""
        names = {self._own.account(path), *self._scarce(path)}.difference(told)
        over = [name for name in names if name in self._buckets and now >= self._buckets[name].resets_at]
        for name in over:
            del self._buckets[name]
        return bool(over)

    def refuse(self, path: str, told: Mapping[str, Limit], wait: float, sent_at: float, now: float) -> None:
        """Nothing is left of the limit that refused for so many seconds."""
        for name in self._refusing(path, told):
            bucket = self._buckets.setdefault(name, Bucket(1, 0, 0.0))
            bucket.refuse(wait, sent_at, now, is_told=name in told)

    def _refusing(self, path: str, told: Mapping[str, Limit]) -> set[str]:
        """The limit that refused is the narrowest that covers the path, unless it is told to have requests left.

        Where the account is, the endpoint has one that nothing tells of.
        """
        left = {name for name, limit in told.items() if limit.remaining > 0}
        account, endpoint = self._own.account(path), self._own.endpoint(path)
        if narrow := self._scarce(path) - left:
            return narrow
        if account not in left:
            return {account}
        self._told_of[endpoint].add(endpoint)
        return {endpoint}
