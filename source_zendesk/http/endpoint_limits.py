"""The documented rate limits of endpoints and products, by path."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, NamedTuple

from source_zendesk.http.limit_headers import ACCOUNT, WINDOW_IN_SECONDS, LimitHeader

# Most paths are requested once, but each request looks up its limits twice: before sending and for the response.
CACHED_PATHS = 1_000


class DocumentedRate(NamedTuple):
    """A limit that no header reports, by Zendesk's documentation: so many requests in so many seconds."""

    requests: int
    seconds: float


@dataclass(frozen=True)
class LimitsOfPath:
    """The names of the limits of a path: the `account` limit, and the documented `scarce` limits of its endpoint.

    `shared` is the scarce limit that several paths share, if there is one. `endpoint` is the path without its ids, or
    the whole path if each path has its own limit. `rate` is the account limit if no header reports it.
    """

    account: str
    shared: str | None
    scarce: frozenset[str]
    endpoint: str
    rate: DocumentedRate | None = None

    @property
    def window(self) -> float:
        """The seconds after which the account limit resets, unless a header reports another time."""
        return self.rate.seconds if self.rate else WINDOW_IN_SECONDS

    def qualify(self, limit: LimitHeader) -> LimitHeader:
        """A limit in the headers of this path's response, with a name that is unique per product and path."""
        suffix = f" {self.endpoint}" if self.endpoint in self.scarce else ""
        return replace(limit, name=self.account if limit.name == ACCOUNT else f"{limit.name}{suffix}")


class EndpointLimits:
    """The documented limits of paths, by path patterns; Zendesk's headers need not contain them.

    `shared` maps patterns to the name of a limit that paths share; the first match counts. A path that matches one of
    `single` has its own limit. `products` maps patterns to the limit that replaces the account's for a product. `rates`
    are the sizes of those limits of products that no header reports.
    """

    def __init__(
        self,
        shared: Mapping[str, str],
        single: Collection[str],
        products: Mapping[str, str] | None = None,
        rates: Mapping[str, DocumentedRate] | None = None,
    ) -> None:
        self._shared, self._single, self._products, self._rates = shared, single, products or {}, rates or {}
        self.for_path = lru_cache(CACHED_PATHS)(self._for_path)

    @classmethod
    def from_definitions(cls, definitions: Mapping[str, Any]) -> "EndpointLimits":
        """The limits in the manifest's definitions."""
        rates = {name: DocumentedRate(**rate) for name, rate in definitions["product_rates"].items()}
        return cls(definitions["shared_limits"], definitions["endpoint_limits"], definitions["product_limits"], rates)

    def _for_path(self, path: str) -> LimitsOfPath:
        shared = _first_match(self._shared, path)
        is_single = any(fnmatchcase(path, pattern) for pattern in self._single)
        account = _first_match(self._products, path) or ACCOUNT
        return LimitsOfPath(
            account=account,
            shared=shared,
            scarce=frozenset(name for name in (shared, path if is_single else None) if name),
            endpoint=path if is_single else re.sub(r"/\d+", "/*", path),
            rate=self._rates.get(account),
        )


def _first_match(table: Mapping[str, str], path: str) -> str | None:
    """The value of the first pattern that a path matches."""
    return next((name for pattern, name in table.items() if fnmatchcase(path, pattern)), None)
