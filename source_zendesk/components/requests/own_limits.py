"""Limits that endpoints have besides the account's."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from source_zendesk.components.requests.told_limits import ACCOUNT, Limit

# Most paths are asked once, but when they are, the limits are looked up for the request and for its answer.
PATHS_KEPT = 1_000


@dataclass(frozen=True)
class PathLimits:
    """The limits of a path, by name: the `account`'s, and the `scarce` ones that no header need tell of.

    `together` is the one of these that it has together with other paths. An `endpoint` is the path without its ids,
    unless each path has a limit of its own, since else limits are those of an endpoint.
    """

    account: str
    together: str | None
    scarce: frozenset[str]
    endpoint: str

    def named(self, limit: Limit) -> Limit:
        """A limit that an answer of this path tells, with its full name."""
        own = f" {self.endpoint}" if self.endpoint in self.scarce else ""
        return replace(limit, name=self.account if limit.name == ACCOUNT else f"{limit.name}{own}")


class OwnLimits:
    """Which limits paths have that no header need tell of, by patterns.

    `shared` names those that paths have together, of which the first that fits counts; what fits one of `single` has
    one for each path. `products` names budgets that products have in the place of the account's.
    """

    def __init__(
        self, shared: Mapping[str, str], single: Collection[str], products: Mapping[str, str] | None = None
    ) -> None:
        self._shared, self._single, self._products = shared, single, products or {}
        self.of = lru_cache(PATHS_KEPT)(self._of)

    @classmethod
    def of_definitions(cls, known: Mapping[str, Any]) -> "OwnLimits":
        """Those that the manifest has in its definitions."""
        return cls(known["shared_limits"], known["own_limits"], known["product_limits"])

    def _of(self, path: str) -> PathLimits:
        together, is_single = _first(self._shared, path), any(fnmatchcase(path, pattern) for pattern in self._single)
        return PathLimits(
            account=_first(self._products, path) or ACCOUNT,
            together=together,
            scarce=frozenset(name for name in (together, path if is_single else None) if name),
            endpoint=path if is_single else re.sub(r"/\d+", "/*", path),
        )


def _first(table: Mapping[str, str], path: str) -> str | None:
    """The name of the first pattern that a path fits."""
    return next((name for pattern, name in table.items() if fnmatchcase(path, pattern)), None)
