"""A limit resets at the end of its window and not before."""

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
    acquire,
    request,
    send,
    waits_after,
)


@pytest.mark.parametrize(("status", "headers"), [(200, account(remaining=0)), (429, {"Retry_After": "30"})])
def test_a_late_response_of_the_previous_window_does_not_delay_requests(
    status: int, headers: dict[str, str], budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, "/api/v2/groups", make_response(**account(remaining=50)))
    late = request("/api/v2/users")
    budget.acquire_call(late)
    clock.now += 45
    send(budget, "/api/v2/groups", make_response(**account(remaining=99)))
    budget.update_from_response(late, make_response(status, **headers))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []


def test_a_late_response_of_the_current_window_counts(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, "/api/v2/groups", make_response(**account(remaining=50)))
    slow = request("/api/v2/users")
    budget.acquire_call(slow)
    send(budget, "/api/v2/groups", make_response(**account(remaining=49)))
    clock.now += 30
    response = make_response(ratelimit_limit="100", ratelimit_remaining="0", ratelimit_reset="10")
    budget.update_from_response(slow, response)
    budget.acquire_call(request("/api/v2/groups"))
    assert sum(clock.slept) == 10.0


def test_a_late_response_does_not_postpone_the_reset(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, "/api/v2/groups", make_response(**account(remaining=7)))
    slow = request("/api/v2/users")
    budget.acquire_call(slow)
    clock.now += 5
    budget.update_from_response(slow, make_response(**account(remaining=6)))
    acquire(budget, "/api/v2/groups", 2)
    assert clock.slept == [35.0]


def test_the_requests_that_were_left_may_be_sent_after_a_reset_and_then_a_probe(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, "/api/v2/groups", make_response(**account(remaining=8)))
    clock.now += 41
    assert waits_after(3, budget, clock) == [1.0]


def test_more_requests_left_than_before_are_allowed_at_once(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    """A limit for the last seconds allows requests again one by one."""
    send(budget, "/api/v2/groups", make_response(**account(remaining=7)))
    last = request("/api/v2/groups")
    budget.acquire_call(last)
    budget.update_from_response(last, make_response(**account(remaining=9)))
    assert waits_after(4, budget, clock) == [40.0]


def test_after_a_429_requests_left_in_earlier_responses_do_not_count(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, "/api/v2/groups", make_response(**account(remaining=50)))
    late = request("/api/v2/users")
    budget.acquire_call(late)
    clock.now += 1
    send(budget, "/api/v2/groups", make_response(429, Retry_After="40"))
    budget.update_from_response(late, make_response(**account(remaining=49)))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [40.0]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
@pytest.mark.parametrize("counted", [(0, 1, 2), (2, 1, 0), (2, 0, 1)])
def test_requests_that_a_response_may_not_count_do_not_add_to_those_left(
    counted: tuple[int, ...],
    order: tuple[int, ...],
    budget: AdaptiveApiBudget,
    clock: Clock,
    make_response: ResponseFactory,
) -> None:
    """Zendesk may count requests in another order than they are sent, and respond in yet another."""
    send(budget, "/api/v2/groups", make_response(**account(remaining=10)))
    sent = [request("/api/v2/groups") for _ in range(3)]
    for each in sent:
        budget.acquire_call(each)
        clock.now += 0.1
    for index in order:
        budget.update_from_response(sent[index], make_response(**account(remaining=9 - counted.index(index))))
    assert waits_after(2, budget, clock) == [pytest.approx(39.7)]


def test_headers_that_shorten_a_wait_wake_waiting_requests() -> None:
    limits, limit = LIMITS.for_path("/api/v2/groups"), LimitHeader(ACCOUNT, 100, 0, 60.0)
    rate_limits = RateLimits()
    assert rate_limits.update_from_headers(limits, [limit], sent_at=0.0, now=0.0)
    assert rate_limits.update_from_headers(limits, [replace(limit, resets=10.0)], sent_at=0.0, now=1.0)
    assert not rate_limits.update_from_headers(limits, [replace(limit, resets=10.0)], sent_at=0.0, now=1.0)
    assert rate_limits.note_refusal(limits, {}, wait=5.0, sent_at=0.0, now=1.0)


def test_requests_in_flight_at_a_reset_count_against_the_new_window(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, "/api/v2/groups", make_response(**account(remaining=50)))
    probe, in_flight = request("/api/v2/groups"), request("/api/v2/users")
    clock.now += 41
    budget.acquire_call(probe)
    budget.acquire_call(in_flight)
    clock.slept.clear()
    budget.update_from_response(probe, make_response(**account(remaining=7)))
    assert waits_after(1, budget, clock) == [40.0]


def test_requests_sent_before_the_probe_count_against_the_new_window(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, "/api/v2/groups", make_response(**account(remaining=50)))
    slow, probe = request("/api/v2/users"), request("/api/v2/groups")
    budget.acquire_call(slow)
    clock.now += 41
    budget.acquire_call(probe)
    budget.update_from_response(probe, make_response(**account(remaining=7)))
    assert waits_after(1, budget, clock) == [40.0]


def test_remaining_requests_are_capped_at_the_total(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, "/api/v2/groups", make_response(**account(remaining=300)))
    assert waits_after(95, budget, clock) == [40.0]


def test_the_earliest_reported_reset_counts(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    first, second = request("/api/v2/users"), request("/api/v2/groups")
    budget.update_from_response(first, make_response(**account(remaining=50)))
    budget.update_from_response(second, make_response(**{**account(remaining=0), "ratelimit-reset": "30"}))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [30.0]


@pytest.mark.parametrize("least", [0, 1])
def test_rounded_down_reset_times_cost_one_refusal_at_most(
    budget: AdaptiveApiBudget, clock: Clock, least: int, make_response: ResponseFactory
) -> None:
    """Each window has two requests and lasts some tenths of a second longer than announced."""
    remaining, resets_at, refusals = 0, clock.now + 40.9, 0
    send(budget, EXPORT, make_response(zendesk_ratelimit_incremental_exports="total=2; remaining=0; resets=40"))
    for _ in range(7):
        prepared = request(EXPORT)
        budget.acquire_call(prepared)
        if clock.now >= resets_at:
            remaining, resets_at = 2, clock.now + 60.9
        status, remaining = (200 if remaining else 429), max(remaining - 1, 0)
        refusals += status == 429
        resets = max(int(resets_at - clock.now), least)
        limit = f"total=2; remaining={remaining}; resets={resets}"
        reply = make_response(status, Retry_After=f"{resets}", zendesk_ratelimit_incremental_exports=limit)
        budget.update_from_response(prepared, reply)
    assert refusals == 1


def test_a_probe_sent_before_the_reset_is_repeated_after_it(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, "/api/v2/groups", make_response(**account(remaining=5)))
    send(budget, "/api/v2/groups", make_response(**{**account(remaining=4), "ratelimit-reset": "0"}))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [40.0, 1.0]
