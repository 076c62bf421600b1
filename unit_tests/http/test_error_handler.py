"""Responses are retried, reduce the page size, fail the stream or are passed to the retriever."""

from typing import Any

import pytest
import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ResponseAction

from source_zendesk.http.error_handler import ZendeskErrorHandler
from source_zendesk.http.origin_guard import CrossOriginError
from unit_tests.account import ResponseFactory

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
        (429, None, ResponseAction.RETRY),
        (503, THROTTLED, ResponseAction.RETRY),
        (500, None, ResponseAction.RETRY),
        (502, None, ResponseAction.RETRY),
        (503, None, ResponseAction.RETRY),
        (504, None, ResponseAction.RETRY),
        (408, None, ResponseAction.RETRY),
        (409, None, ResponseAction.RETRY),
        (401, None, ResponseAction.FAIL),
        (302, None, ResponseAction.FAIL),
        (304, None, ResponseAction.FAIL),
        (400, None, ResponseAction.IGNORE),
        (403, None, ResponseAction.IGNORE),
        (404, None, ResponseAction.IGNORE),
        (422, None, ResponseAction.IGNORE),
    ],
)
def test_the_action_for_each_status(
    status: int, body: Any, action: ResponseAction, make_response: ResponseFactory
) -> None:
    assert handler().interpret_response(make_response(status, body)).response_action is action


@pytest.mark.parametrize("status", [502, 503, 504])
def test_an_overloaded_reducible_page_reduces_the_page_size(status: int, make_response: ResponseFactory) -> None:
    resolution = handler(reducible=True).interpret_response(make_response(status)).response_action
    assert resolution is ResponseAction.REDUCE_PAGE_SIZE


def test_a_503_with_retry_after_is_retried(make_response: ResponseFactory) -> None:
    unavailable = make_response(503, **{"Retry-After": "600"})
    assert handler(reducible=True).interpret_response(unavailable).response_action is ResponseAction.RETRY


def test_a_throttled_reducible_page_is_rate_limited(make_response: ResponseFactory) -> None:
    resolution = handler(reducible=True).interpret_response(make_response(503, THROTTLED)).response_action
    assert resolution is ResponseAction.RETRY


@pytest.mark.parametrize(
    ("exception", "reducible", "action"),
    [
        (requests.exceptions.ConnectionError(), False, ResponseAction.RETRY),
        (requests.exceptions.ChunkedEncodingError(), False, ResponseAction.RETRY),
        (requests.exceptions.ReadTimeout(), False, ResponseAction.RETRY),
        (requests.exceptions.ReadTimeout(), True, ResponseAction.REDUCE_PAGE_SIZE),
        (requests.exceptions.ConnectTimeout(), True, ResponseAction.RETRY),
        (requests.exceptions.InvalidURL(), False, ResponseAction.FAIL),
        (requests.exceptions.InvalidProxyURL(), False, ResponseAction.FAIL),
    ],
)  # fmt: skip
def test_the_action_for_each_exception(exception: Exception, *, reducible: bool, action: ResponseAction) -> None:
    assert handler(reducible=reducible).interpret_response(exception).response_action is action


FAILURES = [
    CrossOriginError("example.com"),
    requests.exceptions.InvalidURL(),
    requests.ConnectionError(ConnectionRefusedError()),
    requests.ConnectTimeout(),
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_a_failure_names_the_field_of_the_product(failure: requests.RequestException) -> None:
    product = ZendeskErrorHandler({"credentials": {}, "credentials_field": "chat"}, name="departments")
    assert "`subdomain` and `chat`" in str(product.interpret_response(failure).error_message)
    assert "chat" not in str(handler().interpret_response(failure).error_message)


def test_a_web_page_names_the_field_of_the_product(make_response: ResponseFactory) -> None:
    product = ZendeskErrorHandler({"credentials": {}, "credentials_field": "chat"}, name="departments")
    message = product.interpret_response(make_response(200, "<html>Sign in</html>")).error_message
    assert "check `subdomain` and `chat`)" in str(message)


def test_a_proxy_that_cannot_be_is_not_blamed_on_the_subdomain() -> None:
    found = handler().interpret_response(requests.exceptions.InvalidProxyURL())
    assert "check `HTTPS_PROXY`" in str(found.error_message)
    assert "subdomain" not in str(found.error_message)


@pytest.mark.parametrize("kind", ["client_credentials", "oauth2_refresh"])
def test_a_401_refreshes_the_token_where_possible(kind: str, make_response: ResponseFactory) -> None:
    assert (
        handler(kind).interpret_response(make_response(401)).response_action is ResponseAction.REFRESH_TOKEN_THEN_RETRY
    )


def test_refused_credentials_are_a_configuration_error(make_response: ResponseFactory) -> None:
    resolution = handler().interpret_response(make_response(401, {"error": "Couldn't authenticate you"}))
    assert resolution.failure_type is FailureType.config_error
    assert "Stream groups" in str(resolution.error_message)
    assert "check `credentials`" in str(resolution.error_message)


def test_the_parsed_body_is_attached_to_the_response(make_response: ResponseFactory) -> None:
    response = make_response(200, {"groups": [1]})
    handler().interpret_response(response)
    assert getattr(response, "zendesk_body", None) == {"groups": [1]}
