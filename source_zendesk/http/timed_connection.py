"""Connections that return final responses, within a deadline from the status line to the last trailer."""

import http.client
import io
import time
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

# The timeout of `requests` bounds the wait between two bytes; this one bounds the whole response.
DEADLINE_IN_SECONDS = 600.0
# Interim responses before the final one, such as `103 Early Hints`. A server sends one or two.
MAX_INTERIM_RESPONSES = 20


class ResponseDeadlineError(TimeoutError):
    """The deadline of a response has passed while it was arriving."""


class _TimedReader(io.RawIOBase):
    """Reads from a socket; raises `ResponseDeadlineError` after the deadline, however slowly the bytes arrive."""

    def __init__(self, raw: Any, deadline: float) -> None:
        self._raw, self._deadline = raw, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int | None:
        if time.monotonic() > self._deadline:
            raise ResponseDeadlineError
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    """A response after the interim ones with status 1xx; `http.client` takes any but 100 for the final one.

    `101 Switching Protocols` is final. Raises `http.client.HTTPException` for too many interim responses.
    https://www.rfc-editor.org/rfc/rfc9110#section-15.2
    """

    def __init__(self, sock: Any, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        raw = self.fp.detach()
        self.fp = io.BufferedReader(_TimedReader(raw, time.monotonic() + DEADLINE_IN_SECONDS))

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(MAX_INTERIM_RESPONSES + 1):
            version, status, reason = super()._read_status()  # type: ignore[misc]  # undocumented
            if status == http.client.SWITCHING_PROTOCOLS or not 100 <= status < 200:
                return version, status, reason
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException(f"more than {MAX_INTERIM_RESPONSES} interim responses")


class _TimedConnection(HTTPConnection):
    response_class = _TimedResponse


class _TimedSecureConnection(HTTPSConnection):
    response_class = _TimedResponse


class _TimedPool(HTTPConnectionPool):
    ConnectionCls = _TimedConnection


class _TimedSecurePool(HTTPSConnectionPool):
    ConnectionCls = _TimedSecureConnection


POOLS = {"http": _TimedPool, "https": _TimedSecurePool}
"""The pools of timed connections, as `pool_classes_by_scheme` of urllib3's managers."""
