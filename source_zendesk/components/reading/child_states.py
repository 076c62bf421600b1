"""The states of the children of each parent."""

import json
from collections.abc import Mapping
from typing import Any

from source_zendesk.components.reading.cursors.progress import State

# Beyond, the children of further parents are emitted again on every run rather than kept track of.
MOST_CHILD_STATES = 10_000


class ChildStates:
    """Where the next run goes on with the children of each parent, by the parent's values; not shared between threads.

    With `keeps` false all children are read from their beginning, and the states handed on as they came. No more than
    `most` parents are kept track of, 10,000 where it is not said.
    """

    def __init__(self, saved: Mapping[str, State], *, keeps: bool, most: int | None = None) -> None:
        self.states, self.keeps, self._most = dict(saved), keeps, MOST_CHILD_STATES if most is None else most
        self._met: set[str] = set()

    def of(self, values: Any) -> State:
        """The state to go on from with the children of a parent."""
        return self.states.get(_key(values), {}) if self.keeps else {}

    def keep(self, values: Any, state: State) -> None:
        """Note how far the children of a parent have come."""
        key = _key(values)
        is_known = key in self.states
        if self.keeps and state and (is_known or len(self.states) < self._most):
            self.states[key] = state
            self._met.add(key)

    def forget_others(self) -> None:
        """All parents have been met; those that were not are gone."""
        if self.keeps:
            self.states = {key: state for key, state in self.states.items() if key in self._met}


def _key(values: Any) -> str:
    return json.dumps(values, sort_keys=True)
