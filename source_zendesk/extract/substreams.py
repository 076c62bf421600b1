"""Substreams as parents of other streams, and a stream's position among its parents."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from source_zendesk.extract.cursors.base import State
from source_zendesk.extract.page import Page
from source_zendesk.extract.parent_source import ParentSource
from source_zendesk.extract.partition_states import PartitionStates
from source_zendesk.extract.partitions import Partition, iter_partitions
from source_zendesk.http.refusals import StreamSkipped

if TYPE_CHECKING:
    from source_zendesk.extract.page_retriever import PageRetriever


@dataclass(frozen=True)
class ParentPosition:
    """The part of a stream's state that records which parents are done.

    It is valid only for parents with the same fingerprint, which the state contains as `origin`. A read of `inputs`
    (`has_inputs`) has a position of its own, so that neither read changes the other's. States of version 0.1 contain no
    `origin`: if the stream follows its parents (`follows_parent`), their page of parents is read again, otherwise all
    parents. `configured_by` are the fields of the configuration with all parents, and with all parents of the parents.

    State: that of `iter_partitions` with its `origin`; under `inputs` for a read of `inputs`.
    """

    parents_fingerprint: str
    has_inputs: bool = False
    follows_parent: bool = False
    configured_by: tuple[str, str] = ("", "")

    def resume_state(self, state: Mapping[str, Any]) -> State:
        """The state of `iter_partitions` that resumes the read, empty to read all parents."""
        position_state = state.get("inputs", {}) if self.has_inputs else state
        if position_state.get("origin") == self.parents_fingerprint:
            return {name: position_state[name] for name in ("parent", "last") if name in position_state}
        if self.has_inputs or "origin" in position_state or not self.follows_parent:
            return {}
        return _without_last(position_state)

    def stream_state(self, initial_state: Mapping[str, Any], position: State) -> State:
        """The stream's state at a `position` of `iter_partitions`; keeps the other parts of `initial_state`."""
        position_state = {**position, "origin": self.parents_fingerprint} if position else {}
        if not self.has_inputs:
            return position_state
        other_state = {name: value for name, value in initial_state.items() if name != "inputs"}
        return {**other_state, "inputs": position_state} if position_state else other_state


def _without_last(state: Mapping[str, Any]) -> State:
    parent = state.get("parent", {})
    return {"parent": {"slot": _without_last(parent["slot"])} if "slot" in parent else parent}


# Every state of the child stream contains them, so they suit parents such as brands and webhooks, not users.
MAX_SUBSTREAM_PARTITIONS = 100


@dataclass
class SubstreamReader:
    """Reads the pages of a substream, parent by parent, as the parents of another stream.

    With `keeps_partition_states`, a later read returns for each parent only the rows that changed since.

    State: `{"slot": state of the parent, "values": the parent's values, "page": state within that parent's pages}`.
    `page` applies only to that parent, which may no longer exist. `places` contains for each parent, by its values, the
    state at which the next read resumes; all rows of further parents than `MAX_SUBSTREAM_PARTITIONS` are read again.
    """

    retriever: "PageRetriever"
    parents: list[ParentSource]
    keeps_partition_states: bool = False

    @property
    def time_field(self) -> str:
        """The field of the rows with the time of their last change, empty if they have none."""
        return self.retriever.time_field

    def read_pages(self, state: State) -> Iterator[Page]:
        """The pages from a state on; raises `StreamSkipped` if Zendesk refuses them for every parent.

        Parents that no longer exist count as refused only if the read starts at the first parent. The state does not
        advance past a refused parent until another parent has returned its pages.
        """
        refusal, is_read = None, False
        partition_states = PartitionStates(
            state.get("places", {}), is_enabled=self.keeps_partition_states, max_states=MAX_SUBSTREAM_PARTITIONS
        )
        for partition in iter_partitions(self.parents, state.get("slot", {})):
            try:
                if partition.values is not None:
                    is_resumed = partition.values == state.get("values")
                    page_state = state.get("page", {}) if is_resumed else partition_states.get(partition.values)
                    yield from self._read_parent(partition, page_state, partition_states)
                    is_read = True
            except StreamSkipped as skipped:
                refusal = skipped if refusal is None or skipped.is_permission_denied else refusal
            if is_read or refusal is None:
                yield Page(
                    [],
                    _with_partition_states(partition_states, {"slot": partition.resume_state}),
                    _with_partition_states(partition_states, {"slot": partition.next_state}),
                )
        if refusal and not is_read and (refusal.is_permission_denied or not state):
            raise refusal

    def _read_parent(
        self, partition: Partition, page_state: State, partition_states: PartitionStates
    ) -> Iterator[Page]:
        parent_state = {"slot": partition.resume_state, "values": partition.values}
        for page in self.retriever.read_pages(page_state, partition.values):
            page_state = page.next_state
            resume_state, next_state = (
                {**parent_state, "page": state} for state in (page.resume_state, page.next_state)
            )
            yield Page(
                page.rows,
                _with_partition_states(partition_states, resume_state),
                _with_partition_states(partition_states, next_state),
                page.requested_at,
            )
        partition_states.update(partition.values, page_state)


def _with_partition_states(partition_states: PartitionStates, state: State) -> State:
    return {**state, "places": dict(partition_states.states)} if partition_states.states else state
