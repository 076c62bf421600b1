"""Collects the faults of a configuration, so that one error names all of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from source_zendesk.errors import ConfigError
from source_zendesk.printable import join_first

MAX_NAMED = 10


class Faults:
    """The messages of `ConfigError`s, in their order."""

    def __init__(self) -> None:
        self._messages: list[str] = []

    @contextmanager
    def collect(self) -> Iterator[None]:
        """Add the message of a `ConfigError` that ends the block, and go on after the block."""
        try:
            yield
        except ConfigError as error:
            self.add(str(error.message))

    def add(self, message: str) -> None:
        """Add a message, which ends with a period."""
        self._messages.append(message)

    def raise_all(self) -> None:
        """Raise one `ConfigError` with the messages; nothing if there are none."""
        if self._messages:
            raise ConfigError(join_first(self._messages, MAX_NAMED, " "))
