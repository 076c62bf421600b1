"""Streams that have parents themselves, and the position among the parents."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from source_zendesk.extract.cursors.base import State
from source_zendesk.extract.partition_states import PartitionStates
from source_zendesk.extract.partitions import Page, ParentSource, Partition, iter_partitions
from source_zendesk.http.refusals import StreamSkipped

if TYPE_CHECKING:
    from source_zendesk.extract.page_retriever import PageRetriever


@dataclass(frozen=True)
class ParentPosition:
    """The part of a stream's state that says which parents are done, trusted for parents of the same `origin` alone.

    What `inputs` asks for (`has_inputs`) has a place of its own, so that neither moves the other. States of version 0.1
    name no origin: their page of parents is read again where the stream follows its parents (`follows`), all of them
    elsewhere.

    State: that of `slots` and its `origin`, under `inputs` for a read of what that asks for.
    """

    parents_fingerprint: str
    has_inputs: bool = False
    follows_parent: bool = False

    def resume_state(self, state: Mapping[str, Any]) -> State:
        """The state of `slots` to go on from, empty to begin anew."""
        own = state.get("inputs", {}) if self.has_inputs else state
        if own.get("origin") == self.parents_fingerprint:
            return {name: own[name] for name in ("parent", "last") if name in own}
        if self.has_inputs or "origin" in own or not self.follows_parent:
            return {}
        return _without_last(own)

    def stream_state(self, given: Mapping[str, Any], reached: State) -> State:
        """The state of a stream that began with `given` and where `slots` has come to `reached`, empty at the end."""
        own = {**reached, "origin": self.parents_fingerprint} if reached else {}
        if not self.has_inputs:
            return own
        rest = {name: value for name, value in given.items() if name != "inputs"}
        return {**rest, "inputs": own} if own else rest


def _without_last(state: Mapping[str, Any]) -> State:
    parent = state.get("parent", {})
    return {"parent": {"slot": _without_last(parent["slot"])} if "slot" in parent else parent}


# They stand in every state of a stream, so they are for brands and webhooks rather than for users.
MAX_PLACES = 100


@dataclass
class SubstreamReader:
    """The pages of a stream, parent after parent, as the parents of a third.

    With `keeps_places` a later walk gives, for each parent, the rows alone that changed since.

    State: `{"slot": state of the parent, "values": the parent's values, "page": state within that parent's pages}`; the
    latter counts for that parent alone, which may be gone since. `places` are where the next walk goes on within the
    pages of each parent, by its values; beyond a hundred parents all rows come again.
    """

    retriever: "PageRetriever"
    parents: list[ParentSource]
    keeps_partition_states: bool = False

    def read_pages(self, state: State) -> Iterator[Page]:
        """Its pages from a state on; raises `StreamSkipped` where every parent refuses them.

        Parents that are merely gone count as refusing only where none was passed by before. No state behind a parent
        that refuses is told before another has given its pages.
        """
        refusal, is_read = None, False
        positions = PartitionStates(
            state.get("places", {}), is_enabled=self.keeps_partition_states, max_states=MAX_PLACES
        )
        for partition in iter_partitions(self.parents, state.get("slot", {})):
            try:
                if partition.values is not None:
                    is_begun = partition.values == state.get("values")
                    inner = state.get("page", {}) if is_begun else positions.get(partition.values)
                    yield from self._read_parent(partition, inner, positions)
                    is_read = True
            except StreamSkipped as skipped:
                refusal = skipped if refusal is None or skipped.is_permission_denied else refusal
            if is_read or refusal is None:
                yield Page(
                    [],
                    _with_places(positions, {"slot": partition.resume_state}),
                    _with_places(positions, {"slot": partition.next_state}),
                )
        if refusal and not is_read and (refusal.is_permission_denied or not state):
            raise refusal

    def _read_parent(self, partition: Partition, inner: State, positions: PartitionStates) -> Iterator[Page]:
        here = {"slot": partition.resume_state, "values": partition.values}
        for page in self.retriever.read_pages(inner, partition.values):
            inner = page.next_state
            before, after = ({**here, "page": state} for state in (page.resume_state, page.next_state))
            yield Page(page.rows, _with_places(positions, before), _with_places(positions, after))
        positions.update(partition.values, inner)


def _with_places(positions: PartitionStates, state: State) -> State:
    return {**state, "places": dict(positions.states)} if positions.states else state
