"""The outcome of a write is done, not done or unknown."""

import socket
import ssl

import pytest
import requests
from requests import exceptions as ex
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, ProtocolError, SSLError

from source_zendesk.http.backoff import THROTTLED, RetryAfterBackoff
from source_zendesk.writes.error_handler import WriteErrorHandler, WriteOutcome, is_job_limit
from unit_tests.account import ResponseFactory

HANDLER = WriteErrorHandler(RetryAfterBackoff({}))


@pytest.mark.parametrize(
    ("status", "text", "outcome"),
    [
        (200, "", WriteOutcome.DONE),
        (204, "", WriteOutcome.DONE),
        (302, "", WriteOutcome.UNKNOWN),
        (304, "", WriteOutcome.REFUSED),
        (401, "", WriteOutcome.REFUSED),
        (409, "", WriteOutcome.REFUSED),
        (422, "", WriteOutcome.REFUSED),
        (101, "", WriteOutcome.UNKNOWN),
        (103, "", WriteOutcome.UNKNOWN),
        (303, "", WriteOutcome.UNKNOWN),
        (408, "", WriteOutcome.UNKNOWN),
        (500, '{"error": "TooManyJobs"}', WriteOutcome.UNKNOWN),
        (500, "the job said TooManyJobs", WriteOutcome.UNKNOWN),
        (503, f"upstream said: {THROTTLED} API requests", WriteOutcome.UNKNOWN),
        (422, '{"error": "RecordInvalid", "description": "TooManyJobs is taken"}', WriteOutcome.REFUSED),
        (500, "", WriteOutcome.UNKNOWN),
        (503, "", WriteOutcome.UNKNOWN),
        (429, "", WriteOutcome.RETRY),
        (503, f"{THROTTLED} API requests per minute exceeded", WriteOutcome.RETRY),
        (400, '{"error": "TooManyJobs", "current_job_ids": []}', WriteOutcome.RETRY),
    ],
)
def test_the_outcome_for_each_response(
    status: int, text: str, outcome: WriteOutcome, make_response: ResponseFactory
) -> None:
    assert HANDLER.classify(make_response(status, text)) is outcome


@pytest.mark.parametrize(
    ("statuses", "location", "verdict"),
    [
        ((301, 302, 303), "/api/v2/tickets/7", WriteOutcome.UNKNOWN),
        ((301, 302, 303), "https://ACME.zendesk.com:443/api/v2/tickets/7", WriteOutcome.UNKNOWN),
        ((301, 302), "https://evil.example/api/v2/tickets/7", WriteOutcome.REFUSED),
        ((301, 302), "https://acme.zendesk.com:8443/api/v2/tickets/7", WriteOutcome.REFUSED),
        ((301, 302, 303), "/access/unauthenticated", WriteOutcome.REFUSED),
        ((301, 302, 303), "https://acme.okta.com/app", WriteOutcome.REFUSED),
        ((307, 308), "/api/v2/tickets/7", WriteOutcome.REFUSED),
    ],
)
def test_a_redirect_within_the_account_may_follow_a_write(
    statuses: tuple[int, ...], location: str, verdict: WriteOutcome, make_response: ResponseFactory
) -> None:
    assert {HANDLER.classify(make_response(status, "", Location=location)) for status in statuses} == {verdict}


@pytest.mark.parametrize(
    ("exception", "outcome"),
    [
        (ex.ConnectTimeout(), WriteOutcome.RETRY),
        (ex.ReadTimeout(), WriteOutcome.UNKNOWN),
        (ex.ConnectionError(ProtocolError("Connection aborted")), WriteOutcome.UNKNOWN),
        (ex.ChunkedEncodingError(), WriteOutcome.UNKNOWN),
        (ex.SSLError("EOF occurred in violation of protocol"), WriteOutcome.UNKNOWN),
        (ex.InvalidURL(), WriteOutcome.REFUSED),
    ],
)
def test_the_outcome_for_each_exception(exception: requests.RequestException, outcome: WriteOutcome) -> None:
    assert HANDLER.classify(exception) is outcome


def test_a_refused_connection_is_retried() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(requests.ConnectionError) as refused:
            requests.post(f"http://127.0.0.1:{port}", timeout=5)
    assert HANDLER.classify(refused.value) is WriteOutcome.RETRY


def test_an_invalid_certificate_refuses_the_write() -> None:
    reason = SSLError(ssl.SSLCertVerificationError("self-signed certificate"))
    exception = ex.SSLError(MaxRetryError(HTTPConnectionPool("acme"), "/", reason))
    assert HANDLER.classify(exception) is WriteOutcome.REFUSED


def test_the_wait_is_that_of_retry_after(make_response: ResponseFactory) -> None:
    assert HANDLER.wait_seconds(make_response(429, **{"Retry-After": "7"}), 1) == 7


def test_the_job_limit_is_distinguished_from_rate_limits(make_response: ResponseFactory) -> None:
    assert is_job_limit(make_response(429, '{"error": "TooManyJobs"}'))
    assert not is_job_limit(make_response(429, '{"error": "APIRateLimitExceeded"}'))
    assert not is_job_limit(make_response(200, '{"subject": "TooManyJobs"}'))
