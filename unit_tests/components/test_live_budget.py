"""Requests wait for the limits that answers tell."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from source_zendesk.components.live_budget import LiveBudget

EXPORTS = {
    "/api/v2/incremental/*/sample": "incremental-samples",
    "/api/v2/incremental/*": "incremental-exports",
}


@dataclass
class Clock:
    """Time that passes only when somebody sleeps."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def budget(clock: Clock) -> LiveBudget:
    return LiveBudget(EXPORTS, clock=lambda: clock.now, sleep=clock.sleep)


def request(path: str) -> Any:
    return SimpleNamespace(url=f"https://acme.zendesk.com{path}?page=1")


def answer(status: int = 200, **headers: str) -> Any:
    return SimpleNamespace(status_code=status, headers={key.replace("_", "-"): value for key, value in headers.items()})


def account(remaining: int) -> Any:
    return answer(ratelimit_limit="100", ratelimit_remaining=str(remaining), ratelimit_reset="40")


def test_nothing_is_held_back_before_the_first_answer(budget: LiveBudget, clock: Clock) -> None:
    for _ in range(50):
        budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []


def test_five_percent_of_the_account_limit_are_left_to_others(budget: LiveBudget, clock: Clock) -> None:
    budget.update_from_response(request("/api/v2/groups"), account(remaining=7))
    budget.acquire_call(request("/api/v2/groups"))
    budget.acquire_call(request("/api/v2/users"))
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [40.0]


def test_exports_share_one_limit_and_leave_other_endpoints_alone(budget: LiveBudget, clock: Clock) -> None:
    told = answer(zendesk_ratelimit_incremental_exports="total=10; remaining=0; resets=25")
    budget.update_from_response(request("/api/v2/incremental/tickets/cursor"), told)
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/incremental/users/cursor"))
    assert clock.slept == [25.0]


@pytest.mark.parametrize(("refused", "free"), [("sample", "cursor"), ("cursor", "sample")])
def test_samples_have_a_limit_of_their_own(refused: str, free: str, budget: LiveBudget, clock: Clock) -> None:
    budget.update_from_response(request(f"/api/v2/incremental/tickets/{refused}"), answer(429, Retry_After="200"))
    budget.acquire_call(request(f"/api/v2/incremental/users/{free}"))
    assert clock.slept == []
    budget.acquire_call(request(f"/api/v2/incremental/users/{refused}"))
    assert clock.slept == [200.0]


def test_a_limit_of_an_endpoint_holds_for_its_other_ids(budget: LiveBudget, clock: Clock) -> None:
    told = answer(zendesk_ratelimit_view_execute="total=5; remaining=0; resets=9")
    budget.update_from_response(request("/api/v2/views/1/execute"), told)
    budget.acquire_call(request("/api/v2/views/2/execute"))
    assert clock.slept == [9.0]


def test_after_a_refusal_nobody_asks_until_the_time_it_names(budget: LiveBudget, clock: Clock) -> None:
    budget.update_from_response(request("/api/v2/groups"), answer(429, Retry_After="12"))
    budget.acquire_call(request("/api/v2/users"))
    assert clock.slept == [12.0]


def test_a_refusal_without_headers_is_over_with_the_next_answer(budget: LiveBudget, clock: Clock) -> None:
    for reply in (answer(429, Retry_After="0"), answer(429, Retry_After="0"), answer()):
        budget.acquire_call(request("/api/v2/groups"))
        budget.update_from_response(request("/api/v2/groups"), reply)
    for _ in range(3):
        budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []


def test_a_refused_export_does_not_hold_the_account_back(budget: LiveBudget, clock: Clock) -> None:
    budget.update_from_response(request("/api/v2/incremental/users"), answer(429, Retry_After="12"))
    budget.acquire_call(request("/api/v2/users"))
    assert clock.slept == []


def test_one_request_goes_ahead_when_the_limit_is_renewed(budget: LiveBudget, clock: Clock) -> None:
    budget.update_from_response(request("/api/v2/groups"), account(remaining=0))
    budget.acquire_call(request("/api/v2/groups"))
    clock.slept.clear()
    answered = clock.now + 0.35
    tell, clock_sleep = account(remaining=50), clock.sleep

    def sleep(seconds: float) -> None:
        clock_sleep(seconds)
        if clock.now >= answered:
            budget.update_from_response(request("/api/v2/groups"), tell)

    budget._sleep = sleep  # the answer to the first comes while the second waits
    budget.acquire_call(request("/api/v2/groups"))
    assert 0 < sum(clock.slept) < 1


@pytest.mark.parametrize("value", ["", "soon", "-5"])
def test_headers_that_make_no_sense_are_passed_over(budget: LiveBudget, clock: Clock, value: str) -> None:
    budget.update_from_response(request("/api/v2/groups"), answer(ratelimit_limit=value, ratelimit_remaining=value))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []
