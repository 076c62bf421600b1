"""The checkpoint of a stream: its state, emitted after each page.

The CDK's cursors emit the state when a partition is closed. The partitions of Zendesk's exports are too long for that:
a first read can take days, and would restart after each interruption.
"""

import logging

from airbyte_cdk.models import AirbyteMessage
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import MessageRepository
from airbyte_cdk.sources.streams import NO_CURSOR_STATE_KEY
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition as CdkPartition
from airbyte_cdk.sources.types import Record

from source_zendesk.errors import ConfigError
from source_zendesk.extract.cursors.base import State
from source_zendesk.manifest import Manifest
from source_zendesk.manifest.roles import describe_needs
from source_zendesk.output.sync_services import SyncServices

LOGGER = logging.getLogger("airbyte")
# The content of a state that has no position to resume at; `had_rows` records that an earlier run received rows.
HAD_ROWS = "had_rows"
# The number of pages that the last run requested, if there were several: the next one starts the longest lists first.
PAGES = "pages"
MARKERS = (NO_CURSOR_STATE_KEY, "__ab_full_refresh_sync_complete", HAD_ROWS, PAGES)


def pages_of_last_run(states: ConnectorStateManager, stream: str) -> int:
    """The number of pages that the last run requested by the stream's state, 0 if it has none or one."""
    return int(states.get_stream_state(stream, None).get(PAGES, 0))


class StreamCheckpoint(Cursor):
    """Keeps the state of a stream with one partition; its retriever reports each page.

    `is_full_read` is False if an earlier run read some of the stream's parents.
    """

    is_full_read = True

    def __init__(
        self, stream: str, states: ConnectorStateManager, messages: MessageRepository, services: SyncServices
    ) -> None:
        self._stream, self._states, self._messages, self._services = stream, states, messages, services
        saved = states.get_stream_state(stream, None)
        self.resume_state: State = {name: value for name, value in saved.items() if name not in MARKERS}
        self._was_read = self._has_rows = bool(self.resume_state) or saved.get(HAD_ROWS) is True
        self._pages: int = saved.get(PAGES, 0)

    @property
    def state(self) -> State:
        """The emitted state; the protocol requires a value even without a position to resume at."""
        pages = {PAGES: self._pages} if self._pages > 1 else {}
        no_position = {NO_CURSOR_STATE_KEY: True, **({HAD_ROWS: True} if self._has_rows else {})}
        return {**(self.resume_state or no_position), **pages}

    @property
    def parents_skipped(self) -> int:
        """The number of parents whose children Zendesk refuses."""
        return 0

    def advance(self, state: State, pages: int = 0) -> AirbyteMessage:
        """Save the state after this number of `pages`, if it counts any, and return its STATE message."""
        self.resume_state, self._pages = state, pages or self._pages
        self._states.update_state_for_stream(self._stream, None, self.state)
        return self._states.create_state_message(self._stream, None)

    def skip_stream(self, reason: str) -> None:
        """Skip the stream with a warning and the remedy; raises `ConfigError` if an earlier run could read it."""
        if self._was_read:
            raise ConfigError(
                f"Stream {self._stream}: Zendesk refuses a stream that an earlier run could read: {reason}. The state "
                "is unchanged, so that no rows are missed. Give the user of the credentials access again, or remove "
                "the stream from the connection if the account no longer has it."
            )
        endpoints = Manifest.load().endpoints
        if self._stream in endpoints and (needs := describe_needs(endpoints[self._stream], endpoints)):
            reason += f". {needs}"
        LOGGER.warning("Stream %s is skipped: %s", self._stream, reason)
        self.note_refusal(reason)
        self._services.stats.note(self._stream, f"skipped, {reason}")

    def note_refusal(self, reason: str) -> None:
        """Note that Zendesk returned nothing of the stream: it fails if it returned nothing of the whole account."""
        self._services.all_refused_guard.note_refusal(self._stream, f"Stream {self._stream} is skipped: {reason}")

    def ensure_at_least_one_state_emitted(self) -> None:
        """Emit the current state again; for a skipped stream, that is the state at the start of the run."""
        self._messages.emit_message(self.advance(self.resume_state))

    def observe(self, record: Record) -> None:
        """Note that there are records; the state itself advances with pages."""
        self._has_rows = True

    def close_partition(self, partition: CdkPartition) -> None:
        """Nothing to do: the last page has emitted the state."""

    def should_be_synced(self, record: Record) -> bool:
        """True: the read's cursor filters old records page by page."""
        return True
