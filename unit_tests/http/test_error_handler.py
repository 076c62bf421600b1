"""What is tried again, what asks for less, what ends the sync, and what is left to the retriever."""

from typing import Any

import pytest
import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ResponseAction

from source_zendesk.http.error_handler import ZendeskErrorHandler
from unit_tests.account import Answering

THROTTLED = "Number of allowed API requests per minute exceeded"


def handler(kind: str = "api_token", **options: Any) -> ZendeskErrorHandler:
    return ZendeskErrorHandler({"credentials": {"credentials": kind}}, name="groups", **options)


@pytest.mark.parametrize(
    ("status", "body", "action"),
    [
        (200, {"groups": []}, ResponseAction.SUCCESS),
        (204, None, ResponseAction.SUCCESS),
        (200, "<html>", ResponseAction.RETRY),
        (200, '{"groups": [', ResponseAction.RETRY),
        (429, None, ResponseAction.RATE_LIMITED),
        (503, THROTTLED, ResponseAction.RATE_LIMITED),
        (500, None, ResponseAction.RETRY),
        (502, None, ResponseAction.RETRY),
        (503, None, ResponseAction.RETRY),
        (504, None, ResponseAction.RETRY),
        (408, None, ResponseAction.RETRY),
        (409, None, ResponseAction.RETRY),
        (401, None, ResponseAction.FAIL),
        (400, None, ResponseAction.IGNORE),
        (403, None, ResponseAction.IGNORE),
        (404, None, ResponseAction.IGNORE),
        (422, None, ResponseAction.IGNORE),
    ],
)
def test_an_answer_calls_for(status: int, body: Any, action: ResponseAction, answer: Answering) -> None:
    assert handler().interpret_response(answer(status, body)).response_action is action


@pytest.mark.parametrize("status", [502, 503, 504])
def test_an_overloaded_export_is_asked_for_less(status: int, answer: Answering) -> None:
    found = handler(reducible=True).interpret_response(answer(status)).response_action
    assert found is ResponseAction.REDUCE_PAGE_SIZE


def test_a_server_that_says_how_long_it_is_away_is_waited_for(answer: Answering) -> None:
    away = answer(503, **{"Retry-After": "600"})
    assert handler(reducible=True).interpret_response(away).response_action is ResponseAction.RETRY


def test_a_throttled_export_waits_instead(answer: Answering) -> None:
    found = handler(reducible=True).interpret_response(answer(503, THROTTLED)).response_action
    assert found is ResponseAction.RATE_LIMITED


@pytest.mark.parametrize(
    ("exception", "reducible", "action"),
    [
        (requests.exceptions.ConnectionError(), False, ResponseAction.RETRY),
        (requests.exceptions.ChunkedEncodingError(), False, ResponseAction.RETRY),
        (requests.exceptions.ReadTimeout(), False, ResponseAction.RETRY),
        (requests.exceptions.ReadTimeout(), True, ResponseAction.REDUCE_PAGE_SIZE),
        (requests.exceptions.ConnectTimeout(), True, ResponseAction.RETRY),
        (requests.exceptions.InvalidURL(), False, ResponseAction.FAIL),
    ],
)  # fmt: skip
def test_no_answer_calls_for(exception: Exception, *, reducible: bool, action: ResponseAction) -> None:
    assert handler(reducible=reducible).interpret_response(exception).response_action is action


@pytest.mark.parametrize("kind", ["client_credentials", "oauth2_refresh"])
def test_a_token_that_can_be_renewed_is(kind: str, answer: Answering) -> None:
    assert handler(kind).interpret_response(answer(401)).response_action is ResponseAction.REFRESH_TOKEN_THEN_RETRY


def test_refused_credentials_are_the_users_to_mend(answer: Answering) -> None:
    found = handler().interpret_response(answer(401, {"error": "Couldn't authenticate you"}))
    assert found.failure_type is FailureType.config_error
    assert "Stream groups" in str(found.error_message)
    assert "check `credentials`" in str(found.error_message)


def test_a_parsed_answer_is_kept_for_the_retriever(answer: Answering) -> None:
    response = answer(200, {"groups": [1]})
    handler().interpret_response(response)
    assert getattr(response, "zendesk_body", None) == {"groups": [1]}
