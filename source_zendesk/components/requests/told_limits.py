"""The rate limits that an answer tells."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from source_zendesk.components.requests.told_waits import LONGEST_WAIT_IN_SECONDS, number, seconds

ACCOUNT = "account"
WINDOW_IN_SECONDS = 60.0
TOTAL_HEADERS = ("ratelimit-limit", "x-rate-limit", "x-ratelimit-limit")
REMAINING_HEADERS = ("ratelimit-remaining", "x-rate-limit-remaining", "x-ratelimit-remaining")
RESET_HEADERS = ("ratelimit-reset", "x-rate-limit-reset", "x-ratelimit-reset")
OF_ENDPOINT, NOT_OF_REQUESTS = "zendesk-ratelimit-", "inflight"
PART = re.compile(r"(total|remaining|reset)s?\s*=\s*([^;,\s]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Limit:
    """So many requests of `total` are left for so many seconds, by the name of the limit."""

    name: str
    total: int
    remaining: int
    resets: float


def told_limits(headers: Mapping[str, str]) -> Iterator[Limit]:
    """Those of the account and of endpoints; what makes no sense is passed over.

    https://developer.zendesk.com/api-reference/introduction/rate-limits/#monitoring-your-request-activity
    """
    kinds = {"total": TOTAL_HEADERS, "remaining": REMAINING_HEADERS, "reset": RESET_HEADERS}
    lowered = {header.lower(): value for header, value in headers.items()}
    yield from _limit(ACCOUNT, {kind: _first(lowered, names) for kind, names in kinds.items()}, headers)
    for header, value in lowered.items():
        name = header.removeprefix(OF_ENDPOINT)
        if name != header and not name.startswith(NOT_OF_REQUESTS):
            parts = {kind.lower(): part for kind, part in PART.findall(value)}
            yield from _limit(name, parts, headers)


def _first(headers: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((headers[name] for name in names if headers.get(name)), None)


def _limit(name: str, parts: Mapping[str, str | None], headers: Mapping[str, str]) -> Iterator[Limit]:
    left, total = number(parts.get("remaining")), number(parts.get("total"))
    most = left if total is None else total
    if left is None or most is None or most < 0:
        return
    wait = seconds(parts.get("reset"), headers)
    yield Limit(
        name, int(most), int(min(left, most)), WINDOW_IN_SECONDS if wait is None else min(wait, LONGEST_WAIT_IN_SECONDS)
    )
