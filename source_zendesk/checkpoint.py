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
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record, StreamSlice

from source_zendesk.components.reading.child_states import ChildStates
from source_zendesk.components.reading.cursors.progress import State
from source_zendesk.components.reading.place import Place
from source_zendesk.components.reading.slices import Slot
from source_zendesk.components.requests.outcome import ParentSkipped, StreamSkipped
from source_zendesk.errors import ConfigError
from source_zendesk.messages.outlets import Outlets

LOGGER = logging.getLogger("airbyte")
# A state for every parent would be more messages than records on streams with one child each.
PARENTS_A_STATE = 100
# Pages of children that a run which is killed reads again at most.
PAGES_A_STATE = 10
# So many parents that refuse their children, before one gave any, speak for all: an account that has not bought a
# product answers so for each of a million tickets.
REFUSALS_THAT_SPEAK_FOR_ALL = 1000
# What stands in a state where there is nothing to go on from; the last says that a run so far brought rows.
HAD_ROWS = "had_rows"
MARKERS = (NO_CURSOR_STATE_KEY, "__ab_full_refresh_sync_complete", HAD_ROWS)


class StreamCheckpoint(Cursor):
    """Keeps the state of a stream that has one partition; its retriever reports each page.

    `parents_skipped` of its parents refused their children; `is_whole` says that no parent was left to another run.
    """

    parents_skipped = 0
    is_whole = True

    def __init__(
        self, stream: str, states: ConnectorStateManager, messages: MessageRepository, outlets: Outlets
    ) -> None:
        self._stream, self._states, self._messages, self._outlets = stream, states, messages, outlets
        given = states.get_stream_state(stream, None)
        self.position: State = {name: value for name, value in given.items() if name not in MARKERS}
        self._was_read = self._has_rows = bool(self.position) or given.get(HAD_ROWS) is True

    @property
    def state(self) -> State:
        """What is told; the protocol wants something even where there is nothing to go on from."""
        return self.position or {NO_CURSOR_STATE_KEY: True, **({HAD_ROWS: True} if self._has_rows else {})}

    def reach(self, state: State) -> AirbyteMessage:
        """The message that says how far the stream has come."""
        self.position = state
        self._states.update_state_for_stream(self._stream, None, self.state)
        return self._states.create_state_message(self._stream, None)

    def refuse(self, reason: str) -> None:
        """Skip the stream with a warning; raises `ConfigError` where an earlier run could read it."""
        if self._was_read:
            raise ConfigError(
                f"Stream {self._stream}: Zendesk refuses what it gave in an earlier run: {reason}. Its state stays as "
                "it was, so that nothing is missed once the user of `credentials` has access again; if the account no "
                "longer has it, take the stream out of the connection."
            )
        LOGGER.warning("Stream %s is skipped: %s", self._stream, reason)
        self._outlets.verdict.refuse(self._stream, f"Stream {self._stream} is skipped: {reason}")
        self._outlets.tally.remark(self._stream, f"skipped, {reason}")

    def ensure_at_least_one_state_emitted(self) -> None:
        """Tell the state once more, as it was left; a stream that was skipped keeps the state it came with."""
        self._messages.emit_message(self.reach(self.position))

    def observe(self, record: Record) -> None:
        """Records do not move the state, pages do; but a state that has nothing else says that there were some."""
        self._has_rows = True

    def close_partition(self, partition: Partition) -> None:
        """The last page has told the state."""

    def should_be_synced(self, record: Record) -> bool:
        """Old records are left out page by page."""
        return True


class OpenSlot:
    """A parent whose children are being read; `child_state` is where its own read begins and, in the end, has come.

    It `is_vain` to ask it where the stream was given up meanwhile.
    """

    def __init__(
        self, slot: Slot, child_state: State, gave_up: Callable[[], bool], turn_page: Callable[[], None]
    ) -> None:
        self.slot, self.child_state, self._gave_up, self._turn_page = slot, child_state, gave_up, turn_page
        self.is_done, self.is_begun = slot.values is None, False
        self.refusal: StreamSkipped | None = None

    def reach(self, child_state: State) -> None:
        """Put a page of children behind, all of which are emitted."""
        self.child_state, self.is_begun = child_state, True
        self._turn_page()

    @property
    def is_vain(self) -> bool:
        """Whether the parents before it have spoken for it."""
        return self._gave_up()


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
        outlets: Outlets,
        slots: Callable[[State], Iterator[Slot]],
        place: Place,
        *,
        keeps_children: bool,
    ) -> None:
        super().__init__(stream, states, messages, outlets)
        self._given, self._slots, self._place = self.position, slots, place
        self._children = ChildStates(self.position.get("children", {}), keeps=keeps_children)
        self._open: deque[OpenSlot] = deque()
        self._lock = threading.Lock()
        self._refusal: StreamSkipped | None = None
        self._untold = self._unturned = self._read = self._barred = 0
        self._reached: State | None = None
        self.is_whole = self._is_generated = False

    def stream_slices(self) -> Iterable[StreamSlice]:
        """One slice for each parent from the state on."""
        begin = self._place.resume(self.position)
        self.is_whole = not any(begin.values())
        try:
            for slot in self._slots(begin):
                if self._gave_up():
                    break
                opened = OpenSlot(slot, self._children.of(slot.values), self._gave_up, self._turn_page)
                with self._lock:
                    self._open.append(opened)
                if slot.values is None:
                    self._settle()
                else:
                    yield StreamSlice(partition=slot.values, cursor_slice={}, extra_fields={"slot": opened})
            self._settle(is_end=True)
        except StreamSkipped as skipped:
            self._without_parents(skipped)

    def _without_parents(self, skipped: StreamSkipped) -> None:
        """Skip the stream, whose parents cannot be read; no rows are lost where what those hang on is merely gone."""
        if isinstance(skipped, ParentSkipped) and not skipped.is_access:
            LOGGER.warning("Stream %s: its parents hang on what is gone or was not bought (%s)", self._stream, skipped)
        else:
            self.refuse(f"its parents cannot be read, {skipped}")

    def close_partition(self, partition: Partition) -> None:
        """All children of this parent are emitted."""
        stream_slice: Any = partition.to_slice()
        stream_slice.extra_fields["slot"].is_done = True
        self._settle()

    def _turn_page(self) -> None:
        """Tell the state now and then while the children of one parent are read."""
        with self._lock:
            self._unturned += self._children.keeps
            if self._unturned >= max(PAGES_A_STATE, len(self._children.states) // 4):
                self._emit()

    def _settle(self, *, is_end: bool = False) -> None:
        """Move the state behind the parents that are done, in their order."""
        with self._lock:
            self._is_generated |= is_end
            reached: Slot | None = None
            while self._open and self._open[0].is_done:
                reached = self._behind(self._open.popleft())
            if reached and not self._is_refused and not self._gave_up():
                self._reached = reached.after
                self._tell(is_page_end=reached.values is None)
            if self._is_generated and not self._open:
                self._end()

    @property
    def _is_refused(self) -> bool:
        """Whether every parent so far has refused its children."""
        return self._refusal is not None and not self._read

    def _gave_up(self) -> bool:
        """Whether so many parents refused their children that the others are not asked."""
        return self._barred >= REFUSALS_THAT_SPEAK_FOR_ALL

    def _behind(self, opened: OpenSlot) -> Slot:
        self._untold += 1
        if opened.refusal:
            self.parents_skipped += 1
            self._barred += opened.refusal.is_access and not self._read
            if self._refusal is None or opened.refusal.is_access:
                self._refusal = opened.refusal
        elif opened.slot.values is not None:
            self._read += 1
        if opened.slot.values is not None:
            self._children.keep(opened.slot.values, opened.child_state)
        return opened.slot

    def _tell(self, *, is_page_end: bool) -> None:
        kept = len(self._children.states)
        if self._untold >= max(PARENTS_A_STATE, kept // 4) or (is_page_end and not kept):
            self._emit()

    def _emit(self) -> None:
        self._untold = self._unturned = 0
        self._messages.emit_message(self.reach(self._state()))

    def _state(self) -> State:
        for opened in self._open:
            if opened.is_begun:
                self._children.keep(opened.slot.values, opened.child_state)
        state = self.position if self._reached is None else self._place.told(self._given, self._reached)
        return {**state, "children": dict(self._children.states)} if self._children.states else state

    def _end(self) -> None:
        """All parents are done; raises `ConfigError` where each refuses now what it gave in an earlier run."""
        if self._refusal and (self._is_refused or self._gave_up()):
            if self._refusal.is_access:
                asked = f"first {self._barred}" if self._gave_up() else self.parents_skipped
                self.refuse(f"none of its {asked} parents gives its children, {self._refusal}")
            return
        if self.is_whole:
            self._children.forget_others()
        if not self._place.follows:
            self._reached = {}

    def ensure_at_least_one_state_emitted(self) -> None:
        """Tell the state once more, and how many parents were skipped."""
        if self.parents_skipped:
            LOGGER.warning(
                "Stream %s: %s parents were skipped, which refuse their children", self._stream, self.parents_skipped
            )
            self._outlets.tally.remark(self._stream, f"{self.parents_skipped} parents skipped, {self._refusal}")
        with self._lock:
            self._emit()
