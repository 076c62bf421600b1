"""Waits are parsed from seconds, epoch times and dates; points in time use the clock of the response."""

import pytest

from source_zendesk.http.limit_headers import parse_number, parse_retry_after, parse_seconds
from unit_tests.account import ResponseFactory

DATE = {"Date": "Wed, 01 May 2024 00:00:00 GMT"}
MAY = 1714521600


@pytest.mark.parametrize(
    ("value", "number"),
    [("100", 100), ("100, 100;w=60", 100), (" 2.5 ", 2.5), ("-1", -1), ("x", None), ("", None), (None, None),
     ("5 s", None)],
)  # fmt: skip
def test_the_number_at_the_start_of_a_header_is_parsed(value: str | None, number: float | None) -> None:
    assert parse_number(value) == number


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("30", 30),
        ("0", 0),
        ("-5", 0),
        (str(MAY + 30), 30),
        (str((MAY + 30) * 1000), 30),
        (str(MAY - 30), 0),
        ("Wed, 01 May 2024 00:00:30 GMT", 30),
        ("2024-05-01T00:00:30Z", 30),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_a_wait_is_parsed_from_all_formats(value: str | None, wait: float | None) -> None:
    assert parse_seconds(value, DATE) == wait


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (429, {"Retry-After": "7", "ratelimit-reset": "30"}, 7),
        (429, {"ratelimit-reset": "30"}, 30),
        # The account's limit resets first, but the endpoint's is the exhausted one.
        (429, {"ratelimit-limit": "700", "ratelimit-remaining": "9", "ratelimit-reset": "30",
               "Zendesk-RateLimit-exports": "total=10; remaining=0; resets=50"}, 50),
        (500, {"ratelimit-reset": "30"}, None),
        (429, {}, None),
    ],
)  # fmt: skip
def test_a_refusal_waits_for_retry_after_or_the_exhausted_limit(
    status: int, headers: dict[str, str], wait: float | None, make_response: ResponseFactory
) -> None:
    assert parse_retry_after(make_response(status, **headers)) == wait
