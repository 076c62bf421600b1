"""The checkpoint of a stream with parents: its state, emitted between parents and between pages of their children."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import MessageRepository
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition as CdkPartition
from airbyte_cdk.sources.types import StreamSlice

from source_zendesk.checkpoint import StreamCheckpoint
from source_zendesk.extract.cursors.base import State
from source_zendesk.extract.partition_states import PartitionStates
from source_zendesk.extract.partitions import Partition
from source_zendesk.extract.substreams import ParentPosition
from source_zendesk.http.refusals import ParentSkipped, StreamSkipped
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
