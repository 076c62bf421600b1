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
from source_zendesk.errors import ConfigError
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


class ParentRefusals:
    """Counts the parents whose children Zendesk refuses. Not thread-safe.

    `cause` is the last refusal; one because of a missing permission takes precedence. `skipped` parents are refused.
    """

    def __init__(self) -> None:
        self.cause: StreamSkipped | None = None
        self.skipped = self._denied = self._parents_read = 0

    def note_read(self) -> None:
        """Count a parent whose children were read."""
        self._parents_read += 1

    def note_refusal(self, refusal: StreamSkipped) -> None:
        """Count a parent whose children are refused."""
        self.skipped += 1
        self._denied += refusal.is_permission_denied and not self._parents_read
        if self.cause is None or refusal.is_permission_denied:
            self.cause = refusal

    @property
    def is_limit_reached(self) -> bool:
        """Whether so many parents were refused, and none read before, that no further one is requested."""
        return self._denied >= MAX_REFUSALS_BEFORE_GIVING_UP

    @property
    def is_stream_refused(self) -> bool:
        """Whether every parent was refused so far, or the first ones up to the limit."""
        return self.is_limit_reached or (self.cause is not None and not self._parents_read)

    def describe_parents(self) -> str:
        """The refused parents of a refused stream: `its only parent`, `all 2 parents` or `its first 1,000 parents`."""
        count, which = (self._denied, "its first") if self.is_limit_reached else (self.skipped, "all")
        return "its only parent" if count == 1 else f"{which} {count_of(count, 'parent')}"


class InFlightPartition:
    """A parent whose children are being read; `child_state` resumes the read of its children."""

    def __init__(
        self, partition: Partition, child_state: State, refusals: ParentRefusals, on_page: Callable[[], None]
    ) -> None:
        self.partition, self.child_state = partition, child_state
        self._refusals, self._on_page = refusals, on_page
        self.is_done, self.is_started = partition.values is None, False
        self.refusal: StreamSkipped | None = None

    def advance(self, child_state: State) -> None:
        """Advance the child state past a page whose records are all emitted."""
        self.child_state, self.is_started = child_state, True
        self._on_page()

    @property
    def is_cancelled(self) -> bool:
        """Whether the children are not to be requested, because those of too many parents were refused."""
        return self._refusals.is_limit_reached


class ParentCheckpoint(StreamCheckpoint):
    """Keeps the state of a stream that is read parent by parent, in several threads.

    The state points to the first parent whose children are not all emitted. It is emitted every hundred parents, at
    each end of a page of parents, and every ten pages of children with states of their own; less often as it grows.
    Parents for which Zendesk refuses the children are skipped, but the state does not advance until one parent returns
    children: if all are refused, the next run requests them again. After `MAX_REFUSALS_BEFORE_GIVING_UP` refusals
    and no children, no further parent is requested.

    If Zendesk has none of the parents that a field of the configuration names, the field is wrong and the stream fails.

    State: that of `ParentPosition`, and `children`: the state of each parent's children, by the parent's values.
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
        self._refusals = ParentRefusals()
        self._field_of_parents, self._field_of_their_parents = parent_position.configured_by
        self._parents_since_state = self._pages_since_state = 0
        self._last_completed: State | None = None
        self.is_full_read = self._is_exhausted = False

    @property
    def parents_skipped(self) -> int:
        """The number of parents whose children Zendesk refuses."""
        return self._refusals.skipped

    def stream_slices(self) -> Iterable[StreamSlice]:
        """One slice for each parent from the state on."""
        position = self._parent_position.resume_state(self.resume_state)
        self.is_full_read = not any(position.values())
        try:
            for partition in self._iter_partitions(position):
                if self._refusals.is_limit_reached:
                    break
                child_state = self._child_states.get(partition.values)
                in_flight = InFlightPartition(partition, child_state, self._refusals, self._count_page)
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
            if self._field_of_their_parents:
                raise _wrong_field(self._stream, self._field_of_their_parents, skipped)
            LOGGER.warning(
                "Stream %s is skipped: the parents of its parents were deleted or are not in the account's plan (%s)",
                self._stream,
                skipped,
            )
            self.note_refusal(f"its parents cannot be read, {skipped}")
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
            if completed and not self._refusals.is_stream_refused:
                self._last_completed = completed.next_state
                self._emit_if_due(is_page_end=completed.values is None)
            if self._is_exhausted and not self._in_flight:
                self._finish()

    def _complete(self, in_flight: InFlightPartition) -> Partition:
        self._parents_since_state += 1
        if in_flight.refusal:
            self._refusals.note_refusal(in_flight.refusal)
        elif in_flight.partition.values is not None:
            self._refusals.note_read()
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
        cause = self._refusals.cause
        if cause and self._refusals.is_stream_refused:
            reason = f"Zendesk refuses the children of {self._refusals.describe_parents()}, {cause}"
            if cause.is_permission_denied:
                self.skip_stream(reason)
            elif self._field_of_parents:
                raise _wrong_field(self._stream, self._field_of_parents, cause)
            elif not self._parent_position.has_inputs:
                self.note_refusal(reason)
            return
        if self.is_full_read:
            self._child_states.drop_unvisited()
        if not self._parent_position.follows_parent:
            self._last_completed = {}

    def ensure_at_least_one_state_emitted(self) -> None:
        """Emit the state again, and log the number of skipped parents."""
        if self.parents_skipped:
            skipped = count_of(self.parents_skipped, "parent")
            LOGGER.warning("Stream %s: skipped %s whose children Zendesk refused", self._stream, skipped)
            self._services.stats.note(self._stream, f"{skipped} skipped, {self._refusals.cause}")
        with self._lock:
            self._emit()


def _wrong_field(stream: str, field: str, refusal: StreamSkipped) -> ConfigError:
    return ConfigError(f"Stream {stream}: Zendesk does not have what `{field}` names; check `{field}`. ({refusal})")
