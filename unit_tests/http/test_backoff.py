"""The wait is what Zendesk says, within reason, and grows where it says nothing."""

import time

import pytest
import requests
from airbyte_cdk.sources.streams.http.page_size_reduction_exception import PageSizeReductionRequiredException

from source_zendesk.http.backoff import RetryAfterBackoff
from unit_tests.account import Answering

WAIT = RetryAfterBackoff({})
NOON = {"Date": "Sun, 01 Mar 2026 12:00:00 GMT"}


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"Retry-After": "7"}, 7),
        (500, {"Retry-After": "7"}, 7),
        (429, {"Retry-After": "7.5"}, 7.5),
        (429, {"ratelimit-reset": "11"}, 11),
        (503, {"X-Rate-Limit-Reset": "12"}, 12),
        (429, {"Retry-After": "9", "ratelimit-reset": "99"}, 9),
        (429, {"Retry-After": "3600"}, 3600),
        (503, {"Retry-After": "Sun, 01 Mar 2026 12:10:00 GMT", **NOON}, 600),
        (429, {"Retry-After": "1772366460", **NOON}, 60),
        (429, {"ratelimit-reset": "1772366460000", **NOON}, 60),
    ],
)
def test_the_answer_says_how_long(status: int, headers: dict[str, str], seconds: float, answer: Answering) -> None:
    assert WAIT.wait_seconds(answer(status, **headers), 1) == seconds


@pytest.mark.parametrize("after", ["86400", "Mon, 02 Mar 2026 12:00:00 GMT"])
def test_a_wait_is_an_hour_at_most_and_the_log_says_so(
    after: str, caplog: pytest.LogCaptureFixture, answer: Answering
) -> None:
    assert WAIT.wait_seconds(answer(429, **{"Retry-After": after, **NOON}), 1) == 3600
    assert "Zendesk requests a wait of 86400 s; retrying in 3600 s" in caplog.text


def test_a_date_that_is_over_is_no_wait(answer: Answering) -> None:
    assert WAIT.wait_seconds(answer(503, **{"Retry-After": "Sun, 01 Mar 2026 11:00:00 GMT", **NOON}), 1) < 1


def test_a_reset_may_be_a_point_in_time(answer: Answering) -> None:
    told = WAIT.wait_seconds(answer(429, **{"ratelimit-reset": str(int(time.time()) + 100)}), 1)
    assert 0 < told <= 100


@pytest.mark.parametrize("value", ["0", "-5"])
def test_no_wait_is_a_short_one(value: str, answer: Answering) -> None:
    assert 0 < WAIT.wait_seconds(answer(503, **{"Retry-After": value}), 1) < 1


@pytest.mark.parametrize("value", ["0", "-5", "1"])
def test_a_rate_limit_is_waited_for_longer_each_time_and_a_second_at_least(value: str, answer: Answering) -> None:
    waits = [WAIT.wait_seconds(answer(429, **{"Retry-After": value}), attempt) for attempt in range(1, 20)]
    assert waits[0] == 1
    assert waits == sorted(waits)
    assert waits[-1] == 60


@pytest.mark.parametrize("status", [500, 520, 524, 502, 200])
def test_the_second_failure_of_a_page_that_can_shrink_reduces_it(status: int, answer: Answering) -> None:
    sized = RetryAfterBackoff({}, reducible=True)
    assert sized.backoff_time(answer(status), 1)
    with pytest.raises(PageSizeReductionRequiredException):
        sized.backoff_time(answer(status), 2)


@pytest.mark.parametrize("error", [requests.ConnectionError(ConnectionResetError()), requests.ReadTimeout()])
def test_so_does_a_connection_that_is_dropped_or_silent(error: requests.RequestException) -> None:
    with pytest.raises(PageSizeReductionRequiredException):
        RetryAfterBackoff({}, reducible=True).backoff_time(error, 2)


@pytest.mark.parametrize("error", [requests.ConnectionError(ConnectionRefusedError()), requests.ConnectTimeout()])
def test_a_server_that_cannot_be_reached_says_nothing_of_the_page(error: requests.RequestException) -> None:
    assert RetryAfterBackoff({}, reducible=True).backoff_time(error, 5)


def test_a_rate_limit_says_nothing_of_the_page(answer: Answering) -> None:
    assert RetryAfterBackoff({}, reducible=True).backoff_time(answer(429), 5)
    assert RetryAfterBackoff({}, reducible=True).backoff_time(answer(503, **{"Retry-After": "1"}), 5)


@pytest.mark.parametrize("value", ["soon", "", "nan", "inf"])
def test_a_header_that_is_no_number_counts_for_nothing(value: str, answer: Answering) -> None:
    assert WAIT.wait_seconds(answer(500, **{"Retry-After": value}), 2) == WAIT.wait_seconds(answer(500), 2)


def test_the_reset_of_a_limit_is_no_reason_to_wait_for_another_failure(answer: Answering) -> None:
    assert WAIT.wait_seconds(answer(500, **{"ratelimit-reset": "50"}), 1) == WAIT.wait_seconds(answer(500), 1)


@pytest.mark.parametrize("failure", [500, 429, requests.exceptions.ConnectionError(), None])
def test_waits_grow_up_to_a_minute(failure: int | requests.RequestException | None, answer: Answering) -> None:
    outcome = answer(failure) if isinstance(failure, int) else failure
    waits = [WAIT.wait_seconds(outcome, attempt) for attempt in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[0] < waits[2]
    assert waits[-1] == 60


def test_a_throttled_request_waits_longer_than_a_failed_one(answer: Answering) -> None:
    assert WAIT.wait_seconds(answer(429), 1) > WAIT.wait_seconds(answer(500), 1)
