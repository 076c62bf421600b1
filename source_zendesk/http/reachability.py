"""The time limit of the hosts of a command that have not responded yet."""

import math
import threading
import time
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import urlsplit

import requests

Timeout: TypeAlias = float | tuple[float, float] | None
# With a wait for the name server or for several addresses of a host, the last attempt ends within two minutes.
LIMIT_IN_SECONDS = 75.0
# Each address of a host may take as long to connect as the timeout allows.
LONGEST_CONNECT_IN_SECONDS = 10.0
ADDRESSES = 4
SHORTEST_TIMEOUT = 0.5


class UnreachedError(requests.ConnectionError):
    """A request that is not sent, because nothing has responded for `LIMIT_IN_SECONDS`; caused by the last failure."""


class Reachability:
    """Whether a host has responded to the requests of a command; until then, bounds their timeouts and retries.

    `sends_web_pages` is True after all attempts at a request returned web pages, and that request failed.

    The limit counts from the first attempt. Any response ends it for good, an error status too: a server that vanishes
    later is retried for longer. Thread-safe.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._deadline, self._has_responded = math.inf, False
        self._last_failure: requests.RequestException | None = None
        self.sends_web_pages = False
        self._lock = threading.Lock()

    @property
    def remaining(self) -> float:
        """Seconds left, at least 0; infinite after a response and before the first attempt."""
        return math.inf if self._has_responded else max(self._deadline - self._clock(), 0.0)

    def start_attempt(self, timeout: Timeout) -> Timeout:
        """The timeouts of an attempt, to connect and to read; raises `UnreachedError` if no time is left."""
        with self._lock:
            if self._deadline == math.inf:
                self._deadline = self._clock() + LIMIT_IN_SECONDS
        remaining = self.remaining
        if remaining == math.inf:
            return timeout
        if not remaining:
            cause = self._last_failure or requests.ReadTimeout()
            raise UnreachedError(f"nothing has responded for {LIMIT_IN_SECONDS:.0f} s") from cause
        connect, read = timeout if isinstance(timeout, tuple) else (timeout or math.inf, timeout or math.inf)
        longest_connect = min(connect, LONGEST_CONNECT_IN_SECONDS, max(remaining / ADDRESSES, SHORTEST_TIMEOUT))
        return longest_connect, min(read, max(remaining, SHORTEST_TIMEOUT))

    def note_response(self) -> None:
        """Note that something has responded."""
        self._has_responded = True

    def note_failure(self, error: requests.RequestException) -> None:
        """Note a failed attempt; the wait for the next one ends with the limit."""
        self._last_failure = error
        error.zendesk_remaining = self.remaining  # type: ignore[attr-defined]


class HostReachability:
    """The reachability of each host: one that never responds ends its requests early, whatever the others do.

    Thread-safe.
    """

    def __init__(self) -> None:
        self._hosts: dict[str, Reachability] = {}
        self._lock = threading.Lock()

    def for_url(self, url: str) -> Reachability:
        """The reachability of the host of an address."""
        host = urlsplit(url).netloc
        with self._lock:
            return self._hosts.setdefault(host, Reachability())


def remaining_after(outcome: object) -> float:
    """Seconds left after a failed attempt; infinite for a response, and after one."""
    remaining: float = getattr(outcome, "zendesk_remaining", math.inf)
    return remaining
