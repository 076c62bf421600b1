"""A limit is renewed when its time is over, and not sooner."""

from dataclasses import replace

import pytest

from source_zendesk.http.api_budget import AdaptiveApiBudget
from source_zendesk.http.limit_headers import ACCOUNT, LimitHeader
from source_zendesk.http.rate_limits import RateLimits
from unit_tests.account import ResponseFactory
from unit_tests.http.budget_helpers import (
    EXPORT,
    LIMITS,
    Clock,
    account,
    request,
    sent,
    taken,
    waited_for_after,
)


def test_a_late_answer_of_the_window_before_does_not_hold_the_new_one_back(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    sent(budget, "/api/v2/groups", make_response(**account(remaining=50)))
    late = request("/api/v2/users")
    budget.acquire_call(late)
    clock.now += 45
    sent(budget, "/api/v2/groups", make_response(**account(remaining=99)))
    budget.update_from_response(late, make_response(**account(remaining=0)))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []


def test_nor_does_a_late_refusal(budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory) -> None:
    sent(budget, "/api/v2/groups", make_response(**account(remaining=50)))
    late = request("/api/v2/users")
    budget.acquire_call(late)
    clock.now += 45
    sent(budget, "/api/v2/groups", make_response(**account(remaining=99)))
    budget.update_from_response(late, make_response(429, Retry_After="30"))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []


def test_an_answer_of_this_window_counts_whenever_it_comes(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    sent(budget, "/api/v2/groups", make_response(**account(remaining=50)))
    slow = request("/api/v2/users")
    budget.acquire_call(slow)
    sent(budget, "/api/v2/groups", make_response(**account(remaining=49)))
    clock.now += 30
    told = make_response(ratelimit_limit="100", ratelimit_remaining="0", ratelimit_reset="10")
    budget.update_from_response(slow, told)
    budget.acquire_call(request("/api/v2/groups"))
    assert sum(clock.slept) == 10.0


def test_an_answer_that_comes_late_does_not_put_the_renewal_off(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    sent(budget, "/api/v2/groups", make_response(**account(remaining=7)))
    slow = request("/api/v2/users")
    budget.acquire_call(slow)
    clock.now += 5
    budget.update_from_response(slow, make_response(**account(remaining=50)))
    taken(budget, "/api/v2/groups", 2)
    assert clock.slept == [35.0]


def test_what_shortens_a_wait_wakes_who_waits() -> None:
    limits, told = LIMITS.for_path("/api/v2/groups"), LimitHeader(ACCOUNT, 100, 0, 60.0)
    rate_limits = RateLimits()
    assert rate_limits.update_from_headers(limits, [told], sent_at=0.0, now=0.0)
    assert rate_limits.update_from_headers(limits, [replace(told, resets=10.0)], sent_at=0.0, now=1.0)
    assert not rate_limits.update_from_headers(limits, [replace(told, resets=10.0)], sent_at=0.0, now=1.0)
    assert rate_limits.note_refusal(limits, {}, wait=5.0, sent_at=0.0, now=1.0)


def test_what_is_under_way_when_a_limit_is_renewed_is_not_left(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    sent(budget, "/api/v2/groups", make_response(**account(remaining=50)))
    ahead, under_way = request("/api/v2/groups"), request("/api/v2/users")
    clock.now += 41
    budget.acquire_call(ahead)
    budget.acquire_call(under_way)
    clock.slept.clear()
    budget.update_from_response(ahead, make_response(**account(remaining=7)))
    assert waited_for_after(1, budget, clock) == [40.0]


def test_nor_is_what_was_sent_before_the_one_that_asked(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    sent(budget, "/api/v2/groups", make_response(**account(remaining=50)))
    slow, ahead = request("/api/v2/users"), request("/api/v2/groups")
    budget.acquire_call(slow)
    clock.now += 41
    budget.acquire_call(ahead)
    budget.update_from_response(ahead, make_response(**account(remaining=7)))
    assert waited_for_after(1, budget, clock) == [40.0]


def test_more_than_all_is_not_left(budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory) -> None:
    sent(budget, "/api/v2/groups", make_response(**account(remaining=300)))
    assert waited_for_after(95, budget, clock) == [40.0]


def test_the_earliest_renewal_that_is_told_counts(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    first, second = request("/api/v2/users"), request("/api/v2/groups")
    budget.update_from_response(first, make_response(**account(remaining=50)))
    budget.update_from_response(second, make_response(**{**account(remaining=0), "ratelimit-reset": "30"}))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [30.0]


@pytest.mark.parametrize("least", [0, 1])
def test_where_seconds_are_told_rounded_down_one_request_is_refused_and_no_more(
    budget: AdaptiveApiBudget, clock: Clock, least: int, make_response: ResponseFactory
) -> None:
    """Each window has two requests and lasts some tenths longer than its whole seconds."""
    left, renewed, refusals = 0, clock.now + 40.9, 0
    sent(budget, EXPORT, make_response(zendesk_ratelimit_incremental_exports="total=2; remaining=0; resets=40"))
    for _ in range(7):
        asked = request(EXPORT)
        budget.acquire_call(asked)
        if clock.now >= renewed:
            left, renewed = 2, clock.now + 60.9
        status, left = (200 if left else 429), max(left - 1, 0)
        refusals += status == 429
        resets = max(int(renewed - clock.now), least)
        told = f"total=2; remaining={left}; resets={resets}"
        reply = make_response(status, Retry_After=f"{resets}", zendesk_ratelimit_incremental_exports=told)
        budget.update_from_response(asked, reply)
    assert refusals == 1


def test_who_finds_a_limit_not_yet_renewed_asks_again_when_it_must_be(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    sent(budget, "/api/v2/groups", make_response(**account(remaining=5)))
    sent(budget, "/api/v2/groups", make_response(**{**account(remaining=4), "ratelimit-reset": "0"}))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [40.0, 1.0]
