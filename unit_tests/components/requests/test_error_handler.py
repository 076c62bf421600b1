"""What is tried again, what asks for less, what ends the sync, and what is left to the retriever."""

from typing import Any

import pytest
import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ResponseAction

from source_zendesk.components.requests.error_handler import ZendeskErrorHandler
from unit_tests.components.answers import answer

THROTTLED = "Number of allowed API requests per minute exceeded"


def handler(kind: str = "api_token", **options: Any) -> ZendeskErrorHandler:
    return ZendeskErrorHandler({"credentials": {"credentials": kind}}, name="groups", **options)


@pytest.mark.parametrize(
    ("response", "action"),
    [
        (answer(200, {"groups": []}), ResponseAction.SUCCESS),
        (answer(204), ResponseAction.SUCCESS),
        (answer(200, "<html>"), ResponseAction.RETRY),
        (answer(200, '{"groups": ['), ResponseAction.RETRY),
        (answer(429), ResponseAction.RATE_LIMITED),
        (answer(503, THROTTLED), ResponseAction.RATE_LIMITED),
        (answer(500), ResponseAction.RETRY),
        (answer(502), ResponseAction.RETRY),
        (answer(503), ResponseAction.RETRY),
        (answer(504), ResponseAction.RETRY),
        (answer(408), ResponseAction.RETRY),
        (answer(409), ResponseAction.RETRY),
        (answer(401), ResponseAction.FAIL),
        (answer(400), ResponseAction.IGNORE),
        (answer(403), ResponseAction.IGNORE),
        (answer(404), ResponseAction.IGNORE),
        (answer(422), ResponseAction.IGNORE),
    ],
    ids=lambda value: f"{value.status_code}" if isinstance(value, requests.Response) else value.name,
)
def test_an_answer_calls_for(response: requests.Response, action: ResponseAction) -> None:
    assert handler().interpret_response(response).response_action is action


@pytest.mark.parametrize("status", [502, 503, 504])
def test_an_overloaded_export_is_asked_for_less(status: int) -> None:
    found = handler(reducible=True).interpret_response(answer(status)).response_action
    assert found is ResponseAction.REDUCE_PAGE_SIZE


def test_a_server_that_says_how_long_it_is_away_is_waited_for() -> None:
    away = answer(503, **{"Retry-After": "600"})
    assert handler(reducible=True).interpret_response(away).response_action is ResponseAction.RETRY


def test_a_throttled_export_waits_instead() -> None:
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
def test_a_token_that_can_be_renewed_is(kind: str) -> None:
    assert handler(kind).interpret_response(answer(401)).response_action is ResponseAction.REFRESH_TOKEN_THEN_RETRY


def test_refused_credentials_are_the_users_to_mend() -> None:
    found = handler().interpret_response(answer(401, {"error": "Couldn't authenticate you"}))
    assert found.failure_type is FailureType.config_error
    assert "Stream groups" in str(found.error_message)
    assert "check `credentials`" in str(found.error_message)


def test_a_parsed_answer_is_kept_for_the_retriever() -> None:
    response = answer(200, {"groups": [1]})
    handler().interpret_response(response)
    assert getattr(response, "zendesk_body", None) == {"groups": [1]}
