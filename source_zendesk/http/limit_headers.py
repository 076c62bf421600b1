"""The response headers that give rate limits and waits."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

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
