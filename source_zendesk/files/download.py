"""Downloads a file into its partial file, with retries that resume."""

import logging
import math
import re
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

import requests

from source_zendesk.errors import ConfigError, UnavailableError, UnreachableError
from source_zendesk.files.client import FileClient
from source_zendesk.files.limits import FileLimits
from source_zendesk.files.partial_file import PartialFile
from source_zendesk.files.remote_file import FileSkipped, RemoteFile
from source_zendesk.http.backoff import RetryAfterBackoff, is_throttled
from source_zendesk.http.bounded_response import BoundedResponse
from source_zendesk.http.connection_failure import classify_failure
from source_zendesk.http.rate_limit_retry import LONGEST_IN_SECONDS
from source_zendesk.http.retry_loop import Outcome
from source_zendesk.http.session import SYNC_TIMEOUTS

LOGGER = logging.getLogger("airbyte")
RETRIED = frozenset({408, 416, 425, 429, *range(500, 600)})
REASONS = {
    401: "Zendesk requires other credentials for the file (401)",
    403: "Zendesk denies access to the file (403)",
    404: "the file does not exist any more (404)",
    410: "the file was deleted (410)",
}
CONTENT_RANGE = re.compile(r"bytes (\d+)-")


class IncompleteFileError(requests.exceptions.ChunkedEncodingError):
    """A body ended early, or is another part of the file than the requested one."""


@dataclass
class FileDownload:
    """Downloads one file of a stream; `stored_size` is the size of its file of an earlier run, None without one.

    The framing of a response, its `Content-Length` or its chunks, determines whether the file is complete. A response
    without framing is complete if it has the size in the record, or the size of the response before it. `content_type`
    is the media type of the response.

    A response that is cut off, a rate limit or a failure of the server is retried for as long as other reads are. The
    time starts again after each attempt that returned bytes.
    """

    stream: str
    file: RemoteFile
    client: FileClient
    limits: FileLimits
    stored_size: int | None = None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    content_type: str = field(default="", init=False)
    _has_renewed: bool = field(default=False, init=False)
    _is_stored: bool = field(default=False, init=False)
    _unframed_size: int | None = field(default=None, init=False)

    def run(self, part: PartialFile) -> bool:
        """Store every byte in `part`; False if the file of the earlier run has the size of the response.

        Raises `FileSkipped` if the file cannot be had, and `UnavailableError` or `UnreachableError` after all retries.
        """
        backoff, attempt, started_at = RetryAfterBackoff({}), 0, self.clock()
        while True:
            size = part.size
            outcome = self._attempt(part)
            if outcome is None:
                return not self._is_stored
            if part.size > size:
                attempt, started_at = 0, self.clock()
            attempt += 1
            wait = backoff.wait_and_log(outcome, attempt)
            longest = LONGEST_IN_SECONDS if is_throttled(outcome) else SYNC_TIMEOUTS.total
            if self.clock() + wait > started_at + longest:
                raise self._error(outcome)
            self.sleep(wait)

    def _attempt(self, part: PartialFile) -> Outcome | None:
        """None after the last byte; otherwise the response or the exception after which to retry."""
        if not part.validator:
            part.restart()
        ranges = {"Range": f"bytes={part.size}-", "If-Range": part.validator} if part.size else {}
        try:
            response, is_signed = self.client.open(self.file.url, ranges)
            with closing(response):
                if response.status_code == 401 and is_signed:
                    return self._renew_credentials(response)
                if response.status_code in RETRIED:
                    if response.status_code == 416:
                        part.restart()
                    return response
                self._receive(response, part)
        except requests.RequestException as error:
            return error
        return None

    def _renew_credentials(self, response: requests.Response) -> requests.Response:
        """The refused response, after which to retry once with a new token; raises `ConfigError` if there is none."""
        if self._has_renewed or not self.client.renew_credentials():
            raise ConfigError(
                f"Stream {self.stream}: Zendesk refuses the credentials for a file (401). Check `credentials`."
            )
        self._has_renewed = True
        return response

    def _receive(self, response: requests.Response, part: PartialFile) -> None:
        self._check_response(response)
        if response.status_code != 206:
            part.restart()
        elif not _continues(response, part.size):
            part.restart()
            raise IncompleteFileError("the response is another range of the file")
        self.content_type, length = response.headers.get("Content-Type", ""), _content_length(response)
        self._is_stored = part.size == 0 and length is not None and length == self.stored_size
        if self._is_stored:
            return
        if length is not None and part.size + length > self.limits.max_bytes:
            raise FileSkipped(self.limits.size_reason)
        self._append(response, part)
        if not _is_framed(response) and part.size not in (self.file.size, self._unframed_size):
            self._unframed_size = part.size
            raise IncompleteFileError("the response may have ended early")

    def _append(self, response: requests.Response, part: PartialFile) -> None:
        """Store the body. A compressed one may expand to the size of the record, or more if it has this size itself."""
        is_encoded, etag = "Content-Encoding" in response.headers, response.headers.get("ETag", "")
        part.validator = "" if is_encoded or etag.startswith("W/") else etag
        if isinstance(response, BoundedResponse):
            response.max_bytes = math.inf
        max_bytes, reason = self.limits.max_bytes, self.limits.size_reason
        if is_encoded and self.file.size is not None and response.headers.get("Content-Length") != str(self.file.size):
            max_bytes, reason = self.file.size, "the compressed response expands to more than the size of its record"
        part.append(response.iter_content(), max_bytes)
        if part.size > max_bytes:
            raise FileSkipped(reason)

    def _check_response(self, response: requests.Response) -> None:
        status = response.status_code
        if status not in (200, 206):
            raise FileSkipped(REASONS.get(status, f"the response to its request has the status {status}"))
        content_type = response.headers.get("Content-Type", "")
        if content_type.lower().startswith("text/html") and "html" not in self.file.content_type.lower():
            raise FileSkipped("the response is a web page instead of the file")
        if not self.file.content_type:
            self.file.check_type(content_type, self.limits)

    def _error(self, outcome: Outcome) -> UnavailableError | UnreachableError:
        if isinstance(outcome, requests.Response):
            return UnavailableError(self.stream, f"the request for a file failed with status {outcome.status_code}")
        failure = classify_failure(outcome)
        return UnreachableError(
            f"Stream {self.stream}: a file cannot be downloaded, because {failure.cause}, after all retries. Check the "
            "network, and run the sync again; it resumes at this page."
        )


def _continues(response: requests.Response, size: int) -> bool:
    match = CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
    return match is not None and int(match[1]) == size


def _content_length(response: requests.Response) -> int | None:
    """The bytes of the body; None if the response does not declare them, or declares those of another encoding."""
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() and "Content-Encoding" not in response.headers else None


def _is_framed(response: requests.Response) -> bool:
    """Whether the response marks its end, so that a body that ends early is an error of the connection."""
    headers = response.headers
    return "Content-Length" in headers or "chunked" in headers.get("Transfer-Encoding", "").lower()
