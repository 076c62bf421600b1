"""Each request takes from the limits that are for it, and leaves the others alone."""

import pytest

from source_zendesk.http.api_budget import AdaptiveApiBudget
from source_zendesk.http.limit_headers import ACCOUNT, LimitHeader
from source_zendesk.http.rate_limits import NO_WAIT, PROBE_TIMEOUT_IN_SECONDS, RateLimits
from unit_tests.account import ResponseFactory
from unit_tests.http.budget_helpers import (
    EXPORT,
    LIMITS,
    Clock,
    account,
    exports,
    request,
    sent,
    taken,
    waited_for_after,
)


def test_exports_share_one_limit_and_leave_other_endpoints_alone(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    told = make_response(zendesk_ratelimit_incremental_exports="total=10; remaining=0; resets=25")
    sent(budget, "/api/v2/incremental/tickets/cursor", told)
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/incremental/users/cursor"))
    assert clock.slept == [25.0]


def test_a_limit_of_an_endpoint_holds_for_its_other_ids(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    told = make_response(zendesk_ratelimit_ticket_audits="total=5; remaining=0; resets=9")
    sent(budget, "/api/v2/tickets/1/audits", told)
    budget.acquire_call(request("/api/v2/tickets/2/audits"))
    assert clock.slept == [9.0]


OWN = [
    "/api/v2/deleted_tickets",
    "/api/v2/search/export",
    "/api/v2/tickets",
    "/api/v2/views/count_many",
    "/api/v2/views/1/execute",
    "/api/v2/views/1/count",
    "/api/v2/views/1/export",
    "/api/v2/incremental/tickets/sample",
]
OTHERS = ["/api/v2/groups", "/api/v2/views/2/execute", "/api/v2/views", "/api/v2/incremental/tickets/cursor"]


@pytest.mark.parametrize("path", OWN)
def test_a_refusal_of_a_limit_of_its_own_holds_back_that_endpoint_alone(
    budget: AdaptiveApiBudget, clock: Clock, path: str, make_response: ResponseFactory
) -> None:
    sent(budget, path, make_response(429, Retry_After="12"))
    for other in OTHERS:
        budget.acquire_call(request(other))
    assert clock.slept == []
    budget.acquire_call(request(path))
    assert clock.slept == [12.0]


def test_a_limit_that_is_told_of_one_view_is_not_that_of_another(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    told = make_response(429, zendesk_ratelimit_view_execute="total=5; remaining=0; resets=9")
    sent(budget, "/api/v2/views/1/execute", told)
    budget.acquire_call(request("/api/v2/views/2/execute"))
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/views/1/execute"))
    assert clock.slept == [9.0]


@pytest.mark.parametrize(("refused", "free"), [("sample", "cursor"), ("cursor", "sample")])
def test_samples_have_a_limit_of_their_own(
    refused: str, free: str, budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    sent(budget, f"/api/v2/incremental/tickets/{refused}", make_response(429, Retry_After="900"))
    budget.acquire_call(request(f"/api/v2/incremental/users/{free}"))
    assert clock.slept == []
    budget.acquire_call(request(f"/api/v2/incremental/users/{refused}"))
    assert clock.slept == [900.0]


def test_an_endpoint_is_refused_by_a_limit_of_its_own_where_the_account_has_requests_left(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    refusal = make_response(
        429, Retry_After="12", ratelimit_limit="100", ratelimit_remaining="60", ratelimit_reset="40"
    )
    sent(budget, "/api/v2/users/1/skips", refusal)
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/users/2/skips"))
    assert clock.slept == [12.0]


def test_an_export_that_the_account_refuses_holds_the_account_back(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    left = "total=10; remaining=7; resets=40"
    refusal = make_response(
        429,
        Retry_After="12",
        ratelimit_limit="100",
        ratelimit_remaining="0",
        zendesk_ratelimit_incremental_exports=left,
    )
    sent(budget, "/api/v2/incremental/users", refusal)
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [12.0]


def test_a_refused_export_does_not_hold_the_account_back(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    sent(budget, "/api/v2/incremental/users", make_response(429, Retry_After="12"))
    budget.acquire_call(request("/api/v2/users"))
    assert clock.slept == []


# Two limits


def test_lists_leave_of_the_accounts_limit_what_exports_still_have(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    sent(budget, EXPORT, make_response(**exports(remaining=9)))
    taken(budget, "/api/v2/groups", 6)
    assert clock.slept == []
    taken(budget, EXPORT, 9)
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [40.0]


def test_lists_leave_what_exports_have_when_they_are_renewed_first(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    sent(budget, EXPORT, make_response(**exports(remaining=0, resets=5)))
    assert waited_for_after(5, budget, clock) == [3.0]


def test_lists_leave_nothing_to_exports_that_nobody_reads_any_longer(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    sent(budget, EXPORT, make_response(**exports(remaining=9)))
    clock.now += 4
    taken(budget, "/api/v2/groups", 15)
    assert clock.slept == []


def test_who_waits_for_what_is_left_to_exports_gets_it_when_nobody_reads_them_any_longer(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    sent(budget, EXPORT, make_response(**exports(remaining=9)))
    taken(budget, "/api/v2/groups", 15)
    assert clock.slept == [3.0]
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [3.0, 37.0]


def test_lists_leave_what_an_export_that_is_read_has_for_as_long_as_it_is_read(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    for left in (9, 8, 7):
        sent(budget, EXPORT, make_response(**exports(remaining=left, resets=40)))
        clock.now += 2
    assert len(waited_for_after(8, budget, clock)) == 1


def test_lists_leave_to_an_export_whose_pages_take_long_what_it_still_has(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    sent(budget, EXPORT, make_response(**exports(remaining=9)))
    slow = request(EXPORT)
    budget.acquire_call(slow)
    clock.now += 25
    assert waited_for_after(6, budget, clock) == [15.0]


def test_limits_that_are_renewed_together_are_not_both_left_though_one_is_told_a_second_later(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    sent(budget, EXPORT, make_response(**exports(remaining=0, resets=39)))
    taken(budget, "/api/v2/groups", 15)
    assert clock.slept == []


def test_lists_of_a_product_with_a_budget_of_its_own_leave_nothing_to_the_exports_of_others(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    sent(budget, EXPORT, make_response(**exports(remaining=9)))
    sent(budget, "/api/v2/community/posts", make_response(**account(remaining=20)))
    taken(budget, "/api/v2/community/posts", 15)
    assert clock.slept == []


def test_who_waits_for_what_is_left_to_an_export_is_woken_when_its_answer_comes() -> None:
    limits, rate_limits = LIMITS.for_path(EXPORT), RateLimits()
    told = [LimitHeader(ACCOUNT, 100, 20, 40.0), LimitHeader("incremental-exports", 10, 9, 40.0)]
    for sent_at in (0.0, 1.0, 2.0):
        assert rate_limits.try_acquire(limits, sent_at) == NO_WAIT
        rate_limits.update_from_headers(limits, told, sent_at, now=sent_at)
    assert rate_limits.try_acquire(limits, 3.0) == NO_WAIT
    assert rate_limits.try_acquire(limits, 3.0) == NO_WAIT
    assert not rate_limits.update_from_headers(limits, told, sent_at=3.0, now=4.0)
    assert rate_limits.update_from_headers(limits, told, sent_at=3.0, now=4.0)


def test_who_waits_for_the_first_answer_of_an_export_claims_nothing_behind_it(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    ahead = request(EXPORT)
    budget.acquire_call(ahead)
    waits = LIMITS.for_path(EXPORT)
    assert budget._limits.try_acquire(waits, clock.now).seconds == PROBE_TIMEOUT_IN_SECONDS
    budget.update_from_response(ahead, make_response(**exports(remaining=9)))
    clock.now += 4
    taken(budget, "/api/v2/groups", 15)
    assert clock.slept == []


def test_lists_leave_what_any_limit_has_that_was_waited_for(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    path = "/api/v2/tickets/1/audits"
    sent(
        budget,
        path,
        make_response(**account(remaining=99), zendesk_ratelimit_ticket_audits="total=6; remaining=0; resets=9"),
    )
    budget.acquire_call(request(path))
    clock.slept.clear()
    assert len(waited_for_after(87, budget, clock)) == 1


def test_lists_leave_a_quarter_at_most(budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory) -> None:
    wide = {**account(remaining=99), "zendesk_ratelimit_incremental_exports": "total=90; remaining=89; resets=40"}
    sent(budget, EXPORT, make_response(**wide))
    assert waited_for_after(69, budget, clock) == [3.0]
