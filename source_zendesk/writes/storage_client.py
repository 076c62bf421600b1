"""Sends files to the storage hosts of Zendesk, without credentials."""

import logging
import re
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import requests

from source_zendesk.http.bounded_response import read_partial_body
from source_zendesk.http.connection_failure import classify_failure
from source_zendesk.http.public_connection import PublicClient
from source_zendesk.http.refusals import UploadFailed, WriteUnknown
from source_zendesk.http.retry_loop import Outcome, send_with_retries
from source_zendesk.http.session import SYNC_TIMEOUTS
from source_zendesk.writes.error_handler import WriteErrorHandler, WriteOutcome

LOGGER = logging.getLogger("airbyte")
MAX_RETRIES = 4
# The rest of an error of S3 contains the signature.
_S3_CODE = re.compile(rb"<Code>(\w{1,60})</Code>")


class StorageClient:
    """Sends requests to public https addresses, with the headers of the request alone; follows no redirect.

    A `PUT` stores the same file again, so it is retried after a failure with an unknown outcome, a `POST` is not.
    """

    def __init__(self, stream: str, config: Mapping[str, Any], error_handler: WriteErrorHandler) -> None:
        self._stream, self._error_handler = stream, error_handler
        self._account_url = str(config["api_url"])

    def send(self, request: requests.PreparedRequest, sleep: Callable[[float], None]) -> None:
        """Send a request until its file is stored; raises `UploadFailed`, or `WriteUnknown` if it may be stored.

        Raises `AddressRefusedError` for an address that the connector does not request.
        """
        with closing(PublicClient(self._account_url)) as client:
            outcome = self._send_with_retries(client, request, sleep)
        result = self._error_handler.classify(outcome)
        if result is not WriteOutcome.DONE:
            failure = WriteUnknown if result is WriteOutcome.UNKNOWN else UploadFailed
            host = urlsplit(str(request.url)).hostname
            raise failure(f"the upload of its file to {host} failed: {_describe(outcome)}")

    def _send_with_retries(
        self, client: PublicClient, request: requests.PreparedRequest, sleep: Callable[[float], None]
    ) -> Outcome:
        def is_final(outcome: Outcome, attempt: int) -> bool:
            result = self._error_handler.classify(outcome)
            is_repeatable = result is WriteOutcome.UNKNOWN and request.method == "PUT"
            return attempt > MAX_RETRIES or not (is_repeatable or result is WriteOutcome.RETRY)

        def pause(outcome: Outcome, wait: float) -> None:
            LOGGER.info("Stream %s: upload: %s; retrying in %.0f s", self._stream, _describe(outcome), wait)
            sleep(wait)

        deadline = time.monotonic() + SYNC_TIMEOUTS.total
        return send_with_retries(
            lambda: _attempt(client, request), is_final, self._error_handler.wait_seconds, deadline, pause
        )


def _attempt(client: PublicClient, request: requests.PreparedRequest) -> Outcome:
    try:
        response = client.send(request)
    except requests.RequestException as error:
        return error
    read_partial_body(response)
    return response


def _describe(outcome: Outcome) -> str:
    """The status and the error code, or the cause of a failed connection; nothing of the address."""
    if not isinstance(outcome, requests.Response):
        return classify_failure(outcome).cause
    code = _S3_CODE.search(outcome.content)
    return f"status {outcome.status_code}" + (f", {code[1].decode()}" if code else "")
