"""Protects the exchange of a single-use refresh token from the end of the process."""

import threading


class TokenExchange:
    """The exchange of a refresh token in this process: from the request until the CONTROL message is written.

    Zendesk accepts a refresh token once. A process that ends in between loses its successor, and the connection can no
    longer sign in. The CDK has a lock of its own, so that there is one exchange at a time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: int | None = None

    @property
    def is_active(self) -> bool:
        """Whether an exchange is in flight."""
        return self._thread is not None

    def begin(self) -> None:
        """Begin an exchange; once `stop` was called, the thread does not go on."""
        self._lock.acquire()
        self._thread = threading.get_ident()

    def end(self) -> None:
        """End the exchange that this thread began, if any."""
        if self._thread == threading.get_ident():
            self._thread = None
            self._lock.release()

    def wait(self, seconds: float) -> None:
        """Wait for the exchange in flight, so many seconds at most."""
        if self._lock.acquire(timeout=seconds):
            self._lock.release()

    def stop(self, seconds: float) -> None:
        """Wait as above; no other exchange begins after that."""
        self._lock.acquire(timeout=seconds)


token_exchange = TokenExchange()
