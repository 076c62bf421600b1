"""Rate limits of single endpoints, and the headers that give limits and waits."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from source_zendesk import times
from source_zendesk.http.response import parse_http_date, server_time

# Longer than any limit of Zendesk's; whoever asks for more is asked again then.
LONGEST_WAIT_IN_SECONDS = 3600.0
# The first number of `100` and of `100, 100;w=60`, which is no longer than a float takes.
NUMBER = re.compile(r"\s*(-?\d{1,18}(?:\.\d+)?)\s*(?:[,;].*)?")
EARLIEST_EPOCH = 1_000_000_000
EARLIEST_MILLISECONDS = 100_000_000_000


def parse_number(value: str | None) -> float | None:
    """The number at the beginning of a header, None where it has none."""
    found = NUMBER.fullmatch(value or "")
    return float(found[1]) if found else None


def parse_seconds(value: str | None, headers: Mapping[str, str]) -> float | None:
    """How many seconds to wait by a header that has them, or a moment in epoch seconds or as a date.

    A moment is one of Zendesk's clock, which the answer's own `Date` tells. None for what is no time.
    """
    found = parse_number(value)
    if found is None:
        moment = parse_http_date(value) or times.epoch(value)
    elif found > EARLIEST_EPOCH:
        moment = found / 1000 if found > EARLIEST_MILLISECONDS else found
    else:
        return max(found, 0.0)
    return None if moment is None else max(moment - server_time(headers), 0.0)


ACCOUNT = "account"
WINDOW_IN_SECONDS = 60.0
TOTAL_HEADERS = ("ratelimit-limit", "x-rate-limit", "x-ratelimit-limit")
REMAINING_HEADERS = ("ratelimit-remaining", "x-rate-limit-remaining", "x-ratelimit-remaining")
RESET_HEADERS = ("ratelimit-reset", "x-rate-limit-reset", "x-ratelimit-reset")
ENDPOINT_HEADER_PREFIX, IN_FLIGHT_PREFIX = "zendesk-ratelimit-", "inflight"
PART = re.compile(r"(total|remaining|reset)s?\s*=\s*([^;,\s]+)", re.IGNORECASE)


@dataclass(frozen=True)
class LimitHeader:
    """So many requests of `total` are left for so many seconds, by the name of the limit."""

    name: str
    total: int
    remaining: int
    resets: float


def parse_limits(headers: Mapping[str, str]) -> Iterator[LimitHeader]:
    """Those of the account and of endpoints; what makes no sense is passed over.

    https://developer.zendesk.com/api-reference/introduction/rate-limits/#monitoring-your-request-activity
    """
    kinds = {"total": TOTAL_HEADERS, "remaining": REMAINING_HEADERS, "reset": RESET_HEADERS}
    lowered = {header.lower(): value for header, value in headers.items()}
    yield from _parse_limit(ACCOUNT, {kind: _first_header(lowered, names) for kind, names in kinds.items()}, headers)
    for header, value in lowered.items():
        name = header.removeprefix(ENDPOINT_HEADER_PREFIX)
        if name != header and not name.startswith(IN_FLIGHT_PREFIX):
            parts = {kind.lower(): part for kind, part in PART.findall(value)}
            yield from _parse_limit(name, parts, headers)


def _first_header(headers: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((headers[name] for name in names if headers.get(name)), None)


def _parse_limit(name: str, parts: Mapping[str, str | None], headers: Mapping[str, str]) -> Iterator[LimitHeader]:
    left, total = parse_number(parts.get("remaining")), parse_number(parts.get("total"))
    most = left if total is None else total
    if left is None or most is None or most < 0:
        return
    wait = parse_seconds(parts.get("reset"), headers)
    yield LimitHeader(
        name, int(most), int(min(left, most)), WINDOW_IN_SECONDS if wait is None else min(wait, LONGEST_WAIT_IN_SECONDS)
    )


# Most paths are asked once, but when they are, the limits are looked up for the request and for its answer.
CACHED_PATHS = 1_000


@dataclass(frozen=True)
class LimitsOfPath:
    """The limits of a path, by name: the `account`'s, and the `scarce` ones that no header need tell of.

    `together` is the one of these that it has together with other paths. An `endpoint` is the path without its ids,
    unless each path has a limit of its own, since else limits are those of an endpoint.
    """

    account: str
    shared: str | None
    scarce: frozenset[str]
    endpoint: str

    def qualify(self, limit: LimitHeader) -> LimitHeader:
        """A limit that an answer of this path tells, with its full name."""
        own = f" {self.endpoint}" if self.endpoint in self.scarce else ""
        return replace(limit, name=self.account if limit.name == ACCOUNT else f"{limit.name}{own}")


class EndpointLimits:
    """Which limits paths have that no header need tell of, by patterns.

    `shared` names those that paths have together, of which the first that fits counts; what fits one of `single` has
    one for each path. `products` names budgets that products have in the place of the account's.
    """

    def __init__(
        self, shared: Mapping[str, str], single: Collection[str], products: Mapping[str, str] | None = None
    ) -> None:
        self._shared, self._single, self._products = shared, single, products or {}
        self.for_path = lru_cache(CACHED_PATHS)(self._for_path)

    @classmethod
    def from_definitions(cls, known: Mapping[str, Any]) -> "EndpointLimits":
        """Those that the manifest has in its definitions."""
        return cls(known["shared_limits"], known["endpoint_limits"], known["product_limits"])

    def _for_path(self, path: str) -> LimitsOfPath:
        together, is_single = (
            _first_match(self._shared, path),
            any(fnmatchcase(path, pattern) for pattern in self._single),
        )
        return LimitsOfPath(
            account=_first_match(self._products, path) or ACCOUNT,
            shared=together,
            scarce=frozenset(name for name in (together, path if is_single else None) if name),
            endpoint=path if is_single else re.sub(r"/\d+", "/*", path),
        )


def _first_match(table: Mapping[str, str], path: str) -> str | None:
    """The name of the first pattern that a path fits."""
    return next((name for pattern, name in table.items() if fnmatchcase(path, pattern)), None)
