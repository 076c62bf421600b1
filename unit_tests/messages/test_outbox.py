"""What waits for a state goes on when it has been written out."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessage, Type

from source_zendesk.messages.outbox import Outbox


def state() -> AirbyteMessage:
    return AirbyteMessage(type=Type.STATE)


def test_the_wait_ends_when_the_reader_asks_for_the_next_message() -> None:
    outbox, first, second = Outbox(), state(), state()
    outbox.expect(first)
    reader = outbox.through(iter([first, second]))
    waiting = threading.Thread(target=outbox.wait, args=(first,))
    next(reader)
    waiting.start()
    waiting.join(0.05)
    assert waiting.is_alive()
    next(reader)
    waiting.join(5)
    assert not waiting.is_alive()


def test_nothing_goes_on_when_the_reader_goes_away() -> None:
    outbox, message = Outbox(), state()
    reader: Any = outbox.through(iter([state(), message]))
    next(reader)
    outbox.expect(message)
    reader.close()
    with pytest.raises(RuntimeError, match="Nobody reads"):
        outbox.wait(message)


def test_without_a_reader_there_is_nothing_to_wait_for() -> None:
    outbox, message = Outbox(), state()
    outbox.expect(message)
    outbox.wait(message)


def test_messages_pass_as_they_are() -> None:
    def messages() -> Iterator[AirbyteMessage]:
        yield from sent

    sent = [state(), AirbyteMessage(type=Type.LOG), state()]
    assert [id(message) for message in Outbox().through(messages())] == [id(message) for message in sent]
