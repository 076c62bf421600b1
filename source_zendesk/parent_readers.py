"""Builds the readers of the parents of substreams."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from source_zendesk.extract.page_retriever import PageRetriever
from source_zendesk.extract.parent_source import ParentSource
from source_zendesk.extract.row_counts import RowCounts
from source_zendesk.extract.substreams import SubstreamReader
from source_zendesk.manifest import Endpoint, ParentRef

EMPTY: Mapping[str, Any] = {}


class ParentReaders:
    """Finds the parents of each stream: records of other streams, recursively, and parameters of `inputs`.

    `build_retriever` builds the retriever of an endpoint for a query, which counts its requests in `RowCounts`.
    """

    def __init__(
        self,
        endpoints: Mapping[str, Endpoint],
        inputs: Mapping[str, list[dict[str, object]]],
        build_retriever: Callable[..., PageRetriever],
    ) -> None:
        self._endpoints, self._inputs, self._build_retriever = endpoints, inputs, build_retriever

    def sources(self, endpoint: Endpoint, row_counts: RowCounts) -> list[ParentSource]:
        """The sources of the parent values of a stream; requests for them are counted in `row_counts`."""
        inputs = self._inputs.get(endpoint.name)
        if inputs is None:
            return [self._source(parent, endpoint.incremental, row_counts) for parent in endpoint.parents]
        per_brand = tuple(each for each in inputs if endpoint.is_read_per_brand(each))
        others = tuple(each for each in inputs if not endpoint.is_read_per_brand(each))
        source = self._source(endpoint.parents[0], "none", row_counts) if per_brand else ParentSource(ParentRef())
        return [replace(source, inputs=others, inputs_of_rows=per_brand)]

    def _source(self, parent: ParentRef, incremental: str, row_counts: RowCounts) -> ParentSource:
        if not parent.stream:
            return ParentSource(parent)
        endpoint = self._endpoints[parent.stream]
        reader = self.reader(endpoint, parent.query, incremental, row_counts)
        initial_state = {endpoint.cursor_field: 0} if parent.from_the_beginning else {}
        feature = self._endpoints.get(parent.unless_empty)
        probe = self.reader(feature, EMPTY, "none", row_counts) if feature else None
        return ParentSource(parent, reader, initial_state=initial_state, time_field=reader.time_field, feature=probe)

    def reader(
        self, endpoint: Endpoint, query: Mapping[str, Any], incremental: str, row_counts: RowCounts
    ) -> PageRetriever | SubstreamReader:
        """The reader of a stream whose records are parents: of all of them, or of changed ones only."""
        follows_parent = incremental == "follows_parent"
        retriever = self._build_retriever(endpoint, query, row_counts, needs_all_rows=not follows_parent)
        parents = self.sources(endpoint, row_counts)
        keeps_partition_states = follows_parent and endpoint.incremental == "per_parent"
        return SubstreamReader(retriever, parents, keeps_partition_states) if parents else retriever
