"""Requests wait for the limits that answers tell."""

import threading

import pytest

from source_zendesk.http.api_budget import AdaptiveApiBudget
from source_zendesk.output.sync_stats import SyncStats
from unit_tests.account import ResponseFactory
from unit_tests.http.budget_helpers import LIMITS, Clock, account, request, sent, taken

# Real seconds after which a test has failed.
PATIENCE = 30


@pytest.mark.parametrize(("path", "seconds"), [("/api/v2/groups", 1.0), ("/api/v2/incremental/users/cursor", 10.0)])
def test_before_the_first_answer_one_request_goes_ahead_and_another_when_it_is_late(
    budget: AdaptiveApiBudget, clock: Clock, path: str, seconds: float
) -> None:
    budget.acquire_call(request(path))
    assert clock.slept == []
    budget.acquire_call(request(path))
    assert sum(clock.slept) == seconds


def test_where_no_answer_tells_of_limits_nothing_is_held_back(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    for path in ("/api/v2/incremental/users/cursor", "/api/v2/groups"):
        sent(budget, path, make_response())
        for _ in range(50):
            budget.acquire_call(request(path))
    assert clock.slept == []


def test_five_percent_of_the_account_limit_are_left_to_others(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    sent(budget, "/api/v2/groups", make_response(**account(remaining=7)))
    budget.acquire_call(request("/api/v2/groups"))
    budget.acquire_call(request("/api/v2/users"))
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [40.0]


def test_after_a_refusal_nobody_asks_until_the_time_it_names(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    sent(budget, "/api/v2/groups", make_response(429, Retry_After="12"))
    budget.acquire_call(request("/api/v2/users"))
    assert clock.slept == [12.0]


def test_a_refusal_without_headers_is_over_with_the_next_answer(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    for reply in (make_response(429, Retry_After="0"), make_response(429, Retry_After="0"), make_response()):
        sent(budget, "/api/v2/groups", reply)
    taken(budget, "/api/v2/groups", 3)
    assert clock.slept == []


@pytest.mark.parametrize("headers", [account(remaining=50), {}])
def test_an_answer_wakes_who_waits_for_it(headers: dict[str, str], make_response: ResponseFactory) -> None:
    waits = threading.Event()

    def pause(renewed: threading.Condition, _seconds: float) -> None:
        waits.set()
        renewed.wait()

    budget = AdaptiveApiBudget(LIMITS, SyncStats(), clock=lambda: 0.0, wait_on=pause)
    ahead = request("/api/v2/groups")
    budget.acquire_call(ahead)
    second = threading.Thread(target=budget.acquire_call, args=[request("/api/v2/groups")], daemon=True)
    second.start()
    assert waits.wait(PATIENCE)
    budget.update_from_response(ahead, make_response(**headers))
    second.join(PATIENCE)
    assert not second.is_alive()


def test_who_is_woken_for_nothing_does_not_say_again_that_he_waits(
    budget: AdaptiveApiBudget, clock: Clock, caplog: pytest.LogCaptureFixture, make_response: ResponseFactory
) -> None:
    def woken(_: threading.Condition, seconds: float) -> None:
        clock.now += min(seconds, 600.0)

    caplog.set_level("INFO", logger="airbyte")
    sent(budget, "/api/v2/groups", make_response(429, Retry_After="3600"))
    budget._wait_on = woken
    budget.acquire_call(request("/api/v2/groups"))
    assert caplog.text.count("Waiting") == 1


# Forms

NOON = {"Date": "Sun, 01 Mar 2026 12:00:00 GMT"}
EPOCH = 1_772_366_400


@pytest.mark.parametrize(
    "headers",
    [
        {"zendesk-ratelimit-incremental-exports": "total=10; remaining=0; resets=25"},
        {"zendesk-ratelimit-incremental-exports": "total=10;remaining=0;resets=25"},
        {"zendesk-ratelimit-incremental-exports": "Total=10, Remaining=-1, Reset=25"},
        {"zendesk-ratelimit-incremental-exports": f"total=10; remaining=0; resets={EPOCH + 25}", **NOON},
        {"Zendesk-RateLimit-Incremental-Exports": f"total=10; remaining=0; resets={EPOCH + 25}000", **NOON},
        {"ratelimit-limit": "100, 100;w=60", "ratelimit-remaining": "0", "ratelimit-reset": "25"},
        {"X-Rate-Limit": "100", "X-Rate-Limit-Remaining": "0", "ratelimit-reset": "25"},
        {"X-Rate-Limit": "100", "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": str(EPOCH + 25), **NOON},
        {"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "25"},
    ],
)
def test_a_limit_is_read_in_every_form(
    budget: AdaptiveApiBudget, clock: Clock, headers: dict[str, str], make_response: ResponseFactory
) -> None:
    path = "/api/v2/incremental/users/cursor"
    sent(budget, path, make_response(**headers))
    budget.acquire_call(request(path))
    assert clock.slept == [25.0]


@pytest.mark.parametrize("after", ["25", "25.0", "Sun, 01 Mar 2026 12:00:25 GMT", str(EPOCH + 25)])
def test_a_refusal_is_read_in_every_form(
    budget: AdaptiveApiBudget, clock: Clock, after: str, make_response: ResponseFactory
) -> None:
    headers = {"Retry-After": after, **NOON}
    sent(budget, "/api/v2/groups", make_response(429, **headers))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [25.0]


@pytest.mark.parametrize(("after", "seconds"), [("3600", 3600.0), ("86400", 3600.0)])
def test_a_refusal_is_obeyed_for_an_hour_at_most(
    budget: AdaptiveApiBudget, clock: Clock, after: str, seconds: float, make_response: ResponseFactory
) -> None:
    sent(budget, "/api/v2/groups", make_response(429, Retry_After=after))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [seconds]


def test_a_long_wait_is_logged(
    budget: AdaptiveApiBudget, caplog: pytest.LogCaptureFixture, make_response: ResponseFactory
) -> None:
    caplog.set_level("INFO", logger="airbyte")
    sent(budget, "/api/v2/groups", make_response(429, Retry_After="3600"))
    budget.acquire_call(request("/api/v2/groups"))
    assert "Waiting 3600 seconds for the rate limit of /api/v2/groups" in caplog.text


@pytest.mark.parametrize("value", ["", "soon", "-5", "9" * 400])
def test_headers_that_make_no_sense_are_passed_over(
    budget: AdaptiveApiBudget, clock: Clock, value: str, make_response: ResponseFactory
) -> None:
    sent(budget, "/api/v2/groups", make_response(ratelimit_limit=value, ratelimit_remaining=value))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []
