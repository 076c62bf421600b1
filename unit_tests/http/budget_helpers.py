"""What requests to a limited Zendesk have in common."""

import threading
from dataclasses import dataclass, field

import requests

from source_zendesk.http.api_budget import AdaptiveApiBudget
from source_zendesk.http.limit_headers import EndpointLimits
from source_zendesk.manifest import Manifest
from unit_tests.account import ACCOUNT

LIMITS = EndpointLimits.from_definitions(Manifest.load().content["definitions"])
EXPORT = "/api/v2/incremental/tickets/cursor"


@dataclass
class Clock:
    """Time that passes only when somebody sleeps."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def pause(self, renewed: threading.Condition, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def request(path: str) -> requests.PreparedRequest:
    return requests.Request("GET", f"{ACCOUNT}{path}?page=1").prepare()


def account(remaining: int) -> dict[str, str]:
    return {"ratelimit-limit": "100", "ratelimit-remaining": str(remaining), "ratelimit-reset": "40"}


def exports(remaining: int, resets: int = 40) -> dict[str, str]:
    told = f"total=10; remaining={remaining}; resets={resets}"
    return {**account(remaining=20), "zendesk_ratelimit_incremental_exports": told}


def sent(budget: AdaptiveApiBudget, path: str, response: requests.Response) -> None:
    asked = request(path)
    budget.acquire_call(asked)
    budget.update_from_response(asked, response)


def taken(budget: AdaptiveApiBudget, path: str, count: int = 1) -> None:
    for _ in range(count):
        budget.acquire_call(request(path))


def waited_for_after(count: int, budget: AdaptiveApiBudget, clock: Clock) -> list[float]:
    """What the request of a list waits for that follows so many which may be sent at once."""
    taken(budget, "/api/v2/groups", count)
    assert clock.slept == []
    taken(budget, "/api/v2/groups")
    return clock.slept
