"""Requests wait for the limits that answers tell."""

import threading
from dataclasses import dataclass, field

import pytest
import requests

from source_zendesk.components.requests.live_budget import LiveBudget
from source_zendesk.components.requests.own_limits import OwnLimits
from source_zendesk.manifest import Manifest
from source_zendesk.messages.tally import Tally
from unit_tests.components.account import ACCOUNT, Answering

DEFINITIONS = Manifest.load().content["definitions"]
LIMITS = OwnLimits(DEFINITIONS["shared_limits"], DEFINITIONS["own_limits"])


# Real seconds after which a test has failed.
PATIENCE = 30


@dataclass
class Clock:
    """Time that passes only when somebody sleeps."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def pause(self, renewed: threading.Condition, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def budget(clock: Clock) -> LiveBudget:
    return LiveBudget(LIMITS, Tally(), clock=lambda: clock.now, pause=clock.pause)


def request(path: str) -> requests.PreparedRequest:
    return requests.Request("GET", f"{ACCOUNT}{path}?page=1").prepare()


def account(remaining: int) -> dict[str, str]:
    return {"ratelimit-limit": "100", "ratelimit-remaining": str(remaining), "ratelimit-reset": "40"}


@pytest.mark.parametrize(("path", "seconds"), [("/api/v2/groups", 1.0), ("/api/v2/incremental/users/cursor", 10.0)])
def test_before_the_first_answer_one_request_goes_ahead_and_another_when_it_is_late(
    budget: LiveBudget, clock: Clock, path: str, seconds: float
) -> None:
    budget.acquire_call(request(path))
    assert clock.slept == []
    budget.acquire_call(request(path))
    assert sum(clock.slept) == seconds


def test_where_no_answer_tells_of_limits_nothing_is_held_back(
    budget: LiveBudget, clock: Clock, answer: Answering
) -> None:
    for path in ("/api/v2/incremental/users/cursor", "/api/v2/groups"):
        budget.acquire_call(request(path))
        budget.update_from_response(request(path), answer())
        for _ in range(50):
            budget.acquire_call(request(path))
    assert clock.slept == []


def test_five_percent_of_the_account_limit_are_left_to_others(
    budget: LiveBudget, clock: Clock, answer: Answering
) -> None:
    budget.update_from_response(request("/api/v2/groups"), answer(**account(remaining=7)))
    budget.acquire_call(request("/api/v2/groups"))
    budget.acquire_call(request("/api/v2/users"))
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [40.0]


def test_exports_share_one_limit_and_leave_other_endpoints_alone(
    budget: LiveBudget, clock: Clock, answer: Answering
) -> None:
    told = answer(zendesk_ratelimit_incremental_exports="total=10; remaining=0; resets=25")
    budget.update_from_response(request("/api/v2/incremental/tickets/cursor"), told)
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/incremental/users/cursor"))
    assert clock.slept == [25.0]


def test_a_limit_of_an_endpoint_holds_for_its_other_ids(budget: LiveBudget, clock: Clock, answer: Answering) -> None:
    told = answer(zendesk_ratelimit_ticket_audits="total=5; remaining=0; resets=9")
    budget.update_from_response(request("/api/v2/tickets/1/audits"), told)
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
    budget: LiveBudget, clock: Clock, path: str, answer: Answering
) -> None:
    budget.update_from_response(request(path), answer(429, Retry_After="12"))
    for other in OTHERS:
        budget.acquire_call(request(other))
    assert clock.slept == []
    budget.acquire_call(request(path))
    assert clock.slept == [12.0]


def test_a_limit_that_is_told_of_one_view_is_not_that_of_another(
    budget: LiveBudget, clock: Clock, answer: Answering
) -> None:
    told = answer(429, zendesk_ratelimit_view_execute="total=5; remaining=0; resets=9")
    budget.update_from_response(request("/api/v2/views/1/execute"), told)
    budget.acquire_call(request("/api/v2/views/2/execute"))
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/views/1/execute"))
    assert clock.slept == [9.0]


@pytest.mark.parametrize(("refused", "free"), [("sample", "cursor"), ("cursor", "sample")])
def test_samples_have_a_limit_of_their_own(
    refused: str, free: str, budget: LiveBudget, clock: Clock, answer: Answering
) -> None:
    budget.update_from_response(request(f"/api/v2/incremental/tickets/{refused}"), answer(429, Retry_After="900"))
    budget.acquire_call(request(f"/api/v2/incremental/users/{free}"))
    assert clock.slept == []
    budget.acquire_call(request(f"/api/v2/incremental/users/{refused}"))
    assert clock.slept == [900.0]


def test_an_endpoint_is_refused_by_a_limit_of_its_own_where_the_account_has_requests_left(
    budget: LiveBudget, clock: Clock, answer: Answering
) -> None:
    refusal = answer(429, Retry_After="12", ratelimit_limit="100", ratelimit_remaining="60", ratelimit_reset="40")
    budget.update_from_response(request("/api/v2/users/1/skips"), refusal)
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/users/2/skips"))
    assert clock.slept == [12.0]


def test_an_export_that_the_account_refuses_holds_the_account_back(
    budget: LiveBudget, clock: Clock, answer: Answering
) -> None:
    left = "total=10; remaining=7; resets=40"
    refusal = answer(
        429,
        Retry_After="12",
        ratelimit_limit="100",
        ratelimit_remaining="0",
        zendesk_ratelimit_incremental_exports=left,
    )
    budget.update_from_response(request("/api/v2/incremental/users"), refusal)
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [12.0]


def test_after_a_refusal_nobody_asks_until_the_time_it_names(
    budget: LiveBudget, clock: Clock, answer: Answering
) -> None:
    budget.update_from_response(request("/api/v2/groups"), answer(429, Retry_After="12"))
    budget.acquire_call(request("/api/v2/users"))
    assert clock.slept == [12.0]


def test_a_refusal_without_headers_is_over_with_the_next_answer(
    budget: LiveBudget, clock: Clock, answer: Answering
) -> None:
    for reply in (answer(429, Retry_After="0"), answer(429, Retry_After="0"), answer()):
        budget.acquire_call(request("/api/v2/groups"))
        budget.update_from_response(request("/api/v2/groups"), reply)
    for _ in range(3):
        budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []


def test_a_refused_export_does_not_hold_the_account_back(budget: LiveBudget, clock: Clock, answer: Answering) -> None:
    budget.update_from_response(request("/api/v2/incremental/users"), answer(429, Retry_After="12"))
    budget.acquire_call(request("/api/v2/users"))
    assert clock.slept == []


@pytest.mark.parametrize("headers", [account(remaining=50), {}])
def test_an_answer_wakes_who_waits_for_it(headers: dict[str, str], answer: Answering) -> None:
    waits = threading.Event()

    def pause(renewed: threading.Condition, _seconds: float) -> None:
        waits.set()
        renewed.wait()

    budget = LiveBudget(LIMITS, Tally(), clock=lambda: 0.0, pause=pause)
    budget.acquire_call(request("/api/v2/groups"))
    second = threading.Thread(target=budget.acquire_call, args=[request("/api/v2/groups")], daemon=True)
    second.start()
    assert waits.wait(PATIENCE)
    budget.update_from_response(request("/api/v2/groups"), answer(**headers))
    second.join(PATIENCE)
    assert not second.is_alive()


# Two limits


EXPORT = "/api/v2/incremental/tickets/cursor"


def exports(remaining: int, resets: int = 40) -> dict[str, str]:
    told = f"total=10; remaining={remaining}; resets={resets}"
    return {**account(remaining=20), "zendesk_ratelimit_incremental_exports": told}


def sent(budget: LiveBudget, path: str, response: requests.Response) -> None:
    asked = request(path)
    budget.acquire_call(asked)
    budget.update_from_response(asked, response)


def test_lists_leave_of_the_accounts_limit_what_exports_still_have(
    budget: LiveBudget, clock: Clock, answer: Answering
) -> None:
    sent(budget, EXPORT, answer(**exports(remaining=9)))
    for _ in range(6):
        budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []
    for _ in range(9):
        budget.acquire_call(request(EXPORT))
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [40.0]


def test_lists_leave_what_exports_have_when_they_are_renewed_first(
    budget: LiveBudget, clock: Clock, answer: Answering
) -> None:
    sent(budget, EXPORT, answer(**exports(remaining=0, resets=5)))
    for _ in range(5):
        budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [40.0]


def test_lists_leave_nothing_to_exports_that_nobody_reads_any_longer(
    budget: LiveBudget, clock: Clock, answer: Answering
) -> None:
    sent(budget, EXPORT, answer(**exports(remaining=9)))
    clock.now += 11
    for _ in range(15):
        budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []


def test_lists_leave_what_an_export_that_is_read_has_for_as_long_as_it_is_read(
    budget: LiveBudget, clock: Clock, answer: Answering
) -> None:
    for left in (9, 8, 7):
        sent(budget, EXPORT, answer(**exports(remaining=left, resets=40)))
        clock.now += 6
    for _ in range(8):
        budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/groups"))
    assert len(clock.slept) == 1


def test_lists_leave_what_any_limit_has_that_was_waited_for(
    budget: LiveBudget, clock: Clock, answer: Answering
) -> None:
    path = "/api/v2/tickets/1/audits"
    sent(
        budget, path, answer(**account(remaining=99), zendesk_ratelimit_ticket_audits="total=6; remaining=0; resets=9")
    )
    budget.acquire_call(request(path))
    clock.slept.clear()
    for _ in range(87):
        budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/groups"))
    assert len(clock.slept) == 1


def test_lists_leave_a_quarter_at_most(budget: LiveBudget, clock: Clock, answer: Answering) -> None:
    wide = {**account(remaining=99), "zendesk_ratelimit_incremental_exports": "total=90; remaining=89; resets=40"}
    sent(budget, EXPORT, answer(**wide))
    for _ in range(69):
        budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [40.0]


# Windows that are over


def test_a_late_answer_of_the_window_before_does_not_hold_the_new_one_back(
    budget: LiveBudget, clock: Clock, answer: Answering
) -> None:
    budget.update_from_response(request("/api/v2/groups"), answer(**account(remaining=50)))
    late = request("/api/v2/users")
    budget.acquire_call(late)
    clock.now += 45
    budget.update_from_response(request("/api/v2/groups"), answer(**account(remaining=99)))
    budget.update_from_response(late, answer(**account(remaining=0)))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []


def test_nor_does_a_late_refusal(budget: LiveBudget, clock: Clock, answer: Answering) -> None:
    budget.update_from_response(request("/api/v2/groups"), answer(**account(remaining=50)))
    late = request("/api/v2/users")
    budget.acquire_call(late)
    clock.now += 45
    budget.update_from_response(request("/api/v2/groups"), answer(**account(remaining=99)))
    budget.update_from_response(late, answer(429, Retry_After="30"))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []


def test_an_answer_of_this_window_counts_whenever_it_comes(budget: LiveBudget, clock: Clock, answer: Answering) -> None:
    budget.update_from_response(request("/api/v2/groups"), answer(**account(remaining=50)))
    slow = request("/api/v2/users")
    budget.acquire_call(slow)
    budget.update_from_response(request("/api/v2/groups"), answer(**account(remaining=49)))
    clock.now += 30
    told = answer(ratelimit_limit="100", ratelimit_remaining="0", ratelimit_reset="10")
    budget.update_from_response(slow, told)
    budget.acquire_call(request("/api/v2/groups"))
    assert sum(clock.slept) == 10.0


def test_an_answer_that_comes_late_does_not_put_the_renewal_off(
    budget: LiveBudget, clock: Clock, answer: Answering
) -> None:
    slow = request("/api/v2/users")
    budget.acquire_call(slow)
    budget.update_from_response(request("/api/v2/groups"), answer(**account(remaining=6)))
    clock.now += 5
    budget.update_from_response(slow, answer(**account(remaining=50)))
    for _ in range(2):
        budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [35.0]


def test_what_is_under_way_when_a_limit_is_renewed_is_not_left(
    budget: LiveBudget, clock: Clock, answer: Answering
) -> None:
    budget.update_from_response(request("/api/v2/groups"), answer(**account(remaining=50)))
    ahead, under_way = request("/api/v2/groups"), request("/api/v2/users")
    clock.now += 41
    budget.acquire_call(ahead)
    budget.acquire_call(under_way)
    clock.slept.clear()
    budget.update_from_response(ahead, answer(**account(remaining=7)))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [40.0]


def test_the_earliest_renewal_that_is_told_counts(budget: LiveBudget, clock: Clock, answer: Answering) -> None:
    first, second = request("/api/v2/users"), request("/api/v2/groups")
    budget.update_from_response(first, answer(**account(remaining=50)))
    budget.update_from_response(second, answer(**{**account(remaining=0), "ratelimit-reset": "30"}))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [30.0]


@pytest.mark.parametrize("least", [0, 1])
def test_where_seconds_are_told_rounded_down_one_request_is_refused_and_no_more(
    budget: LiveBudget, clock: Clock, least: int, answer: Answering
) -> None:
    """Each window has two requests and lasts some tenths longer than its whole seconds."""
    left, renewed, refusals = 0, clock.now + 40.9, 0
    sent(budget, EXPORT, answer(zendesk_ratelimit_incremental_exports="total=2; remaining=0; resets=40"))
    for _ in range(7):
        asked = request(EXPORT)
        budget.acquire_call(asked)
        if clock.now >= renewed:
            left, renewed = 2, clock.now + 60.9
        status, left = (200 if left else 429), max(left - 1, 0)
        refusals += status == 429
        resets = max(int(renewed - clock.now), least)
        told = f"total=2; remaining={left}; resets={resets}"
        reply = answer(status, Retry_After=f"{resets}", zendesk_ratelimit_incremental_exports=told)
        budget.update_from_response(asked, reply)
    assert refusals == 1


def test_who_finds_a_limit_not_yet_renewed_asks_again_when_it_must_be(
    budget: LiveBudget, clock: Clock, answer: Answering
) -> None:
    sent(budget, "/api/v2/groups", answer(**account(remaining=5)))
    sent(budget, "/api/v2/groups", answer(**{**account(remaining=4), "ratelimit-reset": "0"}))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [40.0, 1.0]


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
    budget: LiveBudget, clock: Clock, headers: dict[str, str], answer: Answering
) -> None:
    path = "/api/v2/incremental/users/cursor"
    budget.update_from_response(request(path), answer(**headers))
    budget.acquire_call(request(path))
    assert clock.slept == [25.0]


@pytest.mark.parametrize("after", ["25", "25.0", "Sun, 01 Mar 2026 12:00:25 GMT", str(EPOCH + 25)])
def test_a_refusal_is_read_in_every_form(budget: LiveBudget, clock: Clock, after: str, answer: Answering) -> None:
    headers = {"Retry-After": after, **NOON}
    budget.update_from_response(request("/api/v2/groups"), answer(429, **headers))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [25.0]


@pytest.mark.parametrize(("after", "seconds"), [("3600", 3600.0), ("86400", 3600.0)])
def test_a_refusal_is_obeyed_for_an_hour_at_most(
    budget: LiveBudget, clock: Clock, after: str, seconds: float, answer: Answering
) -> None:
    budget.update_from_response(request("/api/v2/groups"), answer(429, Retry_After=after))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == [seconds]


def test_a_long_wait_is_logged(budget: LiveBudget, caplog: pytest.LogCaptureFixture, answer: Answering) -> None:
    caplog.set_level("INFO", logger="airbyte")
    budget.update_from_response(request("/api/v2/groups"), answer(429, Retry_After="3600"))
    budget.acquire_call(request("/api/v2/groups"))
    assert "Waiting 3600 seconds for the rate limit of /api/v2/groups" in caplog.text


@pytest.mark.parametrize("value", ["", "soon", "-5"])
def test_headers_that_make_no_sense_are_passed_over(
    budget: LiveBudget, clock: Clock, value: str, answer: Answering
) -> None:
    budget.update_from_response(request("/api/v2/groups"), answer(ratelimit_limit=value, ratelimit_remaining=value))
    budget.acquire_call(request("/api/v2/groups"))
    assert clock.slept == []
