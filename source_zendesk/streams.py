"""Builds the streams of a sync from the manifest."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from airbyte_cdk.sources.declarative.retrievers.retriever import Retriever
from airbyte_cdk.sources.declarative.stream_slicers.declarative_partition_generator import (
    DeclarativePartitionFactory,
    StreamSlicerPartitionGenerator,
)
from airbyte_cdk.sources.streams.concurrent.cursor import CursorField
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk import times
from source_zendesk.checkpoint import StreamCheckpoint
from source_zendesk.errors import ParentError
from source_zendesk.extract.cursors.base import State
from source_zendesk.extract.parent_source import ParentSource
from source_zendesk.extract.parents_fingerprint import parents_fingerprint
from source_zendesk.extract.partitions import Partition, iter_partitions
from source_zendesk.extract.response_cache import ResponseCache
from source_zendesk.extract.row_counts import ALL_TIME, RowCounts, Window, count_window
from source_zendesk.extract.stream_context import PendingRows, RecordTransformation
from source_zendesk.extract.substreams import ParentPosition
from source_zendesk.extract.ticket_comments import ChangedComments
from source_zendesk.extract.work_items import RemainingWorkItems
from source_zendesk.file_transfers import FileTransfers
from source_zendesk.http.response import expect_documented_shape
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.catalog import with_properties
from source_zendesk.manifest.record_schema import volatile_fields
from source_zendesk.parent_checkpoint import ParentCheckpoint
from source_zendesk.parent_readers import ParentReaders
from source_zendesk.record_transformations import build_transformations
from source_zendesk.retriever_factory import RetrieverFactory
from source_zendesk.settings import Settings
from source_zendesk.settings.configured_parents import configured_endpoints, configuring_fields
from source_zendesk.settings.offered_streams import configured_properties
from source_zendesk.sync_context import StreamRun, SyncContext
from source_zendesk.writes.action_context import ActionContext
from source_zendesk.writes.job_pool import JobSlots

EMPTY: Mapping[str, Any] = {}


class StreamBuilder:
    """Builds the streams of a sync, which share responses and checkpoint page by page.

    `definitions` are the resolved definitions of the streams, by name.
    """

    def __init__(
        self, manifest: Manifest, definitions: Mapping[str, Mapping[str, Any]], settings: Settings, sync: SyncContext
    ) -> None:
        self._manifest, self._settings, self._sync = manifest, settings, sync
        self._endpoints = configured_endpoints(manifest.endpoints, settings.products)
        self._retrievers = RetrieverFactory(
            self._endpoints, definitions, manifest.content["definitions"], settings, sync
        )
        self._parent_readers = ParentReaders(self._endpoints, settings.inputs, self._retrievers.build)
        self._file_transfers = FileTransfers(self._retrievers, settings, sync)
        self._job_slots = JobSlots()
        self.runs: list[StreamRun] = []

    def build(self, names: Iterable[str]) -> list[DefaultStream]:
        """The streams of these names, in this order."""
        selected = [self._endpoints[name] for name in names]
        self._retrievers.share_responses(selected)
        return [self._stream(endpoint) for endpoint in selected]

    def close(self) -> None:
        """End the downloads of files."""
        self._file_transfers.close()

    def rows(self, name: str, values: Mapping[str, Any] = EMPTY) -> Iterator[Mapping[str, Any]]:
        """All rows of a stream, or of a child stream for the `values` of one parent, outside a sync.

        Raises `StreamSkipped` if Zendesk refuses the request.
        """
        endpoint = self._endpoints[name]
        if values or not endpoint.parents:
            pages = self._retrievers.build(endpoint, needs_all_rows=True).read_pages({}, values)
        else:
            pages = self._parent_readers.reader(endpoint, EMPTY, "none", RowCounts()).read_pages({})
        for page in pages:
            yield from page.rows

    def first_response(self, name: str, query: Mapping[str, Any]) -> Mapping[str, Any]:
        """The body of the first response of a list without parents to this query, outside a sync.

        Raises `StreamSkipped` if Zendesk refuses the request.
        """
        return self._retrievers.build(self._endpoints[name]).first_response(dict(query))

    def auth_header(self, name: str) -> Mapping[str, Any]:
        """The authentication headers of a stream's requests."""
        header: Mapping[str, Any] = self._retrievers.authenticator(name).get_auth_header()
        return header

    def _stream(self, endpoint: Endpoint) -> DefaultStream:
        retriever, checkpoint = (
            self._action_stream(endpoint) if endpoint.kind == "action" else self._read_stream(endpoint)
        )
        schema_loader = self._retrievers.schema_loader(endpoint)
        factory = DeclarativePartitionFactory(endpoint.name, schema_loader, retriever, self._sync.messages)
        return DefaultStream(
            partition_generator=StreamSlicerPartitionGenerator(factory, checkpoint),
            name=endpoint.name,
            json_schema=schema_loader.get_json_schema,
            primary_key=endpoint.primary_key,
            cursor_field=CursorField(endpoint.cursor_field) if endpoint.cursor_field else None,
            logger=logging.getLogger(f"airbyte.{endpoint.name}"),
            cursor=checkpoint,
        )

    def _read_stream(self, endpoint: Endpoint) -> tuple[Retriever, StreamCheckpoint]:
        row_counts = RowCounts(endpoint.options.tombstone)
        parents = self._parent_readers.sources(endpoint, row_counts)
        checkpoint = self._parent_checkpoint(endpoint, parents) if parents else self._checkpoint(endpoint)
        if self._sync.reconciles:
            row_counts.keys, row_counts.sync_start = endpoint.primary_key, times.now()
            row_counts.window = self._window(endpoint, checkpoint.resume_state)
        self.runs.append(StreamRun(endpoint, row_counts, checkpoint, endpoint.name in self._settings.inputs))
        return self._retrievers.build(
            endpoint,
            row_counts=row_counts,
            transformations=self._transformations(endpoint),
            has_volatile_rows=bool(volatile_fields(endpoint) or self._settings.sideloads.get(endpoint.name)),
            checkpoint=None if parents else checkpoint,
            pending_rows=self._pending_rows(endpoint, row_counts),
            file_transfer=self._file_transfers.build(endpoint),
        ), checkpoint

    def _pending_rows(self, endpoint: Endpoint, row_counts: RowCounts) -> PendingRows | None:
        """Requests the records that a page lacks; without a cache, which may have an earlier form."""
        changes_from, rest_from = endpoint.options.changes_from, endpoint.options.rest_from
        source = self._endpoints.get(changes_from or rest_from)
        if source is None:
            return None
        retriever = self._retrievers.build(source, EMPTY, row_counts, ResponseCache({}))
        return (ChangedComments if changes_from else RemainingWorkItems)(endpoint.name, retriever)

    def _window(self, endpoint: Endpoint, state: State) -> Window | None:
        """The time window of the counted rows, None for none; a custom object counts only all its records."""
        if endpoint.options.search_type:
            return count_window(state, endpoint.cursor_field, self._settings.config)
        return ALL_TIME if endpoint.custom_object and not state else None

    def _checkpoint(self, endpoint: Endpoint) -> StreamCheckpoint:
        return StreamCheckpoint(endpoint.name, self._sync.states, self._sync.messages, self._sync.services)

    def _transformations(self, endpoint: Endpoint) -> list[RecordTransformation]:
        added = configured_properties(self._settings, endpoint)
        return list(
            build_transformations(
                endpoint,
                with_properties(self._manifest.record_schema(endpoint), added),
                self._settings,
                self._manifest.content["definitions"]["custom_fields"],
                self._sync.schemas.get(endpoint.name, {}),
                self._sync.services.schema_drift,
            )
        )

    def _action_stream(self, endpoint: Endpoint) -> tuple[Retriever, StreamCheckpoint]:
        checkpoint, services = self._checkpoint(endpoint), self._sync.services
        context = ActionContext(
            self._settings.actions[endpoint.name], checkpoint, self._job_slots, services.state_barrier, services.stats
        )
        return self._retrievers.component(endpoint, context), checkpoint

    def _parent_checkpoint(self, endpoint: Endpoint, parents: list[ParentSource]) -> ParentCheckpoint:
        def from_state(state: State) -> Iterator[Partition]:
            with expect_documented_shape(endpoint.name):
                try:
                    yield from iter_partitions(parents, state)
                except AirbyteTracedException as error:
                    raise ParentError(endpoint.name, error) from error

        has_inputs = endpoint.name in self._settings.inputs
        incremental = "none" if has_inputs else endpoint.incremental
        return ParentCheckpoint(
            endpoint.name,
            self._sync.states,
            self._sync.messages,
            self._sync.services,
            from_state,
            ParentPosition(
                parents_fingerprint(endpoint, self._endpoints, self._settings.inputs),
                has_inputs,
                incremental == "follows_parent",
                ("", "") if has_inputs else configuring_fields(endpoint, self._endpoints),
            ),
            keeps_child_states=incremental == "per_parent",
        )
