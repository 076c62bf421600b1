"""Limits that endpoints have besides the account's."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from source_zendesk.components.requests.told_limits import ACCOUNT, Limit


@dataclass(frozen=True)
class OwnLimits:
    """Which limits a path has that no header need tell of, by patterns.

    `shared` names those that paths have together, of which the first that fits counts; what fits one of `single` has
    one for each path. `products` names budgets that products have in the place of the account's.
    """

    shared: Mapping[str, str]
    single: Collection[str]
    products: Mapping[str, str] = field(default_factory=dict)

    def account(self, path: str) -> str:
        """The budget that all requests such as that for this path have together."""
        return next((name for pattern, name in self.products.items() if fnmatchcase(path, pattern)), ACCOUNT)

    def names(self, path: str) -> set[str]:
        """The limits of a path, by name."""
        return {name for name in (self.together(path), path if self._is_single(path) else None) if name}

    def together(self, path: str) -> str | None:
        """The limit that a path has together with others, by name."""
        return next((name for pattern, name in self.shared.items() if fnmatchcase(path, pattern)), None)

    def endpoint(self, path: str) -> str:
        """A path without its ids, unless each path has a limit of its own: else limits are those of an endpoint."""
        return path if self._is_single(path) else re.sub(r"/\d+", "/*", path)

    def named(self, path: str) -> Callable[[Limit], Limit]:
        """What gives a limit that an answer of a path tells its full name."""
        account, own = self.account(path), f" {path}" if self._is_single(path) else ""
        return lambda limit: replace(limit, name=account if limit.name == ACCOUNT else f"{limit.name}{own}")

    def _is_single(self, path: str) -> bool:
        return any(fnmatchcase(path, pattern) for pattern in self.single)
