"""An answer knows when it was asked for by Zendesk's clock, and one of another form is an error of its stream."""

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
from unit_tests.account import Answering

DATE = "Wed, 01 May 2024 00:00:00 GMT"
MAY = 1714521600


def test_an_answer_was_asked_for_before_its_date_by_as_long_as_it_took(answer: Answering) -> None:
    response = answer(200, {}, Date=DATE)
    response.elapsed = timedelta(seconds=10)
    assert requested_at(response) == MAY - 10


def test_without_a_date_our_own_clock_will_do() -> None:
    before = time.time()
    assert before <= server_time({}) <= time.time()
    assert before <= server_time({"Date": "yesterday"}) <= time.time()


@pytest.mark.parametrize(("text", "seconds"), [(DATE, MAY), (None, None), ("", None), ("soon", None), ("12345", None)])
def test_what_is_no_date_is_none(text: str | None, seconds: float | None) -> None:
    assert parse_http_date(text) == seconds


def test_a_refusal_is_handed_on_and_anything_else_is_an_answer(answer: Answering) -> None:
    refusal = answer(404)
    assert parse_response(refusal) is refusal
    good = answer(200, {"a": 1}, Date=DATE)
    good.elapsed = timedelta(0)
    good.zendesk_body = {"a": 1}  # type: ignore[attr-defined]
    assert parse_response(good) == ParsedResponse({"a": 1}, MAY)


@pytest.mark.parametrize("error", [AttributeError, KeyError, TypeError, ValueError])
def test_a_part_of_another_form_is_an_error_that_names_the_stream(error: type[Exception]) -> None:
    with pytest.raises(ResponseError, match=rf"groups.*not have the documented shape \({error.__name__}\)"):  # noqa: SIM117
        with expect_documented_shape("groups"):
            raise error("secret")


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(ZeroDivisionError):  # noqa: SIM117
        with expect_documented_shape("groups"):
            raise ZeroDivisionError
