"""Files of exports at signed addresses of a storage host: downloads them, and reads their JSON object by object."""

import mmap
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import requests

from source_zendesk.errors import FileStorageError, ResponseError, UnavailableError, UnreachableError
from source_zendesk.http.backoff import RetryAfterBackoff
from source_zendesk.http.bounded_response import BoundedResponse
from source_zendesk.http.connection_failure import classify_failure
from source_zendesk.http.public_connection import AddressRefusedError, PublicClient
from source_zendesk.http.retry_loop import Outcome, send_with_retries
from source_zendesk.http.session import SYNC_TIMEOUTS

HEADERS = {"Accept": "*/*"}
MAX_ATTEMPTS = 8
# The storage splits an export into files of at most one gigabyte.
MAX_BYTES = 2 * 1024**3
RETRIED = frozenset({408, 425, 429, *range(500, 600)})
OBJECT_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}]', re.DOTALL)
SEPARATORS = b" \t\r\n,"
LIST_OR_LINES = (b"", b"[]")


class AddressExpiredError(Exception):
    """The storage refuses an address; the message is the status of its response."""


@contextmanager
def downloaded(stream: str, client: PublicClient, url: str) -> Iterator[BinaryIO]:
    """The content of an address, in a temporary file without a name.

    A dropped connection, a rate limit or a failure of the server is retried. Raises `AddressExpiredError` if the
    storage refuses the address.
    """
    with tempfile.TemporaryFile() as file:
        outcome = send_with_retries(
            lambda: _store(stream, client, url, file),
            lambda outcome, attempt: attempt >= MAX_ATTEMPTS or not _is_retried(outcome),
            RetryAfterBackoff({}).wait_and_log,
            time.monotonic() + SYNC_TIMEOUTS.total,
            lambda _, wait: time.sleep(wait),
        )
        _raise_for_failure(stream, outcome)
        yield file


def _raise_for_failure(stream: str, outcome: Outcome) -> None:
    if isinstance(outcome, requests.RequestException):
        cause, remedy = classify_failure(outcome)
        raise UnreachableError(
            f"Stream {stream}: a file of the export cannot be downloaded, because {cause}, after all retries; "
            f"{remedy}. Run the sync again; it resumes at this day."
        ) from outcome
    if _is_retried(outcome):
        raise UnavailableError(stream, f"the storage of the export keeps returning status {outcome.status_code}")
    if outcome.status_code != 200:
        raise AddressExpiredError(f"status {outcome.status_code}")


def _is_retried(outcome: Outcome) -> bool:
    return not isinstance(outcome, requests.Response) or outcome.status_code in RETRIED


def _store(stream: str, client: PublicClient, url: str, file: BinaryIO) -> Outcome:
    """The response whose body replaces the content of the file, or the error instead of the whole body."""
    try:
        with client.get(url, HEADERS) as response:
            if response.status_code == 200:
                _write(response, file)
            return response
    except AddressRefusedError as error:
        raise ResponseError(stream, f"Zendesk returned the address of a file that is not requested: {error}") from error
    except requests.RequestException as error:
        return error
    except OSError as error:
        raise FileStorageError(
            f"Stream {stream}: a file of the export cannot be stored in {tempfile.gettempdir()} ({error.strerror}). "
            "Free space there, or name another directory in the environment variable TMPDIR."
        ) from error


def _write(response: requests.Response, file: BinaryIO) -> None:
    if isinstance(response, BoundedResponse):
        response.max_bytes = MAX_BYTES
    file.seek(0)
    file.truncate()
    for chunk in response.iter_content():
        file.write(chunk)
    file.flush()


def iter_objects(file: BinaryIO) -> Iterator[bytes]:
    """The bytes of each object of a file: of a JSON list of objects, or of objects one after the other.

    Memory does not grow with the file. Raises `ValueError` for a file of another form, and for a truncated one, after
    the objects before the fault.
    """
    if not os.fstat(file.fileno()).st_size:
        return
    content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    level = start = end = 0
    outside = b""
    for token in OBJECT_TOKEN.finditer(content):
        if not level:
            start = token.start()
            outside += content[end:start].translate(None, SEPARATORS)
            if token[0] != b"{" or outside not in (b"", b"["):
                raise ValueError("it is not a list of objects")
        level += {b"{": 1, b"}": -1}.get(token[0], 0)
        if not level:
            end = token.end()
            yield content[start:end]
    outside += content[end:].translate(None, SEPARATORS)
    if level or outside not in LIST_OR_LINES:
        raise ValueError("it is not a complete list of objects")
