"""A parsed response has the time of its request by Zendesk's clock; an undocumented shape is an error."""

import time
from datetime import timedelta

import pytest

from source_zendesk.errors import ResponseError
from source_zendesk.http.response import (
    ParsedResponse,
    expect_documented_shape,
    parse_http_date,
    parse_response,
    requested_at,
    server_time,
)
from unit_tests.account import ResponseFactory

DATE = "Wed, 01 May 2024 00:00:00 GMT"
MAY = 1714521600


def test_the_time_of_the_request_is_the_date_minus_the_elapsed_time(make_response: ResponseFactory) -> None:
    response = make_response(200, {}, Date=DATE)
    response.elapsed = timedelta(seconds=10)
    assert requested_at(response) == MAY - 10


def test_without_a_date_the_time_is_that_of_the_local_clock() -> None:
    before = time.time()
    assert before <= server_time({}) <= time.time()
    assert before <= server_time({"Date": "yesterday"}) <= time.time()


@pytest.mark.parametrize(("text", "seconds"), [(DATE, MAY), (None, None), ("", None), ("soon", None), ("12345", None)])
def test_a_date_is_parsed_and_other_text_is_none(text: str | None, seconds: float | None) -> None:
    assert parse_http_date(text) == seconds


def test_an_error_response_is_returned_and_other_responses_are_parsed(make_response: ResponseFactory) -> None:
    refusal = make_response(404)
    assert parse_response(refusal) is refusal
    good = make_response(200, {"a": 1}, Date=DATE)
    good.elapsed = timedelta(0)
    good.zendesk_body = {"a": 1}  # type: ignore[attr-defined]
    assert parse_response(good) == ParsedResponse({"a": 1}, MAY)


@pytest.mark.parametrize("error", [AttributeError, KeyError, TypeError, ValueError])
def test_an_undocumented_shape_is_an_error_that_names_the_stream(error: type[Exception]) -> None:
    with pytest.raises(ResponseError, match=rf"groups.*not have the documented shape \({error.__name__}\)"):  # noqa: SIM117
        with expect_documented_shape("groups"):
            raise error("secret")


def test_other_errors_pass_unchanged() -> None:
    with pytest.raises(ZeroDivisionError):  # noqa: SIM117
        with expect_documented_shape("groups"):
            raise ZeroDivisionError
