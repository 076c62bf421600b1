"""The states of the partitions of a stream."""

import json
from collections.abc import Mapping
from typing import Any

from source_zendesk.extract.cursors.base import State

# Beyond, the children of further parents are emitted again on every run rather than kept track of.
MAX_PARTITION_STATES = 10_000


class PartitionStates:
    """Where the next run goes on with the children of each parent, by the parent's values; not shared between threads.

    With `keeps` false all children are read from their beginning, and the states handed on as they came. No more than
    `most` parents are kept track of, 10,000 where it is not said.
    """

    def __init__(self, states: Mapping[str, State], *, is_enabled: bool, max_states: int | None = None) -> None:
        self.states, self.is_enabled = dict(states), is_enabled
        self._max_states = MAX_PARTITION_STATES if max_states is None else max_states
        self._visited: set[str] = set()

    def get(self, values: Any) -> State:
        """The state to go on from with the children of a parent."""
        return self.states.get(_key(values), {}) if self.is_enabled else {}

    def update(self, values: Any, state: State) -> None:
        """Note how far the children of a parent have come."""
        key = _key(values)
        is_known = key in self.states
        if self.is_enabled and state and (is_known or len(self.states) < self._max_states):
            self.states[key] = state
            self._visited.add(key)

    def drop_unvisited(self) -> None:
        """All parents have been met; those that were not are gone."""
        if self.is_enabled:
            self.states = {key: state for key, state in self.states.items() if key in self._visited}


def _key(values: Any) -> str:
    return json.dumps(values, sort_keys=True)
