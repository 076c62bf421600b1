"""Fails the streams of an account if Zendesk refused every one of them."""

from collections.abc import Iterable, Iterator, Mapping

from airbyte_cdk.models import AirbyteMessage, AirbyteStreamStatus, StreamDescriptor, Type
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.errors import ConfigError

SUPPORT = "credentials"


class AllRefusedGuard:
    """Fails the refused streams of an account that returned nothing: a destination would treat them as empty.

    The COMPLETE status of a refused stream is held back until another stream of its account is readable. An account is
    named by the field of the configuration with its credentials. Thread-safe.
    """

    def __init__(self) -> None:
        self._refused: dict[str, str] = {}
        self._responding: set[str] = set()
        self._readable: set[str] = set()
        self._held: dict[str, AirbyteMessage] = {}
        self._accounts: Mapping[str, str] = {}

    def note_refusal(self, stream: str, cause: str) -> None:
        """Note a refused stream, which is skipped."""
        self._refused[stream] = cause

    def note_page(self, account: str) -> None:
        """Note that an account has returned a page of a stream, or of its parents."""
        self._responding.add(account)

    def wrap(
        self, messages: Iterable[AirbyteMessage], accounts: Mapping[str, str], addresses: Mapping[str, str]
    ) -> Iterator[AirbyteMessage]:
        """Pass the messages on; raises `ConfigError` at the end if every stream of an account was refused.

        `accounts` contains the account of each stream, `addresses` the address of each account.
        """
        self._accounts = accounts
        try:
            for message in messages:
                stream = self._completed_stream(message)
                if stream in self._refused and accounts[stream] not in self._readable:
                    self._held[stream] = message
                    continue
                yield message
                if self._proves_readable(message, stream):
                    yield from self._release()
            self._readable |= self._responding
            yield from self._release()
        except AirbyteTracedException:
            yield from self._incomplete_statuses(addresses)
            raise
        if self._held:
            yield from self._incomplete_statuses(addresses)
            raise ConfigError(self._error_message(addresses))

    def _proves_readable(self, message: AirbyteMessage, completed: str) -> bool:
        """Whether a message is the first one that proves that its account is readable."""
        stream = message.record.stream if message.type is Type.RECORD and message.record else completed
        account = self._accounts.get(stream)
        if account is None or account in self._readable:
            return False
        if message.type is Type.RECORD or account in self._responding:
            self._readable.add(account)
        return account in self._readable

    def _release(self) -> Iterator[AirbyteMessage]:
        """The held statuses of readable accounts."""
        for stream in [name for name in self._held if self._accounts[name] in self._readable]:
            yield self._held.pop(stream)

    def _completed_stream(self, message: AirbyteMessage) -> str:
        """The stream of a COMPLETE status; empty for other messages."""
        status = message.trace.stream_status if message.trace else None
        is_complete = status is not None and status.status is AirbyteStreamStatus.COMPLETE
        return str(status.stream_descriptor.name) if status and is_complete else ""

    def _incomplete_statuses(self, addresses: Mapping[str, str]) -> Iterator[AirbyteMessage]:
        for name in self._held:
            stream, scope = StreamDescriptor(name=name), self._scope(self._accounts[name], addresses)
            error = ConfigError(f"{self._refused[name]}. No stream of {scope} could be read, so it is incomplete.")
            yield error.as_airbyte_message(stream_descriptor=stream)
            yield as_airbyte_message(stream, AirbyteStreamStatus.INCOMPLETE)

    def _error_message(self, addresses: Mapping[str, str]) -> str:
        """The refused accounts with their streams, and the remedy."""
        fields = dict.fromkeys(self._accounts[name] for name in self._held)
        refused = " and ".join(f"{self._scope(field, addresses)} ({self._names(field)})" for field in fields)
        remove = "".join(f", or remove `{field}` from the configuration" for field in fields if field != SUPPORT)
        return (
            f"Zendesk refused every stream of {refused}, so it is incomplete. Check the role of the user of the "
            f"credentials and the plan of the account, or select other streams{remove}."
        )

    def _names(self, account: str) -> str:
        return ", ".join(sorted(name for name in self._held if self._accounts[name] == account))

    def _scope(self, account: str, addresses: Mapping[str, str]) -> str:
        """The part of the sync that cannot be read: all of it, or that of one account."""
        if set(self._accounts.values()) == {SUPPORT}:
            return "this sync"
        return f"`{account}` at {addresses[account]}"
