"""The partitions of a substream on the CDK's own source."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from airbyte_cdk.sources.declarative.partition_routers import SinglePartitionRouter
from airbyte_cdk.sources.types import StreamSlice

from source_zendesk.extract.page import PageReader
from source_zendesk.extract.page_retriever import PageRetriever
from source_zendesk.extract.parent_source import ParentSource
from source_zendesk.extract.partitions import iter_partitions
from source_zendesk.extract.substreams import SubstreamReader
from source_zendesk.manifest import ParentRef


@dataclass
class ParentRouter(SinglePartitionRouter):
    """One partition for each combination of the values of the `parents`.

    `parents` are in the form of the manifest, with their `fields`. `retrievers` read those of them that are streams, in
    the same order. The connector's own source builds no router: its streams share the pages and states of parents.
    """

    parents: list[Mapping[str, Any]] = field(default_factory=list)
    retrievers: list[PageRetriever] = field(default_factory=list)

    @property
    def sources(self) -> list[ParentSource]:
        """The sources of the values."""
        retrievers = iter(self.retrievers)
        return [
            _parent_source(parent, next(retrievers)) if parent.stream else ParentSource(parent)
            for parent in map(ParentRef.from_entry, self.parents)
        ]

    def stream_slices(self) -> Iterable[StreamSlice]:
        """A slice for each partition."""
        for partition in iter_partitions(self.sources, {}):
            if partition.values is not None:
                yield StreamSlice(partition=partition.values, cursor_slice={})


def _parent_source(parent: ParentRef, retriever: PageRetriever) -> ParentSource:
    router = retriever.partition_router
    reader: PageReader = SubstreamReader(retriever, router.sources) if isinstance(router, ParentRouter) else retriever
    initial_state = {retriever.cursor_field: 0} if parent.from_the_beginning else {}
    return ParentSource(parent, reader, initial_state=initial_state, time_field=retriever.time_field)
