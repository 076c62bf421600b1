"""Helpers for tests of rate limits: a clock, requests and rate-limit headers."""

import threading
from dataclasses import dataclass, field

import requests

from source_zendesk.http.api_budget import AdaptiveApiBudget
from source_zendesk.http.endpoint_limits import EndpointLimits
from source_zendesk.manifest import Manifest
from unit_tests.account import ACCOUNT

LIMITS = EndpointLimits.from_definitions(Manifest.load().content["definitions"])
EXPORT = "/api/v2/incremental/tickets/cursor"


@dataclass
class Clock:
    """A clock that advances only during waits."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def pause(self, limits_changed: threading.Condition, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def request(path: str) -> requests.PreparedRequest:
    return requests.Request("GET", f"{ACCOUNT}{path}?page=1").prepare()


def account(remaining: int) -> dict[str, str]:
    return {"ratelimit-limit": "100", "ratelimit-remaining": str(remaining), "ratelimit-reset": "40"}


def exports(remaining: int, resets: int = 40) -> dict[str, str]:
    limit = f"total=10; remaining={remaining}; resets={resets}"
    return {**account(remaining=20), "zendesk_ratelimit_incremental_exports": limit}


def send(budget: AdaptiveApiBudget, path: str, response: requests.Response) -> None:
    prepared = request(path)
    budget.acquire_call(prepared)
    budget.update_from_response(prepared, response)


def acquire(budget: AdaptiveApiBudget, path: str, count: int = 1) -> None:
    for _ in range(count):
        budget.acquire_call(request(path))


def waits_after(count: int, budget: AdaptiveApiBudget, clock: Clock) -> list[float]:
    """The waits of a list request after `count` list requests without a wait."""
    acquire(budget, "/api/v2/groups", count)
    assert clock.slept == []
    acquire(budget, "/api/v2/groups")
    return clock.slept
