"""The state of a stream, and when it is told.

The CDK's cursors tell the state when a partition is closed. Those of Zendesk's exports are too long for that: a first
read can take days, and would begin again after each interruption. These tell it between pages and between parents.
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
from source_zendesk.output.sync_services import SyncServices

LOGGER = logging.getLogger("airbyte")
# A state for every parent would be more messages than records on streams with one child each.
PARENTS_PER_STATE = 100
# Pages of children that a run which is killed reads again at most.
PAGES_PER_STATE = 10
# So many parents that refuse their children, before one gave any, speak for all: an account that has not bought a
# product answers so for each of a million tickets.
MAX_REFUSALS_BEFORE_GIVING_UP = 1000
# What stands in a state where there is nothing to go on from; the last says that a run so far brought rows.
HAD_ROWS = "had_rows"
MARKERS = (NO_CURSOR_STATE_KEY, "__ab_full_refresh_sync_complete", HAD_ROWS)


class StreamCheckpoint(Cursor):
    """Keeps the state of a stream that has one partition; its retriever reports each page.

    `parents_skipped` of its parents refused their children; `is_full_read` says that no parent was left to another run.
    """

    parents_skipped = 0
    is_full_read = True

    def __init__(
        self, stream: str, states: ConnectorStateManager, messages: MessageRepository, services: SyncServices
    ) -> None:
        self._stream, self._states, self._messages, self._services = stream, states, messages, services
        given = states.get_stream_state(stream, None)
        self.resume_state: State = {name: value for name, value in given.items() if name not in MARKERS}
        self._was_read = self._has_rows = bool(self.resume_state) or given.get(HAD_ROWS) is True

    @property
    def state(self) -> State:
        """What is told; the protocol wants something even where there is nothing to go on from."""
        return self.resume_state or {NO_CURSOR_STATE_KEY: True, **({HAD_ROWS: True} if self._has_rows else {})}

    def advance(self, state: State) -> AirbyteMessage:
        """The message that says how far the stream has come."""
        self.resume_state = state
        self._states.update_state_for_stream(self._stream, None, self.state)
        return self._states.create_state_message(self._stream, None)

    def skip_stream(self, reason: str) -> None:
        """Skip the stream with a warning; raises `ConfigError` where an earlier run could read it."""
        if self._was_read:
            raise ConfigError(
                f"Stream {self._stream}: Zendesk refuses what it gave in an earlier run: {reason}. Its state stays as "
                "it was, so that nothing is missed once the user of `credentials` has access again; if the account no "
                "longer has it, take the stream out of the connection."
            )
        LOGGER.warning("Stream %s is skipped: %s", self._stream, reason)
        self._services.all_refused_guard.note_refusal(self._stream, f"Stream {self._stream} is skipped: {reason}")
        self._services.stats.note(self._stream, f"skipped, {reason}")

    def ensure_at_least_one_state_emitted(self) -> None:
        """Tell the state once more, as it was left; a stream that was skipped keeps the state it came with."""
        self._messages.emit_message(self.advance(self.resume_state))

    def observe(self, record: Record) -> None:
        """Records do not move the state, pages do; but a state that has nothing else says that there were some."""
        self._has_rows = True

    def close_partition(self, partition: CdkPartition) -> None:
        """The last page has told the state."""

    def should_be_synced(self, record: Record) -> bool:
        """Old records are left out page by page."""
        return True


class InFlightPartition:
    """A parent whose children are being read; `child_state` is where its own read begins and, in the end, has come.

    It `is_vain` to ask it where the stream was given up meanwhile.
    """

    def __init__(
        self, partition: Partition, child_state: State, has_given_up: Callable[[], bool], on_page: Callable[[], None]
    ) -> None:
        self.partition, self.child_state, self._has_given_up, self._on_page = (
            partition,
            child_state,
            has_given_up,
            on_page,
        )
        self.is_done, self.is_started = partition.values is None, False
        self.refusal: StreamSkipped | None = None

    def advance(self, child_state: State) -> None:
        """Put a page of children behind, all of which are emitted."""
        self.child_state, self.is_started = child_state, True
        self._on_page()

    @property
    def is_cancelled(self) -> bool:
        """Whether the parents before it have spoken for it."""
        return self._has_given_up()


class ParentCheckpoint(StreamCheckpoint):
    """Keeps the state of a stream that is read parent by parent, in several threads.

    The state names the first parent whose children are not all emitted. It is told every hundred parents and between
    pages of parents, and every ten pages of children that keep states of their own; less often as it grows. Parents
    that refuse their children are passed, but the state stays as it was until one of them gives some: what all refuse
    may come when access is back. After many of them, and none that gave any, the others are not asked.

    State: that of `place`, and `children`: the state of each parent's children, by the parent's values.
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
        self._initial_state, self._iter_partitions, self._parent_position = (
            self.resume_state,
            partitions,
            parent_position,
        )
        self._child_states = PartitionStates(self.resume_state.get("children", {}), is_enabled=keeps_child_states)
        self._in_flight: deque[InFlightPartition] = deque()
        self._lock = threading.Lock()
        self._refusal: StreamSkipped | None = None
        self._parents_since_state = self._pages_since_state = self._parents_read = self._parents_refused = 0
        self._last_completed: State | None = None
        self.is_full_read = self._is_exhausted = False

    def stream_slices(self) -> Iterable[StreamSlice]:
        """One slice for each parent from the state on."""
        begin = self._parent_position.resume_state(self.resume_state)
        self.is_full_read = not any(begin.values())
        try:
            for partition in self._iter_partitions(begin):
                if self._has_given_up():
                    break
                opened = InFlightPartition(
                    partition, self._child_states.get(partition.values), self._has_given_up, self._count_page
                )
                with self._lock:
                    self._in_flight.append(opened)
                if partition.values is None:
                    self._advance_past_done()
                else:
                    yield StreamSlice(partition=partition.values, cursor_slice={}, extra_fields={"partition": opened})
            self._advance_past_done(is_end=True)
        except StreamSkipped as skipped:
            self._skip_without_parents(skipped)

    def _skip_without_parents(self, skipped: StreamSkipped) -> None:
        """Skip the stream, whose parents cannot be read; no rows are lost where what those hang on is merely gone."""
        if isinstance(skipped, ParentSkipped) and not skipped.is_permission_denied:
            LOGGER.warning("Stream %s: its parents hang on what is gone or was not bought (%s)", self._stream, skipped)
        else:
            self.skip_stream(f"its parents cannot be read, {skipped}")

    def close_partition(self, partition: CdkPartition) -> None:
        """All children of this parent are emitted."""
        stream_slice: Any = partition.to_slice()
        stream_slice.extra_fields["partition"].is_done = True
        self._advance_past_done()

    def _count_page(self) -> None:
        """Tell the state now and then while the children of one parent are read."""
        with self._lock:
            self._pages_since_state += self._child_states.is_enabled
            if self._pages_since_state >= max(PAGES_PER_STATE, len(self._child_states.states) // 4):
                self._emit()

    def _advance_past_done(self, *, is_end: bool = False) -> None:
        """Move the state behind the parents that are done, in their order."""
        with self._lock:
            self._is_exhausted |= is_end
            reached: Partition | None = None
            while self._in_flight and self._in_flight[0].is_done:
                reached = self._complete(self._in_flight.popleft())
            if reached and not self._is_refused and not self._has_given_up():
                self._last_completed = reached.next_state
                self._emit_if_due(is_page_end=reached.values is None)
            if self._is_exhausted and not self._in_flight:
                self._finish()

    @property
    def _is_refused(self) -> bool:
        """Whether every parent so far has refused its children."""
        return self._refusal is not None and not self._parents_read

    def _has_given_up(self) -> bool:
        """Whether so many parents refused their children that the others are not asked."""
        return self._parents_refused >= MAX_REFUSALS_BEFORE_GIVING_UP

    def _complete(self, opened: InFlightPartition) -> Partition:
        self._parents_since_state += 1
        if opened.refusal:
            self.parents_skipped += 1
            self._parents_refused += opened.refusal.is_permission_denied and not self._parents_read
            if self._refusal is None or opened.refusal.is_permission_denied:
                self._refusal = opened.refusal
        elif opened.partition.values is not None:
            self._parents_read += 1
        if opened.partition.values is not None:
            self._child_states.update(opened.partition.values, opened.child_state)
        return opened.partition

    def _emit_if_due(self, *, is_page_end: bool) -> None:
        kept = len(self._child_states.states)
        if self._parents_since_state >= max(PARENTS_PER_STATE, kept // 4) or (is_page_end and not kept):
            self._emit()

    def _emit(self) -> None:
        self._parents_since_state = self._pages_since_state = 0
        self._messages.emit_message(self.advance(self._state()))

    def _state(self) -> State:
        for opened in self._in_flight:
            if opened.is_started:
                self._child_states.update(opened.partition.values, opened.child_state)
        state = (
            self.resume_state
            if self._last_completed is None
            else self._parent_position.stream_state(self._initial_state, self._last_completed)
        )
        return {**state, "children": dict(self._child_states.states)} if self._child_states.states else state

    def _finish(self) -> None:
        """All parents are done; raises `ConfigError` where each refuses now what it gave in an earlier run."""
        if self._refusal and (self._is_refused or self._has_given_up()):
            if self._refusal.is_permission_denied:
                asked = f"first {self._parents_refused}" if self._has_given_up() else self.parents_skipped
                self.skip_stream(f"none of its {asked} parents gives its children, {self._refusal}")
            return
        if self.is_full_read:
            self._child_states.drop_unvisited()
        if not self._parent_position.follows_parent:
            self._last_completed = {}

    def ensure_at_least_one_state_emitted(self) -> None:
        """Tell the state once more, and how many parents were skipped."""
        if self.parents_skipped:
            LOGGER.warning(
                "Stream %s: %s parents were skipped, which refuse their children", self._stream, self.parents_skipped
            )
            self._services.stats.note(self._stream, f"{self.parents_skipped} parents skipped, {self._refusal}")
        with self._lock:
            self._emit()
