"""The state of a stream, and when it is told.

The CDK's cursors tell the state when a partition is closed. Those of Zendesk's exports are too long for that: a first
read can take days, and would begin again after each interruption. These tell it between pages and between parents.
"""

import json
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

from source_zendesk.components.cursors.progress import State
from source_zendesk.components.outcome import StreamSkipped
from source_zendesk.components.slices import Slot

LOGGER = logging.getLogger("airbyte")
# A state for every parent would be more messages than records on streams with one child each.
PARENTS_A_STATE = 100
# Beyond, the children of further parents are emitted again on every run rather than kept track of.
MOST_CHILD_STATES = 10_000


class StreamCheckpoint(Cursor):
    """Keeps the state of a stream that has one partition; its retriever reports each page."""

    def __init__(self, stream: str, states: ConnectorStateManager, messages: MessageRepository) -> None:
        self._stream, self._states, self._messages = stream, states, messages
        self.position: State = dict(states.get_stream_state(stream, None))
        self.position.pop(NO_CURSOR_STATE_KEY, None)

    @property
    def state(self) -> State:
        """What is told; the protocol wants something even where there is nothing to go on from."""
        return self.position or {NO_CURSOR_STATE_KEY: True}

    def reach(self, state: State) -> AirbyteMessage:
        """The message that says how far the stream has come."""
        self.position = state
        self._states.update_state_for_stream(self._stream, None, self.state)
        return self._states.create_state_message(self._stream, None)

    def ensure_at_least_one_state_emitted(self) -> None:
        """Tell the state once more, as it was left; a stream that was skipped keeps the state it came with."""
        self._messages.emit_message(self.reach(self.position))

    def observe(self, record: Record) -> None:
        """Records do not move the state; pages do."""

    def close_partition(self, partition: Partition) -> None:
        """The last page has told the state."""

    def should_be_synced(self, record: Record) -> bool:
        """Old records are left out page by page."""
        return True


class OpenSlot:
    """A parent whose children are being read; `child_state` is where its own read begins and, in the end, has come."""

    def __init__(self, slot: Slot, child_state: State) -> None:
        self.slot, self.child_state = slot, child_state
        self.is_done = slot.values is None
        self.is_skipped = False


class ParentCheckpoint(StreamCheckpoint):
    """Keeps the state of a stream that is read parent by parent, in several threads.

    The state names the first parent whose children are not all emitted. It is told every hundred parents and between
    pages of parents. `incremental` is `follows_parent` where the next run begins with the parents that changed,
    `per_parent` where each parent's children have a state of their own, `none` where it begins anew.

    State: that of `slots`, and `children`: the state of each parent's children, by the parent's values.
    """

    def __init__(
        self,
        stream: str,
        states: ConnectorStateManager,
        messages: MessageRepository,
        slots: Callable[[State], Iterator[Slot]],
        incremental: str,
    ) -> None:
        super().__init__(stream, states, messages)
        self._slots, self._incremental = slots, incremental
        self._children: dict[str, State] = dict(self.position.get("children", {}))
        self._open: deque[OpenSlot] = deque()
        self._lock = threading.Lock()
        self._untold = self._skipped = 0

    def stream_slices(self) -> Iterable[StreamSlice]:
        """One slice for each parent from the state on."""
        try:
            for slot in self._slots(self.position):
                opened = OpenSlot(slot, self._children.get(_key(slot.values), {}))
                with self._lock:
                    self._open.append(opened)
                if slot.values is None:
                    self._settle()
                else:
                    yield StreamSlice(partition=slot.values, cursor_slice={}, extra_fields={"slot": opened})
            if self._incremental != "follows_parent":
                self._end()
        except StreamSkipped as skipped:
            LOGGER.warning("Stream %s has no parents to read: %s", self._stream, skipped)

    def _end(self) -> None:
        with self._lock:
            self._open.append(OpenSlot(Slot(None, {}, {}), {}))
        self._settle()

    def close_partition(self, partition: Partition) -> None:
        """All children of this parent are emitted."""
        stream_slice: Any = partition.to_slice()
        stream_slice.extra_fields["slot"].is_done = True
        self._settle()

    def _settle(self) -> None:
        """Move the state behind the parents that are done, in their order."""
        with self._lock:
            reached: Slot | None = None
            while self._open and self._open[0].is_done:
                reached = self._behind(self._open.popleft())
            if reached is None:
                return
            message = self.reach(self._with_children(reached.after))
            if self._untold >= PARENTS_A_STATE or reached.values is None:
                self._untold = 0
                self._messages.emit_message(message)

    def _behind(self, opened: OpenSlot) -> Slot:
        self._untold += 1
        self._skipped += opened.is_skipped
        keeps = self._incremental == "per_parent" and len(self._children) < MOST_CHILD_STATES
        if keeps and opened.slot.values is not None and opened.child_state:
            self._children[_key(opened.slot.values)] = opened.child_state
        return opened.slot

    def _with_children(self, state: State) -> State:
        return {**state, "children": dict(self._children)} if self._children else state

    def ensure_at_least_one_state_emitted(self) -> None:
        """Tell the state once more, and how many parents were skipped."""
        if self._skipped:
            LOGGER.warning(
                "Stream %s: %s parents were skipped, which refuse their children", self._stream, self._skipped
            )
        with self._lock:
            super().ensure_at_least_one_state_emitted()


def _key(values: Any) -> str:
    return json.dumps(values, sort_keys=True)
