"""The wait follows Zendesk's headers, within bounds, and grows without headers."""

import time

import pytest
import requests
from airbyte_cdk.sources.streams.http.page_size_reduction_exception import PageSizeReductionRequiredException

from source_zendesk.http.backoff import RetryAfterBackoff
from unit_tests.account import ResponseFactory

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
def test_the_wait_is_that_of_the_headers(
    status: int, headers: dict[str, str], seconds: float, make_response: ResponseFactory
) -> None:
    assert WAIT.wait_seconds(make_response(status, **headers), 1) == seconds


@pytest.mark.parametrize("after", ["86400", "Mon, 02 Mar 2026 12:00:00 GMT"])
def test_a_longer_wait_is_capped_at_an_hour_and_logged(
    after: str, caplog: pytest.LogCaptureFixture, make_response: ResponseFactory
) -> None:
    assert WAIT.wait_seconds(make_response(429, **{"Retry-After": after, **NOON}), 1) == 3600
    assert "Zendesk requests a wait of 86400 s; retrying in 3600 s" in caplog.text


def test_a_past_date_is_a_wait_of_a_second(make_response: ResponseFactory) -> None:
    assert WAIT.wait_seconds(make_response(503, **{"Retry-After": "Sun, 01 Mar 2026 11:00:00 GMT", **NOON}), 1) == 1


def test_a_reset_header_may_contain_epoch_seconds(make_response: ResponseFactory) -> None:
    wait = WAIT.wait_seconds(make_response(429, **{"ratelimit-reset": str(int(time.time()) + 100)}), 1)
    assert 0 < wait <= 100


@pytest.mark.parametrize("status", [429, 500, 503, 408, 409, 200])
@pytest.mark.parametrize("value", ["0", "-5", "1"])
def test_waits_after_a_header_grow_from_a_second_to_a_minute(
    status: int, value: str, make_response: ResponseFactory
) -> None:
    waits = [WAIT.wait_seconds(make_response(status, **{"Retry-After": value}), attempt) for attempt in range(1, 20)]
    assert waits[0] == 1
    assert waits == sorted(waits)
    assert waits[-1] == 60


@pytest.mark.parametrize("status", [500, 520, 524, 502, 200])
def test_the_second_failure_of_a_reducible_page_reduces_the_page_size(
    status: int, make_response: ResponseFactory
) -> None:
    reducible = RetryAfterBackoff({}, reducible=True)
    assert reducible.backoff_time(make_response(status), 1)
    with pytest.raises(PageSizeReductionRequiredException):
        reducible.backoff_time(make_response(status), 2)


@pytest.mark.parametrize("error", [requests.ConnectionError(ConnectionResetError()), requests.ReadTimeout()])
def test_the_second_dropped_connection_or_read_timeout_reduces_the_page_size(error: requests.RequestException) -> None:
    with pytest.raises(PageSizeReductionRequiredException):
        RetryAfterBackoff({}, reducible=True).backoff_time(error, 2)


@pytest.mark.parametrize("error", [requests.ConnectionError(ConnectionRefusedError()), requests.ConnectTimeout()])
def test_an_unreachable_server_does_not_reduce_the_page_size(error: requests.RequestException) -> None:
    assert RetryAfterBackoff({}, reducible=True).backoff_time(error, 5)


def test_a_rate_limit_does_not_reduce_the_page_size(make_response: ResponseFactory) -> None:
    assert RetryAfterBackoff({}, reducible=True).backoff_time(make_response(429), 5)
    assert RetryAfterBackoff({}, reducible=True).backoff_time(make_response(503, **{"Retry-After": "1"}), 5)


@pytest.mark.parametrize("status", [204, 302, 304])
def test_a_response_without_a_page_does_not_reduce_the_page_size(status: int, make_response: ResponseFactory) -> None:
    assert RetryAfterBackoff({}, reducible=True).backoff_time(make_response(status), 5)


@pytest.mark.parametrize("page", ["<html>Sign in</html>", "\n<!doctype html>"])
def test_a_web_page_does_not_reduce_the_page_size(page: str, make_response: ResponseFactory) -> None:
    assert RetryAfterBackoff({}, reducible=True).backoff_time(make_response(200, page), 5)


@pytest.mark.parametrize("value", ["soon", "", "nan", "inf"])
def test_an_invalid_header_is_ignored(value: str, make_response: ResponseFactory) -> None:
    assert WAIT.wait_seconds(make_response(500, **{"Retry-After": value}), 2) == WAIT.wait_seconds(
        make_response(500), 2
    )


def test_a_reset_header_is_ignored_for_other_failures(make_response: ResponseFactory) -> None:
    assert WAIT.wait_seconds(make_response(500, **{"ratelimit-reset": "50"}), 1) == WAIT.wait_seconds(
        make_response(500), 1
    )


@pytest.mark.parametrize("failure", [500, 429, requests.exceptions.ConnectionError(), None])
def test_waits_without_headers_grow_up_to_a_minute(
    failure: int | requests.RequestException | None, make_response: ResponseFactory
) -> None:
    outcome = make_response(failure) if isinstance(failure, int) else failure
    waits = [WAIT.wait_seconds(outcome, attempt) for attempt in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[0] < waits[2]
    assert waits[-1] == 60


def test_a_throttled_request_waits_longer_than_a_failed_one(make_response: ResponseFactory) -> None:
    assert WAIT.wait_seconds(make_response(429), 1) > WAIT.wait_seconds(make_response(500), 1)
