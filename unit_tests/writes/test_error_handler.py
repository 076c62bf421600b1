"""An answer to a write means that it was done, was not done, or may have been."""

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
    ("status", "text", "verdict"),
    [
        (200, "", WriteOutcome.DONE),
        (204, "", WriteOutcome.DONE),
        (302, "", WriteOutcome.REFUSED),
        (401, "", WriteOutcome.REFUSED),
        (409, "", WriteOutcome.REFUSED),
        (422, "", WriteOutcome.REFUSED),
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
def test_answers(status: int, text: str, verdict: WriteOutcome, make_response: ResponseFactory) -> None:
    assert HANDLER.classify(make_response(status, text)) is verdict


@pytest.mark.parametrize(
    ("exception", "verdict"),
    [
        (ex.ConnectTimeout(), WriteOutcome.RETRY),
        (ex.ReadTimeout(), WriteOutcome.UNKNOWN),
        (ex.ConnectionError(ProtocolError("Connection aborted")), WriteOutcome.UNKNOWN),
        (ex.ChunkedEncodingError(), WriteOutcome.UNKNOWN),
        (ex.SSLError("EOF occurred in violation of protocol"), WriteOutcome.UNKNOWN),
        (ex.InvalidURL(), WriteOutcome.REFUSED),
    ],
)
def test_no_answer(exception: requests.RequestException, verdict: WriteOutcome) -> None:
    assert HANDLER.classify(exception) is verdict


def test_a_connection_that_is_refused_may_be_tried_again() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        port = unheard.getsockname()[1]
        with pytest.raises(requests.ConnectionError) as refused:
            requests.post(f"http://127.0.0.1:{port}", timeout=5)
    assert HANDLER.classify(refused.value) is WriteOutcome.RETRY


def test_a_certificate_that_is_not_good_stops_before_anything_is_sent() -> None:
    reason = SSLError(ssl.SSLCertVerificationError("self-signed certificate"))
    exception = ex.SSLError(MaxRetryError(HTTPConnectionPool("acme"), "/", reason))
    assert HANDLER.classify(exception) is WriteOutcome.REFUSED


def test_it_waits_as_long_as_the_answer_says(make_response: ResponseFactory) -> None:
    assert HANDLER.wait_seconds(make_response(429, **{"Retry-After": "7"}), 1) == 7


def test_the_limit_of_jobs_is_not_one_of_requests(make_response: ResponseFactory) -> None:
    assert is_job_limit(make_response(429, '{"error": "TooManyJobs"}'))
    assert not is_job_limit(make_response(429, '{"error": "APIRateLimitExceeded"}'))
    assert not is_job_limit(make_response(200, '{"subject": "TooManyJobs"}'))
