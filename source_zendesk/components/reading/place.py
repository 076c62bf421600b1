"""Where among its parents a stream goes on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from source_zendesk.components.reading.cursors.progress import State


@dataclass(frozen=True)
class Place:
    """The part of a stream's state that says which parents are done, trusted for parents of the same `origin` alone.

    What `inputs` asks for (`has_inputs`) has a place of its own, so that neither moves the other. States of version 0.1
    name no origin: their page of parents is read again where the stream follows its parents (`follows`), all of them
    elsewhere.

    State: that of `slots` and its `origin`, under `inputs` for a read of what that asks for.
    """

    origin: str
    has_inputs: bool = False
    follows: bool = False

    def resume(self, state: Mapping[str, Any]) -> State:
        """The state of `slots` to go on from, empty to begin anew."""
        own = state.get("inputs", {}) if self.has_inputs else state
        if own.get("origin") == self.origin:
            return {name: own[name] for name in ("parent", "last") if name in own}
        if self.has_inputs or "origin" in own or not self.follows:
            return {}
        return _without_last(own)

    def told(self, given: Mapping[str, Any], reached: State) -> State:
        """The state of a stream that began with `given` and where `slots` has come to `reached`, empty at the end."""
        own = {**reached, "origin": self.origin} if reached else {}
        if not self.has_inputs:
            return own
        rest = {name: value for name, value in given.items() if name != "inputs"}
        return {**rest, "inputs": own} if own else rest


def _without_last(state: Mapping[str, Any]) -> State:
    parent = state.get("parent", {})
    return {"parent": {"slot": _without_last(parent["slot"])} if "slot" in parent else parent}
