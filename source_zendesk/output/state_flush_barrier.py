"""Blocks actions until the state that announces them is flushed to stdout."""

import threading
from collections.abc import Iterator

from airbyte_cdk.models import AirbyteMessage, Type


class StateFlushBarrier:
    """Blocks a thread until a STATE message is flushed, so that no action is sent before its state is durable.

    Otherwise a killed process would lose the states of its last actions. Thread-safe.
    """

    def __init__(self) -> None:
        self._expected: dict[int, threading.Event] = {}
        self._lock = threading.Lock()
        self._is_read = self._is_closed = False

    def wrap(self, messages: Iterator[AirbyteMessage]) -> Iterator[AirbyteMessage]:
        """Pass the messages on; the consumer must flush a state before it takes the next message."""
        self._is_read, self._is_closed = True, False
        try:
            for message in messages:
                yield message
                if message.type is Type.STATE:
                    self._release(message)
        finally:
            self._close()

    def expect(self, message: AirbyteMessage) -> None:
        """Register a state for `wait`; call this before the state is emitted."""
        with self._lock:
            self._expected[id(message)] = threading.Event()

    def wait(self, message: AirbyteMessage) -> None:
        """Return when this state is flushed; raises `RuntimeError` if the reader stops before."""
        flushed = self._expected.get(id(message))
        if flushed and self._is_read:
            flushed.wait()
        if self._is_closed:
            raise RuntimeError("The reader of the messages stopped; no further action is sent.")

    def _release(self, message: AirbyteMessage) -> None:
        with self._lock:
            flushed = self._expected.pop(id(message), None)
        if flushed:
            flushed.set()

    def _close(self) -> None:
        with self._lock:
            self._is_closed = True
            waiting, self._expected = list(self._expected.values()), {}
        for flushed in waiting:
            flushed.set()
