"""Connections whose responses arrive within a deadline, from the status line to the last trailer."""

import http.client
import io
import time
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

# The timeout of `requests` bounds the wait between two bytes; this one bounds the whole response.
DEADLINE_IN_SECONDS = 600.0


class ResponseDeadlineError(TimeoutError):
    """The deadline of a response has passed while it was arriving."""


class _TimedReader(io.RawIOBase):
    """Reads from a socket; raises `ResponseDeadlineError` after the deadline, however slowly the bytes arrive."""

    def __init__(self, raw: Any, deadline: float) -> None:
        self._raw, self._deadline = raw, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if time.monotonic() > self._deadline:
            raise ResponseDeadlineError
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: Any, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        raw = self.fp.detach()
        self.fp = io.BufferedReader(_TimedReader(raw, time.monotonic() + DEADLINE_IN_SECONDS))


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
