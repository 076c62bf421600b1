"""A request to a storage host has no credentials, and is repeated only if that cannot start a job twice."""

from typing import Any

import pytest
import requests
from requests_mock import Mocker

from source_zendesk.http.backoff import RetryAfterBackoff
from source_zendesk.http.public_connection import AddressRefusedError
from source_zendesk.http.refusals import UploadFailed, WriteRefused, WriteUnknown
from source_zendesk.writes.error_handler import WriteErrorHandler
from source_zendesk.writes.storage_client import MAX_RETRIES, StorageClient
from unit_tests.account import ACCOUNT

URL = "https://storage.example.com/file?X-Amz-Signature=s3cr3t"
CODE = "<Error><Code>AccessDenied</Code><SignatureProvided>s3cr3t</SignatureProvided></Error>"
OK, FAILED, BUSY = {"status_code": 200}, {"status_code": 500, "text": CODE}, {"status_code": 429}
DROPPED = {"exc": requests.ConnectionError(f"Max retries exceeded with url: {URL}")}
Replies = list[dict[str, Any]]


def send(method: str, replies: Replies) -> tuple[list[float], list[Any]]:
    """The waits, and the received requests."""
    waits: list[float] = []
    client = StorageClient("s", {"api_url": ACCOUNT}, WriteErrorHandler(RetryAfterBackoff({})))
    with Mocker() as mocker:
        mocker.register_uri(method, URL, replies)
        try:
            client.send(requests.Request(method, URL, headers={"X-A": "1"}, data=b"content").prepare(), waits.append)
        finally:
            received = mocker.request_history
    return waits, received


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_request_has_its_own_headers_alone(method: str) -> None:
    waits, (received,) = send(method, [OK])
    assert (dict(received.headers), received.body) == ({"X-A": "1", "Content-Length": "7"}, b"content")
    assert waits == []


@pytest.mark.parametrize(
    ("method", "replies", "count"),
    [("PUT", [FAILED, DROPPED, BUSY, OK], 4), ("POST", [BUSY, OK], 2), ("PUT", [FAILED] * MAX_RETRIES + [OK], 5)],
)
def test_a_failure_is_retried(method: str, replies: Replies, count: int) -> None:
    waits, received = send(method, replies)
    assert len(received) == len(waits) + 1 == count


@pytest.mark.parametrize(
    ("method", "reply", "failure", "text"),
    [
        ("PUT", {"status_code": 403, "text": CODE}, UploadFailed, "status 403, AccessDenied"),
        ("POST", {"status_code": 403, "text": CODE}, UploadFailed, "status 403, AccessDenied"),
        ("PUT", {"status_code": 307, "headers": {"Location": URL}}, UploadFailed, "status 307"),
        ("PUT", FAILED, WriteUnknown, "status 500, AccessDenied"),
        ("POST", FAILED, WriteUnknown, "status 500, AccessDenied"),
        ("POST", DROPPED, WriteUnknown, "the request failed (ConnectionError)"),
        ("POST", BUSY, UploadFailed, "status 429"),
        ("PUT", {"exc": requests.exceptions.SSLError("no")}, WriteUnknown, "the secure connection fails (TLS)"),
    ],
)
def test_a_failure_names_the_host_and_the_cause_without_the_address(
    method: str, reply: dict[str, Any], failure: type[Exception], text: str
) -> None:
    with pytest.raises((WriteRefused, WriteUnknown)) as raised:
        send(method, [reply])
    assert type(raised.value) is failure
    assert str(raised.value) == f"the upload of its file to storage.example.com failed: {text}"


@pytest.mark.parametrize(
    "url", ["http://example.com/", "https://127.0.0.1/", "http://localhost/", "https://a:b@c.com/"]
)
def test_an_address_that_is_not_public_is_refused(url: str) -> None:
    client = StorageClient("s", {"api_url": ACCOUNT}, WriteErrorHandler(RetryAfterBackoff({})))
    request = requests.PreparedRequest()
    request.method, request.url = "PUT", url
    with Mocker() as mocker, pytest.raises(AddressRefusedError):
        client.send(request, lambda _: None)
    assert mocker.request_history == []
