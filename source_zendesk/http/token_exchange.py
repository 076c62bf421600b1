"""Protects the exchange of single-use refresh tokens from the end of the process."""

import threading


class TokenExchanges:
    """The exchanges of refresh tokens in this process, each from its request until the CONTROL message is written.

    Zendesk accepts a refresh token once. A process that ends in between loses its successor, and the connection can no
    longer sign in. Each thread has at most one exchange; those of several accounts run at the same time.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._threads: set[int] = set()
        self._is_stopped = False

    @property
    def are_active(self) -> bool:
        """Whether an exchange is in flight."""
        return bool(self._threads)

    def begin(self) -> None:
        """Begin an exchange of this thread; once `stop` was called, the thread does not go on."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_stopped)
            self._threads.add(threading.get_ident())

    def end(self) -> None:
        """End the exchange that this thread began, if any."""
        with self._changed:
            self._threads.discard(threading.get_ident())
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        """Wait for the exchanges in flight, so many seconds at most."""
        with self._changed:
            self._changed.wait_for(lambda: not self._threads, seconds)

    def stop(self, seconds: float) -> None:
        """Wait as above; no other exchange begins after that."""
        with self._changed:
            self._is_stopped = True
            self._changed.wait_for(lambda: not self._threads, seconds)


token_exchanges = TokenExchanges()
