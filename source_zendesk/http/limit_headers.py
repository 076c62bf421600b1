"""Rate limits of single endpoints, and the headers that give limits and waits."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, NamedTuple

import requests

from source_zendesk import times
from source_zendesk.http.response import parse_http_date, server_time

# Longer than any window of Zendesk's limits. After a longer `Retry-After`, the connector retries at this time.
LONGEST_WAIT_IN_SECONDS = 3600.0
# The first number of `100` and of `100, 100;w=60`, limited to 18 digits.
NUMBER = re.compile(r"\s*(-?\d{1,18}(?:\.\d+)?)\s*(?:[,;].*)?")
EARLIEST_EPOCH = 1_000_000_000
EARLIEST_MILLISECONDS = 100_000_000_000


def parse_number(value: str | None) -> float | None:
    """The number at the start of a header; None if there is none."""
    match = NUMBER.fullmatch(value or "")
    return float(match[1]) if match else None


def parse_seconds(value: str | None, headers: Mapping[str, str]) -> float | None:
    """The wait in a header that has seconds, epoch seconds, epoch milliseconds or a date; None without a time.

    A point in time is compared with Zendesk's clock, which is the `Date` of the same response.
    """
    number = parse_number(value)
    if number is None:
        until = parse_http_date(value) or times.epoch(value)
    elif number > EARLIEST_EPOCH:
        until = number / 1000 if number > EARLIEST_MILLISECONDS else number
    else:
        return max(number, 0.0)
    return None if until is None else max(until - server_time(headers), 0.0)


ACCOUNT = "account"
WINDOW_IN_SECONDS = 60.0
TOTAL_HEADERS = ("ratelimit-limit", "x-rate-limit", "x-ratelimit-limit")
REMAINING_HEADERS = ("ratelimit-remaining", "x-rate-limit-remaining", "x-ratelimit-remaining")
RESET_HEADERS = ("ratelimit-reset", "x-rate-limit-reset", "x-ratelimit-reset")
ENDPOINT_HEADER_PREFIX, IN_FLIGHT_PREFIX = "zendesk-ratelimit-", "inflight"
PART = re.compile(r"(total|remaining|reset)s?\s*=\s*([^;,\s]+)", re.IGNORECASE)


@dataclass(frozen=True)
class LimitHeader:
    """A limit in response headers: `remaining` of `total` requests are left until it resets in `resets` seconds."""

    name: str
    total: int
    remaining: int
    resets: float


def parse_limits(headers: Mapping[str, str]) -> Iterator[LimitHeader]:
    """The limits of the account and of endpoints; invalid headers are ignored.

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
    remaining, total = parse_number(parts.get("remaining")), parse_number(parts.get("total"))
    total = remaining if total is None else total
    if remaining is None or total is None or total < 0:
        return
    wait = parse_seconds(parts.get("reset"), headers)
    resets = WINDOW_IN_SECONDS if wait is None else min(wait, LONGEST_WAIT_IN_SECONDS)
    yield LimitHeader(name, int(total), int(min(remaining, total)), resets)


def parse_retry_after(outcome: Any) -> float | None:
    """The seconds in the `Retry-After` of a response, or, in a 429 or 503 without it, until its limits reset.

    These are its exhausted limits, if its headers name any. None without a usable header.
    """
    if not isinstance(outcome, requests.Response):
        return None
    wait = parse_seconds(outcome.headers.get("Retry-After"), outcome.headers)
    if wait is not None or outcome.status_code not in (429, 503):
        return wait
    exhausted = [limit.resets for limit in parse_limits(outcome.headers) if limit.remaining <= 0]
    if exhausted:
        return max(exhausted)
    resets = (parse_seconds(outcome.headers.get(name), outcome.headers) for name in RESET_HEADERS)
    return next((reset for reset in resets if reset is not None), None)


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
