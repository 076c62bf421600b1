"""Requests wait for the limits in response headers."""

import threading
from dataclasses import dataclass, field
from typing import Any

import pytest

from source_zendesk.http.adaptive_executor import AdaptiveExecutor
from source_zendesk.http.api_budget import AdaptiveApiBudget
from source_zendesk.output.sync_stats import SyncStats
from unit_tests.account import ResponseFactory
from unit_tests.http.budget_helpers import EXPORT, LIMITS, Clock, account, acquire, exports, request, send

# Real seconds until a test fails.
TIMEOUT = 30


@pytest.mark.parametrize(("path", "seconds"), [("/api/v2/groups", 1.0), ("/api/v2/incremental/users/cursor", 10.0)])
def test_the_first_request_is_a_probe_and_a_late_response_causes_another(
    budget: AdaptiveApiBudget, clock: Clock, path: str, seconds: float
) -> None:
    budget.acquire_call(request(path))
    assert clock.slept == []
    budget.acquire_call(request(path))
    assert sum(clock.slept) == seconds


def test_without_limit_headers_no_request_waits(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    for path in ("/api/v2/incremental/users/cursor", "/api/v2/groups"):
        send(budget, path, make_response())
        for _ in range(50):
            budget.acquire_call(request(path))
    assert clock.slept == []


def test_five_percent_of_the_account_limit_stay_unused(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, "/api/v2/groups", make_response(**account(remaining=7)))
    budget.acquire_call(request("/api/v2/groups"))
    budget.acquire_call(request("/api/v2/users"))
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [40.0]


def test_after_a_429_requests_wait_until_retry_after(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, "/api/v2/groups", make_response(429, Retry_After="12"))
    budget.acquire_call(request("/api/v2/users"))
    assert clock.slept == [12.0]


def test_a_429_without_limit_headers_ends_with_the_next_response(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    for response in (make_response(429, Retry_After="0"), make_response(429, Retry_After="0"), make_response()):
        send(budget, "/api/v2/groups", response)
    acquire(budget, "/api/v2/groups", 3)
    assert clock.slept == []


@pytest.mark.parametrize("headers", [account(remaining=50), {}])
def test_a_response_wakes_requests_that_wait_for_it(headers: dict[str, str], make_response: ResponseFactory) -> None:
    is_waiting = threading.Event()

    def pause(limits_changed: threading.Condition, _seconds: float) -> None:
        is_waiting.set()
        limits_changed.wait()

    budget = AdaptiveApiBudget(LIMITS, SyncStats(), clock=lambda: 0.0, wait_on=pause)
    probe = request("/api/v2/groups")
    budget.acquire_call(probe)
    second = threading.Thread(target=budget.acquire_call, args=[request("/api/v2/groups")], daemon=True)
    second.start()
    assert is_waiting.wait(TIMEOUT)
    budget.update_from_response(probe, make_response(**headers))
    second.join(TIMEOUT)
    assert not second.is_alive()


def test_a_wait_is_logged_once_despite_spurious_wakeups(
    budget: AdaptiveApiBudget, clock: Clock, caplog: pytest.LogCaptureFixture, make_response: ResponseFactory
) -> None:
    def woken(_: threading.Condition, seconds: float) -> None:
        clock.now += min(seconds, 600.0)

    caplog.set_level("INFO", logger="airbyte")
    send(budget, "/api/v2/groups", make_response(429, Retry_After="3600"))
    budget._wait_on = woken
    budget.acquire_call(request("/api/v2/groups"))
    assert caplog.text.count("Waiting") == 1


# Header formats

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
def test_a_limit_is_parsed_in_all_formats(
    budget: AdaptiveApiBudget, clock: Clock, headers: dict[str, str], make_response: ResponseFactory
) -> None:
    path = "/api/v2/incremental/users/cursor"
    send(budget, path, make_response(**headers))
    budget.acquire_call(request(path))
    assert clock.slept == [25.0]


@pytest.mark.parametrize("retry_after", ["25", "25.0", "Sun, 01 Mar 2026 12:00:25 GMT", str(EPOCH + 25)])
def test_retry_after_is_parsed_in_all_formats(
    budget: AdaptiveApiBudget, clock: Clock, retry_after: str, make_response: ResponseFactory
) -> None:
    headers = {"Retry-After": retry_after, **NOON}
    send(budget, "/api/v2/groups", make_response(429, **headers))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [25.0]


@pytest.mark.parametrize(("retry_after", "seconds"), [("3600", 3600.0), ("86400", 3600.0)])
def test_retry_after_is_capped_at_an_hour(
    budget: AdaptiveApiBudget, clock: Clock, retry_after: str, seconds: float, make_response: ResponseFactory
) -> None:
    send(budget, "/api/v2/groups", make_response(429, Retry_After=retry_after))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [seconds]


def test_a_long_wait_is_logged(
    budget: AdaptiveApiBudget, caplog: pytest.LogCaptureFixture, make_response: ResponseFactory
) -> None:
    caplog.set_level("INFO", logger="airbyte")
    send(budget, "/api/v2/groups", make_response(429, Retry_After="3600"))
    budget.acquire_call(request("/api/v2/groups"))
    assert "Waiting 3600 seconds for the rate limit of /api/v2/groups" in caplog.text


@pytest.mark.parametrize("value", ["", "soon", "-5", "9" * 400])
def test_invalid_limit_headers_are_ignored(
    budget: AdaptiveApiBudget, clock: Clock, value: str, make_response: ResponseFactory
) -> None:
    send(budget, "/api/v2/groups", make_response(ratelimit_limit=value, ratelimit_remaining=value))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []


@dataclass
class Waits:
    """Stands in for the status: the reported waits."""

    reported: list[tuple[str, float, float]] = field(default_factory=list)

    def report(self, stream: str, waited: float, resets_in: float) -> None:
        self.reported.append((stream, waited, resets_in))


class OneStream(AdaptiveExecutor):
    """An executor whose only stream is `tickets`."""

    @property
    def current_stream(self) -> str:
        return "tickets"


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def reporting_budget(clock: Clock, waits: Any) -> AdaptiveApiBudget:
    return AdaptiveApiBudget(
        LIMITS, SyncStats(), OneStream(), status=waits, clock=lambda: clock.now, wait_on=clock.pause
    )


def test_a_wait_before_a_refusal_is_reported_with_its_reset(
    reporting_budget: AdaptiveApiBudget, waits: Waits, make_response: ResponseFactory
) -> None:
    send(reporting_budget, "/api/v2/groups", make_response(**account(remaining=5)))
    reporting_budget.acquire_call(request("/api/v2/groups"))
    assert waits.reported == [("tickets", 40.0, 40.0)]


def test_a_wait_in_several_steps_is_reported_with_its_whole_duration(
    reporting_budget: AdaptiveApiBudget, waits: Waits, clock: Clock, make_response: ResponseFactory
) -> None:
    send(reporting_budget, EXPORT, make_response(**exports(remaining=0)))
    acquire(reporting_budget, "/api/v2/groups", 3)
    waits.reported.clear()
    while len(clock.slept) < 2:
        reporting_budget.acquire_call(request("/api/v2/groups"))
    assert waits.reported
    assert {stream for stream, *_ in waits.reported} == {"tickets"}
    assert max(waited for _, waited, _ in waits.reported) <= sum(clock.slept)


@pytest.mark.parametrize(
    ("status", "body", "headers", "seconds"),
    [
        (429, None, {"Retry-After": "30"}, 30.0), (429, None, {}, 60.0), (429, None, {"Retry-After": "9999"}, 3600.0),
        (503, "Number of allowed API requests per minute exceeded", {"Retry-After": "30"}, 30.0),
        (503, None, {"Retry-After": "30"}, 0.0), (500, None, {}, 0.0), (200, None, {}, 0.0),
    ],
)  # fmt: skip
def test_a_refusal_by_a_rate_limit_is_reported(
    reporting_budget: AdaptiveApiBudget, waits: Waits, make_response: ResponseFactory,
    status: int, body: str | None, headers: dict[str, str], seconds: float,
) -> None:  # fmt: skip
    send(reporting_budget, "/api/v2/groups", make_response(status, body, **headers))
    assert waits.reported == ([("tickets", seconds, seconds)] if seconds else [])
