"""An answer to a write means that it was done, was not done, or may have been."""

import socket
import ssl

import pytest
import requests
from requests import exceptions as ex
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, ProtocolError, SSLError

from source_zendesk.components.requests.retry_wait import THROTTLED, RetryWait
from source_zendesk.components.writing.write_error_handler import Verdict, WriteErrorHandler, is_job_limit
from unit_tests.components.account import Answering

HANDLER = WriteErrorHandler(RetryWait({}))


@pytest.mark.parametrize(
    ("status", "text", "verdict"),
    [
        (200, "", Verdict.DONE),
        (204, "", Verdict.DONE),
        (302, "", Verdict.REFUSED),
        (401, "", Verdict.REFUSED),
        (409, "", Verdict.REFUSED),
        (422, "", Verdict.REFUSED),
        (303, "", Verdict.UNKNOWN),
        (408, "", Verdict.UNKNOWN),
        (500, '{"error": "TooManyJobs"}', Verdict.UNKNOWN),
        (500, "the job said TooManyJobs", Verdict.UNKNOWN),
        (503, f"upstream said: {THROTTLED} API requests", Verdict.UNKNOWN),
        (422, '{"error": "RecordInvalid", "description": "TooManyJobs is taken"}', Verdict.REFUSED),
        (500, "", Verdict.UNKNOWN),
        (503, "", Verdict.UNKNOWN),
        (429, "", Verdict.AGAIN),
        (503, f"{THROTTLED} API requests per minute exceeded", Verdict.AGAIN),
        (400, '{"error": "TooManyJobs", "current_job_ids": []}', Verdict.AGAIN),
    ],
)
def test_answers(status: int, text: str, verdict: Verdict, answer: Answering) -> None:
    assert HANDLER.verdict(answer(status, text)) is verdict


@pytest.mark.parametrize(
    ("exception", "verdict"),
    [
        (ex.ConnectTimeout(), Verdict.AGAIN),
        (ex.ReadTimeout(), Verdict.UNKNOWN),
        (ex.ConnectionError(ProtocolError("Connection aborted")), Verdict.UNKNOWN),
        (ex.ChunkedEncodingError(), Verdict.UNKNOWN),
        (ex.SSLError("EOF occurred in violation of protocol"), Verdict.UNKNOWN),
        (ex.InvalidURL(), Verdict.REFUSED),
    ],
)
def test_no_answer(exception: requests.RequestException, verdict: Verdict) -> None:
    assert HANDLER.verdict(exception) is verdict


def test_a_connection_that_is_refused_may_be_tried_again() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        port = unheard.getsockname()[1]
        with pytest.raises(requests.ConnectionError) as refused:
            requests.post(f"http://127.0.0.1:{port}", timeout=5)
    assert HANDLER.verdict(refused.value) is Verdict.AGAIN


def test_a_certificate_that_is_not_good_stops_before_anything_is_sent() -> None:
    reason = SSLError(ssl.SSLCertVerificationError("self-signed certificate"))
    exception = ex.SSLError(MaxRetryError(HTTPConnectionPool("acme"), "/", reason))
    assert HANDLER.verdict(exception) is Verdict.REFUSED


def test_it_waits_as_long_as_the_answer_says(answer: Answering) -> None:
    assert HANDLER.wait(answer(429, **{"Retry-After": "7"}), 1) == 7


def test_the_limit_of_jobs_is_not_one_of_requests(answer: Answering) -> None:
    assert is_job_limit(answer(429, '{"error": "TooManyJobs"}'))
    assert not is_job_limit(answer(429, '{"error": "APIRateLimitExceeded"}'))
    assert not is_job_limit(answer(200, '{"subject": "TooManyJobs"}'))
