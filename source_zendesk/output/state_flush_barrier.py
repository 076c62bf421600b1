"""Blocks actions until the state that announces them is flushed to stdout."""

import threading
from collections.abc import Iterator

from airbyte_cdk.models import AirbyteMessage, Type


class StateFlushBarrier:
    """Lets a thread wait until a state has been written out, so that what it does next never is ahead of what is known.

    Otherwise the states of the last moments would be lost where the process is killed. Safe for threads.
    """

    def __init__(self) -> None:
        self._expected: dict[int, threading.Event] = {}
        self._lock = threading.Lock()
        self._is_read = self._is_closed = False

    def wrap(self, messages: Iterator[AirbyteMessage]) -> Iterator[AirbyteMessage]:
        """The messages as they are; the consumer writes a state completely before it takes the next message."""
        self._is_read, self._is_closed = True, False
        try:
            for message in messages:
                yield message
                if message.type is Type.STATE:
                    self._release(message)
        finally:
            self._close()

    def expect(self, message: AirbyteMessage) -> None:
        """To be called before a state is emitted that will be waited for."""
        with self._lock:
            self._expected[id(message)] = threading.Event()

    def wait(self, message: AirbyteMessage) -> None:
        """Return when this state has been written out; raises `RuntimeError` when the reader has gone away instead."""
        passed = self._expected.get(id(message))
        if passed and self._is_read:
            passed.wait()
        if self._is_closed:
            raise RuntimeError("Nobody reads the messages any more; nothing further is sent.")

    def _release(self, message: AirbyteMessage) -> None:
        with self._lock:
            passed = self._expected.pop(id(message), None)
        if passed:
            passed.set()

    def _close(self) -> None:
        with self._lock:
            self._is_closed = True
            waiting, self._expected = list(self._expected.values()), {}
        for passed in waiting:
            passed.set()
