"""Checkpointing: the state of a stream, and when it is emitted.

The CDK's cursors emit the state when a partition is closed. The partitions of Zendesk's exports are too long for that:
a first read can take days, and would restart after each interruption. These cursors emit the state between pages and
between parents.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from airbyte_cdk.models import AirbyteMessage
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import MessageRepository
from airbyte_cdk.sources.streams import NO_CURSOR_STATE_KEY
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition as CdkPartition
from airbyte_cdk.sources.types import Record, StreamSlice

from source_zendesk.errors import ConfigError
from source_zendesk.extract.cursors.base import State
from source_zendesk.extract.partition_states import PartitionStates
from source_zendesk.extract.partitions import Partition
from source_zendesk.extract.substreams import ParentPosition
from source_zendesk.http.refusals import ParentSkipped, StreamSkipped
from source_zendesk.manifest import Manifest
from source_zendesk.manifest.roles import needs_of
from source_zendesk.output.sync_services import SyncServices
from source_zendesk.printable import count_of

LOGGER = logging.getLogger("airbyte")
# On a stream with one child per parent, a state for every parent would be more messages than records.
PARENTS_PER_STATE = 100
# The most pages of children that are read again after a run is killed.
PAGES_PER_STATE = 10
# If Zendesk refuses the children of this many parents and returned none before, the others are not requested: without
# the product in its plan, an account refuses them for each of a million tickets.
MAX_REFUSALS_BEFORE_GIVING_UP = 1000
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

    Zendesk refused the children of `parents_skipped` of its parents. `is_full_read` is False if an earlier run read
    some of them.
    """

    parents_skipped = 0
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
        if self._stream in endpoints and (needs := needs_of(endpoints[self._stream], endpoints)):
            reason += f". {needs}"
        LOGGER.warning("Stream %s is skipped: %s", self._stream, reason)
        self._services.all_refused_guard.note_refusal(self._stream, f"Stream {self._stream} is skipped: {reason}")
        self._services.stats.note(self._stream, f"skipped, {reason}")

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


class InFlightPartition:
    """A parent whose children are being read; `child_state` resumes the read of its children."""

    def __init__(
        self, partition: Partition, child_state: State, gave_up: Callable[[], bool], on_page: Callable[[], None]
    ) -> None:
        self.partition, self.child_state = partition, child_state
        self._gave_up, self._on_page = gave_up, on_page
        self.is_done, self.is_started = partition.values is None, False
        self.refusal: StreamSkipped | None = None

    def advance(self, child_state: State) -> None:
        """Advance the child state past a page whose records are all emitted."""
        self.child_state, self.is_started = child_state, True
        self._on_page()

    @property
    def is_cancelled(self) -> bool:
        """Whether the stream gave up before this parent was requested."""
        return self._gave_up()


class ParentCheckpoint(StreamCheckpoint):
    """Keeps the state of a stream that is read parent by parent, in several threads.

    The state points to the first parent whose children are not all emitted. It is emitted every hundred parents, at
    each end of a page of parents, and every ten pages of children with states of their own; less often as it grows.
    Parents for which Zendesk refuses the children are skipped, but the state does not advance until one parent returns
    children: if all are refused, the next run requests them again. After `MAX_REFUSALS_BEFORE_GIVING_UP` refusals
    and no children, no further parent is requested.

    State: that of `parent_position`, and `children`: the state of each parent's children, by the parent's values.
    """

    def __init__(
        self,
        stream: str,
        states: ConnectorStateManager,
        messages: MessageRepository,
        services: SyncServices,
        partitions: Callable[[State], Iterator[Partition]],
        parent_position: ParentPosition,
        *,
        keeps_child_states: bool,
    ) -> None:
        super().__init__(stream, states, messages, services)
        self._initial_state = self.resume_state
        self._iter_partitions, self._parent_position = partitions, parent_position
        self._child_states = PartitionStates(self.resume_state.get("children", {}), is_enabled=keeps_child_states)
        self._in_flight: deque[InFlightPartition] = deque()
        self._lock = threading.Lock()
        self._refusal: StreamSkipped | None = None
        self._parents_since_state = self._pages_since_state = self._parents_read = self._parents_refused = 0
        self._last_completed: State | None = None
        self.is_full_read = self._is_exhausted = False

    def stream_slices(self) -> Iterable[StreamSlice]:
        """One slice for each parent from the state on."""
        position = self._parent_position.resume_state(self.resume_state)
        self.is_full_read = not any(position.values())
        try:
            for partition in self._iter_partitions(position):
                if self._gave_up():
                    break
                in_flight = InFlightPartition(
                    partition, self._child_states.get(partition.values), self._gave_up, self._count_page
                )
                with self._lock:
                    self._in_flight.append(in_flight)
                if partition.values is None:
                    self._advance_past_done()
                else:
                    yield StreamSlice(
                        partition=partition.values, cursor_slice={}, extra_fields={"partition": in_flight}
                    )
            self._advance_past_done(is_end=True)
        except StreamSkipped as skipped:
            self._skip_without_parents(skipped)

    def _skip_without_parents(self, skipped: StreamSkipped) -> None:
        """Skip the stream because its parents cannot be read; no rows are lost if the parents' own parents are gone."""
        if isinstance(skipped, ParentSkipped) and not skipped.is_permission_denied:
            LOGGER.warning(
                "Stream %s is skipped: the parents of its parents were deleted or are not in the account's plan (%s)",
                self._stream,
                skipped,
            )
        else:
            self.skip_stream(f"its parents cannot be read, {skipped}")

    def close_partition(self, partition: CdkPartition) -> None:
        """Record that all children of this parent are emitted."""
        stream_slice: Any = partition.to_slice()
        stream_slice.extra_fields["partition"].is_done = True
        self._advance_past_done()

    def _count_page(self) -> None:
        """Emit the state every few pages while the children of one parent are read."""
        with self._lock:
            self._pages_since_state += self._child_states.is_enabled
            if self._pages_since_state >= max(PAGES_PER_STATE, len(self._child_states.states) // 4):
                self._emit()

    def _advance_past_done(self, *, is_end: bool = False) -> None:
        """Advance the state past the parents that are done, in order."""
        with self._lock:
            self._is_exhausted |= is_end
            completed: Partition | None = None
            while self._in_flight and self._in_flight[0].is_done:
                completed = self._complete(self._in_flight.popleft())
            if completed and not self._is_refused and not self._gave_up():
                self._last_completed = completed.next_state
                self._emit_if_due(is_page_end=completed.values is None)
            if self._is_exhausted and not self._in_flight:
                self._finish()

    @property
    def _is_refused(self) -> bool:
        """Whether Zendesk has refused the children of every parent so far."""
        return self._refusal is not None and not self._parents_read

    def _gave_up(self) -> bool:
        """Whether Zendesk refused so many parents' children that no further parent is requested."""
        return self._parents_refused >= MAX_REFUSALS_BEFORE_GIVING_UP

    def _complete(self, in_flight: InFlightPartition) -> Partition:
        self._parents_since_state += 1
        if in_flight.refusal:
            self.parents_skipped += 1
            self._parents_refused += in_flight.refusal.is_permission_denied and not self._parents_read
            if self._refusal is None or in_flight.refusal.is_permission_denied:
                self._refusal = in_flight.refusal
        elif in_flight.partition.values is not None:
            self._parents_read += 1
        if in_flight.partition.values is not None:
            self._child_states.update(in_flight.partition.values, in_flight.child_state)
        return in_flight.partition

    def _emit_if_due(self, *, is_page_end: bool) -> None:
        child_state_count = len(self._child_states.states)
        if self._parents_since_state >= max(PARENTS_PER_STATE, child_state_count // 4) or (
            is_page_end and not child_state_count
        ):
            self._emit()

    def _emit(self) -> None:
        self._parents_since_state = self._pages_since_state = 0
        self._messages.emit_message(self.advance(self._state()))

    def _state(self) -> State:
        for in_flight in self._in_flight:
            if in_flight.is_started:
                self._child_states.update(in_flight.partition.values, in_flight.child_state)
        state = (
            self.resume_state
            if self._last_completed is None
            else self._parent_position.stream_state(self._initial_state, self._last_completed)
        )
        return {**state, "children": dict(self._child_states.states)} if self._child_states.states else state

    def _finish(self) -> None:
        """Set the state after the last parent; raises `ConfigError` if all are refused and an earlier run read some."""
        if self._refusal and (self._is_refused or self._gave_up()):
            if self._refusal.is_permission_denied:
                count, which = self.parents_skipped, "all"
                if self._gave_up():
                    count, which = self._parents_refused, "its first"
                parents = "its only parent" if count == 1 else f"{which} {count_of(count, 'parent')}"
                self.skip_stream(f"Zendesk refuses the children of {parents}, {self._refusal}")
            return
        if self.is_full_read:
            self._child_states.drop_unvisited()
        if not self._parent_position.follows_parent:
            self._last_completed = {}

    def ensure_at_least_one_state_emitted(self) -> None:
        """Emit the state again, and log the number of skipped parents."""
        if self.parents_skipped:
            LOGGER.warning(
                "Stream %s: skipped %s whose children Zendesk refused",
                self._stream,
                count_of(self.parents_skipped, "parent"),
            )
            self._services.stats.note(
                self._stream, f"{count_of(self.parents_skipped, 'parent')} skipped, {self._refusal}"
            )
        with self._lock:
            self._emit()
