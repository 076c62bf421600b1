"""A request counts only against the limits of its account and endpoint."""

from dataclasses import replace

import pytest

from source_zendesk.http.api_budget import AdaptiveApiBudget
from source_zendesk.http.limit_headers import ACCOUNT, LimitHeader
from source_zendesk.http.rate_limit import NO_WAIT, PROBE_TIMEOUT_IN_SECONDS
from source_zendesk.http.rate_limits import RateLimits
from unit_tests.account import ResponseFactory
from unit_tests.http.budget_helpers import (
    EXPORT,
    LIMITS,
    Clock,
    account,
    acquire,
    exports,
    request,
    send,
    waits_after,
)


def test_exports_share_one_limit_that_does_not_delay_other_endpoints(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    response = make_response(zendesk_ratelimit_incremental_exports="total=10; remaining=0; resets=25")
    send(budget, "/api/v2/incremental/tickets/cursor", response)
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/incremental/users/cursor"))
    assert clock.slept == [25.0]


USERS_EXPORT = "/api/v2/incremental/users/cursor"
NO_EXPORTS_LEFT = {"zendesk_ratelimit_incremental_exports": "total=10; remaining=0; resets=25"}


def own_limit(remaining: int, **headers: str) -> dict[str, str]:
    """Headers with a limit that is only that of the users' export."""
    limit = f"total=20; remaining={remaining}; resets=40"
    return {**account(remaining=90), **headers, "zendesk_ratelimit_incremental_users": limit}


def test_an_export_with_a_reported_limit_of_its_own_follows_only_that(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, USERS_EXPORT, make_response(**own_limit(remaining=19)))
    send(budget, EXPORT, make_response(**NO_EXPORTS_LEFT))
    acquire(budget, USERS_EXPORT, count=18)
    assert clock.slept == []
    acquire(budget, "/api/v2/incremental/organizations")
    assert clock.slept == [25.0]
    acquire(budget, USERS_EXPORT)
    assert clock.slept == [25.0, 15.0]


@pytest.mark.parametrize("headers", [{}, own_limit(remaining=19, **exports(remaining=5))])
def test_an_export_follows_the_shared_limit_unless_its_headers_replace_it(
    budget: AdaptiveApiBudget, clock: Clock, headers: dict[str, str], make_response: ResponseFactory
) -> None:
    send(budget, USERS_EXPORT, make_response(**headers))
    send(budget, EXPORT, make_response(**NO_EXPORTS_LEFT))
    acquire(budget, USERS_EXPORT)
    assert clock.slept == [25.0]


def test_an_export_returns_to_the_shared_limit_if_its_headers_end(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, USERS_EXPORT, make_response(**own_limit(remaining=19)))
    clock.now += 41
    send(budget, USERS_EXPORT, make_response())
    send(budget, EXPORT, make_response(**NO_EXPORTS_LEFT))
    acquire(budget, USERS_EXPORT)
    assert clock.slept == [25.0]


def test_a_429_despite_requests_left_in_the_own_limit_adds_the_shared_limit(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, USERS_EXPORT, make_response(**own_limit(remaining=19)))
    send(budget, USERS_EXPORT, make_response(429, **own_limit(remaining=18, Retry_After="12")))
    send(budget, EXPORT, make_response(**NO_EXPORTS_LEFT))
    assert clock.slept == [12.0]
    acquire(budget, USERS_EXPORT)
    assert clock.slept == [12.0, 25.0]


def test_all_ids_of_an_endpoint_share_its_limit(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    response = make_response(zendesk_ratelimit_ticket_audits="total=5; remaining=0; resets=9")
    send(budget, "/api/v2/tickets/1/audits", response)
    budget.acquire_call(request("/api/v2/tickets/2/audits"))
    assert clock.slept == [9.0]


SINGLE_LIMIT_PATHS = [
    "/api/v2/deleted_tickets",
    "/api/v2/search/export",
    "/api/v2/tickets",
    "/api/v2/views/count_many",
    "/api/v2/views/1/execute",
    "/api/v2/views/1/count",
    "/api/v2/views/1/export",
    "/api/v2/incremental/tickets/sample",
]
OTHER_PATHS = ["/api/v2/groups", "/api/v2/views/2/execute", "/api/v2/views", "/api/v2/incremental/tickets/cursor"]


@pytest.mark.parametrize("path", SINGLE_LIMIT_PATHS)
def test_a_429_of_an_endpoint_with_its_own_limit_delays_only_that_endpoint(
    budget: AdaptiveApiBudget, clock: Clock, path: str, make_response: ResponseFactory
) -> None:
    send(budget, path, make_response(429, Retry_After="12"))
    for other in OTHER_PATHS:
        budget.acquire_call(request(other))
    assert clock.slept == []
    budget.acquire_call(request(path))
    assert clock.slept == [12.0]


def test_a_reported_limit_of_a_view_does_not_delay_other_views(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    response = make_response(429, zendesk_ratelimit_view_execute="total=5; remaining=0; resets=9")
    send(budget, "/api/v2/views/1/execute", response)
    budget.acquire_call(request("/api/v2/views/2/execute"))
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/views/1/execute"))
    assert clock.slept == [9.0]


@pytest.mark.parametrize(("refused", "free"), [("sample", "cursor"), ("cursor", "sample")])
def test_samples_and_exports_have_separate_limits(
    refused: str, free: str, budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, f"/api/v2/incremental/tickets/{refused}", make_response(429, Retry_After="900"))
    budget.acquire_call(request(f"/api/v2/incremental/users/{free}"))
    assert clock.slept == []
    budget.acquire_call(request(f"/api/v2/incremental/users/{refused}"))
    assert clock.slept == [900.0]


def test_a_429_with_account_requests_left_delays_only_its_endpoint(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    refusal = make_response(
        429, Retry_After="12", ratelimit_limit="100", ratelimit_remaining="60", ratelimit_reset="40"
    )
    send(budget, "/api/v2/users/1/skips", refusal)
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/users/2/skips"))
    assert clock.slept == [12.0]


def test_a_429_of_the_account_limit_on_an_export_delays_the_account(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    export_limit = "total=10; remaining=7; resets=40"
    refusal = make_response(
        429,
        Retry_After="12",
        ratelimit_limit="100",
        ratelimit_remaining="0",
        zendesk_ratelimit_incremental_exports=export_limit,
    )
    send(budget, "/api/v2/incremental/users", refusal)
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [12.0]


def test_a_429_of_the_export_limit_does_not_delay_the_account(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, "/api/v2/incremental/users", make_response(429, Retry_After="12"))
    budget.acquire_call(request("/api/v2/users"))
    assert clock.slept == []


# Two limits


def test_remaining_export_requests_are_reserved_from_lists(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, EXPORT, make_response(**exports(remaining=9)))
    acquire(budget, "/api/v2/groups", 6)
    assert clock.slept == []
    acquire(budget, EXPORT, 9)
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [40.0]


def test_an_export_window_that_resets_first_is_reserved_from_lists(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, EXPORT, make_response(**exports(remaining=0, resets=5)))
    assert waits_after(5, budget, clock) == [3.0]


def test_nothing_is_reserved_for_exports_that_have_stopped(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, EXPORT, make_response(**exports(remaining=9)))
    clock.now += 4
    acquire(budget, "/api/v2/groups", 15)
    assert clock.slept == []


def test_a_reservation_ends_when_the_exports_have_stopped(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, EXPORT, make_response(**exports(remaining=9)))
    acquire(budget, "/api/v2/groups", 15)
    assert clock.slept == [3.0]
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [3.0, 37.0]


def test_a_reservation_lasts_while_an_export_is_read(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    for remaining in (9, 8, 7):
        send(budget, EXPORT, make_response(**exports(remaining=remaining, resets=40)))
        clock.now += 2
    assert len(waits_after(8, budget, clock)) == 1


def test_a_reservation_lasts_while_an_export_request_is_in_flight(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, EXPORT, make_response(**exports(remaining=9)))
    slow = request(EXPORT)
    budget.acquire_call(slow)
    clock.now += 25
    assert waits_after(6, budget, clock) == [15.0]


def test_limits_that_reset_within_a_second_reserve_no_second_window(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, EXPORT, make_response(**exports(remaining=0, resets=39)))
    acquire(budget, "/api/v2/groups", 15)
    assert clock.slept == []


def test_nothing_is_reserved_in_the_budget_of_another_product(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, EXPORT, make_response(**exports(remaining=9)))
    send(budget, "/api/v2/community/posts", make_response(**account(remaining=20)))
    acquire(budget, "/api/v2/community/posts", 15)
    assert clock.slept == []


def test_the_last_response_of_an_export_wakes_waiting_requests() -> None:
    limits, rate_limits = LIMITS.for_path(EXPORT), RateLimits()
    headers = [LimitHeader(ACCOUNT, 100, 10, 40.0), LimitHeader("incremental-exports", 10, 5, 40.0)]
    for sent_at in (0.0, 1.0, 2.0):
        assert rate_limits.try_acquire(limits, sent_at) == NO_WAIT
        counted = [replace(limit, remaining=limit.remaining + 5) for limit in headers]
        rate_limits.update_from_headers(limits, counted, sent_at, now=sent_at)
    assert rate_limits.try_acquire(limits, 3.0) == NO_WAIT
    assert rate_limits.try_acquire(limits, 3.1) == NO_WAIT
    assert not rate_limits.update_from_headers(limits, headers, sent_at=3.0, now=4.0)
    assert rate_limits.update_from_headers(limits, headers, sent_at=3.1, now=4.0)


def test_a_wait_for_the_first_export_response_reserves_nothing(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    probe = request(EXPORT)
    budget.acquire_call(probe)
    limits = LIMITS.for_path(EXPORT)
    assert budget._limits.try_acquire(limits, clock.now).seconds == PROBE_TIMEOUT_IN_SECONDS
    budget.update_from_response(probe, make_response(**exports(remaining=9)))
    clock.now += 4
    acquire(budget, "/api/v2/groups", 15)
    assert clock.slept == []


def test_a_limit_becomes_scarce_once_a_request_waited_for_it(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    path = "/api/v2/tickets/1/audits"
    send(
        budget,
        path,
        make_response(**account(remaining=99), zendesk_ratelimit_ticket_audits="total=6; remaining=0; resets=9"),
    )
    budget.acquire_call(request(path))
    clock.slept.clear()
    assert len(waits_after(87, budget, clock)) == 1


def test_at_most_a_quarter_of_the_account_limit_is_reserved(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    wide = {**account(remaining=99), "zendesk_ratelimit_incremental_exports": "total=90; remaining=89; resets=40"}
    send(budget, EXPORT, make_response(**wide))
    assert waits_after(69, budget, clock) == [3.0]
