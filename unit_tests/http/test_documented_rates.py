"""A product whose responses have no limit headers is read at its documented rate."""

import pytest

from source_zendesk.http.api_budget import AdaptiveApiBudget
from source_zendesk.http.rate_limit import LONGEST_BLOCK_IN_SECONDS, DocumentedRateLimit
from unit_tests.account import ResponseFactory
from unit_tests.http.budget_helpers import Clock, account, acquire, request, send

CONTACTS, FIREHOSE = "/v2/contacts", "/v3/contacts/stream"
REQUESTS, SECONDS = 10, 1.0


def test_requests_wait_for_the_next_window_and_need_no_probe(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    for _ in range(REQUESTS // 2):
        send(budget, CONTACTS, make_response())
    acquire(budget, FIREHOSE, REQUESTS // 2)
    assert clock.slept == []
    acquire(budget, CONTACTS, 2 * REQUESTS)
    assert clock.slept == [SECONDS, SECONDS]


def test_the_limit_of_the_product_does_not_delay_the_account(budget: AdaptiveApiBudget, clock: Clock) -> None:
    acquire(budget, CONTACTS, REQUESTS)
    acquire(budget, "/api/v2/groups")
    assert clock.slept == []


def test_headers_do_not_replace_the_documented_rate(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, CONTACTS, make_response(**account(remaining=0)))
    acquire(budget, CONTACTS, REQUESTS - 1)
    assert clock.slept == []
    acquire(budget, CONTACTS)
    assert clock.slept == [SECONDS]


def test_refusals_in_a_row_double_the_wait_up_to_a_minute(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    for _ in range(8):
        send(budget, CONTACTS, make_response(429))
    acquire(budget, CONTACTS)
    assert clock.slept == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, LONGEST_BLOCK_IN_SECONDS, LONGEST_BLOCK_IN_SECONDS]


def test_a_window_without_a_refusal_ends_the_row(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    send(budget, CONTACTS, make_response(429))
    acquire(budget, CONTACTS, REQUESTS)
    clock.slept.clear()
    send(budget, CONTACTS, make_response(429))
    acquire(budget, CONTACTS)
    assert clock.slept == [SECONDS, SECONDS]


def test_requests_that_are_refused_together_count_once(
    budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory
) -> None:
    sent = [request(CONTACTS) for _ in range(REQUESTS)]
    for each in sent:
        budget.acquire_call(each)
    clock.now += 0.5
    for each in sent:
        budget.update_from_response(each, make_response(429))
    acquire(budget, CONTACTS)
    assert clock.slept == [SECONDS]


def test_retry_after_takes_precedence(budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory) -> None:
    send(budget, CONTACTS, make_response(429, Retry_After="12"))
    acquire(budget, CONTACTS)
    assert clock.slept == [12.0]


@pytest.mark.parametrize(("now", "expected"), [(0.2, 2.0), (60.0, 0.0)])
def test_the_requests_in_flight_follow_the_documented_rate(now: float, expected: float) -> None:
    limit = DocumentedRateLimit(REQUESTS, 0, 1.0, window=SECONDS)
    limit.note_latency(sent_at=0.0, now=0.2)
    assert limit.requests_in_flight(now) == expected


def test_all_of_chat_has_200_requests_a_minute(budget: AdaptiveApiBudget, clock: Clock) -> None:
    acquire(budget, "/api/v2/chat/agents", 140)
    acquire(budget, "/api/v2/chat/incremental/chats", 50)
    acquire(budget, "/api/v2/groups")
    assert clock.slept == []
    acquire(budget, "/api/v2/chat/bans", 20)
    assert clock.slept == [60.0]
