"""Fails a sync in which Zendesk refused every stream."""

from collections.abc import Iterable, Iterator

from airbyte_cdk.models import AirbyteMessage, AirbyteStreamStatus, StreamDescriptor, Type
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.errors import ConfigError


class AllRefusedGuard:
    """Fails a sync in which Zendesk refused every stream: otherwise a destination would treat the streams as empty.

    The COMPLETE status of a refused stream is held back until another stream of the sync is readable. Thread-safe.
    """

    def __init__(self) -> None:
        self._refused: dict[str, str] = {}
        self._is_readable = False

    def note_refusal(self, stream: str, cause: str) -> None:
        """Note a refused stream, which is skipped."""
        self._refused[stream] = cause

    def wrap(self, messages: Iterable[AirbyteMessage]) -> Iterator[AirbyteMessage]:
        """Pass the messages on; raises `ConfigError` at the end if every stream was refused."""
        held: list[AirbyteMessage] = []
        try:
            for message in messages:
                self._is_readable = self._is_readable or self._proves_readable(message)
                if not self._is_readable and self._completed_stream(message) in self._refused:
                    held.append(message)
                    continue
                yield message
                if self._is_readable and held:
                    yield from held
                    held = []
        except AirbyteTracedException:
            yield from self._incomplete_statuses(held)
            raise
        if held:
            yield from self._incomplete_statuses(held)
            raise ConfigError(self._error_message())

    def _proves_readable(self, message: AirbyteMessage) -> bool:
        completed = self._completed_stream(message)
        return message.type is Type.RECORD or (bool(completed) and completed not in self._refused)

    def _completed_stream(self, message: AirbyteMessage) -> str:
        """The stream of a COMPLETE status; empty for other messages."""
        status = message.trace.stream_status if message.trace else None
        is_complete = status is not None and status.status is AirbyteStreamStatus.COMPLETE
        return str(status.stream_descriptor.name) if status and is_complete else ""

    def _incomplete_statuses(self, held: list[AirbyteMessage]) -> Iterator[AirbyteMessage]:
        for name in map(self._completed_stream, held):
            stream = StreamDescriptor(name=name)
            error = ConfigError(f"{self._refused[name]}. No stream of this sync could be read, so it is incomplete.")
            yield error.as_airbyte_message(stream_descriptor=stream)
            yield as_airbyte_message(stream, AirbyteStreamStatus.INCOMPLETE)

    def _error_message(self) -> str:
        return (
            f"Zendesk refused every stream of this sync ({', '.join(sorted(self._refused))}), so it is incomplete. "
            "Check the role of the user of the credentials and the plan of the account, or select other streams."
        )
