"""The states of the partitions of a stream."""

import json
from collections.abc import Mapping
from typing import Any

from source_zendesk.extract.cursors.base import State

# The children of further parents have no state and are emitted again on every run.
MAX_PARTITION_STATES = 10_000


class PartitionStates:
    """The state at which the next run resumes the children of each parent, by the parent's values. Not thread-safe.

    Without `is_enabled`, all children are read from their first page, and the states stay unchanged. It keeps states of
    at most `max_states` parents, by default 10,000.
    """

    def __init__(self, states: Mapping[str, State], *, is_enabled: bool, max_states: int | None = None) -> None:
        self.states, self.is_enabled = dict(states), is_enabled
        self._max_states = MAX_PARTITION_STATES if max_states is None else max_states
        self._visited: set[str] = set()

    def get(self, values: Any) -> State:
        """The state that resumes the children of a parent, empty for none."""
        return self.states.get(_key(values), {}) if self.is_enabled else {}

    def update(self, values: Any, state: State) -> None:
        """Set the state of a parent's children."""
        key = _key(values)
        is_known = key in self.states
        if self.is_enabled and state and (is_known or len(self.states) < self._max_states):
            self.states[key] = state
            self._visited.add(key)

    def drop_unvisited(self) -> None:
        """Drop the states of parents that a full read did not visit: they no longer exist."""
        if self.is_enabled:
            self.states = {key: state for key, state in self.states.items() if key in self._visited}


def _key(values: Any) -> str:
    return json.dumps(values, sort_keys=True)
