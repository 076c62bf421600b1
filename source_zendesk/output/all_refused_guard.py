"""Fails a sync in which Zendesk refused every stream."""

from collections.abc import Iterable, Iterator

from airbyte_cdk.models import AirbyteMessage, AirbyteStreamStatus, StreamDescriptor, Type
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.errors import ConfigError


class AllRefusedGuard:
    """Fails a sync of which Zendesk refused every stream: a destination would take them for empty.

    A stream that was refused is told to be complete once another of the sync has been read. Safe for threads.
    """

    def __init__(self) -> None:
        self._refused: dict[str, str] = {}
        self._is_readable = False

    def note_refusal(self, stream: str, cause: str) -> None:
        """Note a stream that is skipped."""
        self._refused[stream] = cause

    def wrap(self, messages: Iterable[AirbyteMessage]) -> Iterator[AirbyteMessage]:
        """The messages; raises `ConfigError` at their end where every stream was refused."""
        held: list[AirbyteMessage] = []
        try:
            for message in messages:
                self._is_readable = self._is_readable or self._shows_readable(message)
                if not self._is_readable and self._completed(message) in self._refused:
                    held.append(message)
                    continue
                yield message
                if self._is_readable and held:
                    yield from held
                    held = []
        except AirbyteTracedException:
            yield from self._incomplete(held)
            raise
        if held:
            yield from self._incomplete(held)
            raise ConfigError(self._told())

    def _shows_readable(self, message: AirbyteMessage) -> bool:
        completed = self._completed(message)
        return message.type is Type.RECORD or (bool(completed) and completed not in self._refused)

    def _completed(self, message: AirbyteMessage) -> str:
        """The stream that a message says to be complete, empty for all other messages."""
        status = message.trace.stream_status if message.trace else None
        is_complete = status is not None and status.status is AirbyteStreamStatus.COMPLETE
        return str(status.stream_descriptor.name) if status and is_complete else ""

    def _incomplete(self, held: list[AirbyteMessage]) -> Iterator[AirbyteMessage]:
        for name in map(self._completed, held):
            stream = StreamDescriptor(name=name)
            error = ConfigError(f"{self._refused[name]}. No stream of this sync could be read, so it is not complete.")
            yield error.as_airbyte_message(stream_descriptor=stream)
            yield as_airbyte_message(stream, AirbyteStreamStatus.INCOMPLETE)

    def _told(self) -> str:
        return (
            f"Zendesk refused every stream of this sync ({', '.join(sorted(self._refused))}), so nothing was read and "
            "none is complete. Check what the role of the user of `credentials`, and the account's plan, allow; or "
            "select streams that they have."
        )
