"""A thread that waits for a state continues when the state is flushed."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessage, Type

from source_zendesk.output.state_flush_barrier import StateFlushBarrier


def state() -> AirbyteMessage:
    return AirbyteMessage(type=Type.STATE)


def test_the_wait_ends_when_the_reader_requests_the_next_message() -> None:
    state_barrier, first, second = StateFlushBarrier(), state(), state()
    state_barrier.expect(first)
    reader = state_barrier.wrap(iter([first, second]))
    waiting = threading.Thread(target=state_barrier.wait, args=(first,))
    next(reader)
    waiting.start()
    waiting.join(0.05)
    assert waiting.is_alive()
    next(reader)
    waiting.join(60)
    assert not waiting.is_alive()


def test_the_wait_fails_when_the_reader_stops() -> None:
    state_barrier, message = StateFlushBarrier(), state()
    reader: Any = state_barrier.wrap(iter([state(), message]))
    next(reader)
    state_barrier.expect(message)
    reader.close()
    with pytest.raises(RuntimeError, match="no further action is sent"):
        state_barrier.wait(message)


def test_without_a_reader_the_wait_ends_at_once() -> None:
    state_barrier, message = StateFlushBarrier(), state()
    state_barrier.expect(message)
    state_barrier.wait(message)


def test_messages_are_unchanged() -> None:
    def messages() -> Iterator[AirbyteMessage]:
        yield from sent

    sent = [state(), AirbyteMessage(type=Type.LOG), state()]
    assert [id(message) for message in StateFlushBarrier().wrap(messages())] == [id(message) for message in sent]
