"""Builds the streams of a sync from the manifest."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from airbyte_cdk.sources.declarative.models.declarative_component_schema import CustomRetriever, CustomSchemaLoader
from airbyte_cdk.sources.declarative.retrievers.retriever import Retriever
from airbyte_cdk.sources.declarative.schema import SchemaLoader
from airbyte_cdk.sources.declarative.stream_slicers.declarative_partition_generator import (
    DeclarativePartitionFactory,
    StreamSlicerPartitionGenerator,
)
from airbyte_cdk.sources.streams.concurrent.cursor import CursorField
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream

from source_zendesk import times
from source_zendesk.checkpoint import StreamCheckpoint
from source_zendesk.extract.brands import BrandHosts
from source_zendesk.extract.cursors.base import State
from source_zendesk.extract.page_requester import cache_key
from source_zendesk.extract.page_retriever import PageRetriever
from source_zendesk.extract.parents_fingerprint import parents_fingerprint
from source_zendesk.extract.partitions import ParentSource, Partition, iter_partitions
from source_zendesk.extract.response_cache import ResponseCache
from source_zendesk.extract.row_counts import ALL_TIME, RowCounts, Window, count_window
from source_zendesk.extract.sideload_join import SideloadJoin
from source_zendesk.extract.stream_context import PendingRows, RecordTransformation, RequestContext, StreamContext
from source_zendesk.extract.substreams import ParentPosition
from source_zendesk.extract.ticket_comments import ChangedComments
from source_zendesk.extract.work_items import RemainingWorkItems
from source_zendesk.files.client import FileClient
from source_zendesk.files.limits import FileLimits
from source_zendesk.files.transfer import FileStore, FileTransfer
from source_zendesk.http.api_budget import AdaptiveApiBudget
from source_zendesk.http.component_factory import ComponentFactory
from source_zendesk.http.limit_headers import EndpointLimits
from source_zendesk.http.response import expect_documented_shape
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.catalog import with_properties
from source_zendesk.manifest.parent_ref import BRANDS
from source_zendesk.manifest.record_schema import volatile_fields
from source_zendesk.output.rate_limit_status import RateLimitStatus
from source_zendesk.parent_checkpoint import ParentCheckpoint
from source_zendesk.parent_readers import ParentReaders
from source_zendesk.record_transformations import build_transformations
from source_zendesk.settings import Settings
from source_zendesk.settings.configured_parents import configured_endpoints
from source_zendesk.settings.offered_streams import configured_properties
from source_zendesk.sync_context import StreamRun, SyncContext
from source_zendesk.writes.action_context import ActionContext
from source_zendesk.writes.job_pool import JobSlots

EMPTY: Mapping[str, Any] = {}


class StreamBuilder:
    """Builds the streams of a sync, which share responses and checkpoint page by page."""

    def __init__(
        self, manifest: Manifest, definitions: Mapping[str, Mapping[str, Any]], settings: Settings, sync: SyncContext
    ) -> None:
        self._endpoints = configured_endpoints(manifest.endpoints, settings.products)
        self._definitions, self._settings, self._sync = definitions, settings, sync
        self._load_schema = manifest.record_schema
        manifest_definitions = manifest.content["definitions"]
        self._references, self._custom_field_options = (
            manifest_definitions["references"],
            manifest_definitions["custom_fields"],
        )
        limits = EndpointLimits.from_definitions(manifest_definitions)
        self._budget = AdaptiveApiBudget(
            limits,
            sync.services.stats,
            sync.executor,
            sync.connections.reachability,
            RateLimitStatus(sync.messages),
        )
        self._components = ComponentFactory(sync.timeouts, sync.connections, api_budget=self._budget)
        self._brand_hosts = BrandHosts(settings.config, lambda: self.rows(BRANDS))
        self._job_slots, self._response_cache = JobSlots(), ResponseCache({})
        self._includes: dict[str, set[str]] = {}
        self._parent_readers = ParentReaders(self._endpoints, settings.inputs, self._retriever)
        self.runs: list[StreamRun] = []

    def build(self, names: Iterable[str]) -> list[DefaultStream]:
        """The streams of these names, in this order."""
        selected = [self._endpoints[name] for name in names]
        readers = [key for endpoint in selected if endpoint.kind != "action" for key in self._cache_keys(endpoint)]
        if any(endpoint.options.per_brand or endpoint.options.any_help_center for endpoint in selected):
            readers.append(self._endpoints[BRANDS].path)
        self._response_cache = ResponseCache(Counter(readers))
        for endpoint in selected:
            sideload, requested = endpoint.options.sideload, self._settings.sideloads.get(endpoint.name, [])
            include = [sideload] if sideload else requested
            self._includes.setdefault(endpoint.path, set()).update(include)
        return [self._stream(endpoint) for endpoint in selected]

    def rows(self, name: str, values: Mapping[str, Any] = EMPTY) -> Iterator[Mapping[str, Any]]:
        """All rows of a stream, or of a child stream for the `values` of one parent, outside a sync.

        Raises `StreamSkipped` if Zendesk refuses the request.
        """
        endpoint = self._endpoints[name]
        if values or not endpoint.parents:
            pages = self._retriever(endpoint, needs_all_rows=True).read_pages({}, values)
        else:
            pages = self._parent_readers.reader(endpoint, EMPTY, "none", RowCounts()).read_pages({})
        for page in pages:
            yield from page.rows

    def first_response(self, name: str, query: Mapping[str, Any]) -> Mapping[str, Any]:
        """The body of the first response of a list without parents to this query, outside a sync.

        Raises `StreamSkipped` if Zendesk refuses the request.
        """
        return self._retriever(self._endpoints[name]).first_response(dict(query))

    def auth_header(self, name: str) -> Mapping[str, Any]:
        """The authentication headers of a stream's requests."""
        return self._retriever(self._endpoints[name]).requester.get_authenticator().get_auth_header()

    def _cache_keys(self, endpoint: Endpoint, query: Mapping[str, Any] = EMPTY) -> Iterator[str]:
        """The cache keys of the endpoints that a stream reads: its own and those of its ancestors."""
        yield cache_key(endpoint.path, query)
        if endpoint.name not in self._settings.inputs or endpoint.kind == "input":
            for parent in endpoint.parents:
                if parent.stream:
                    yield from self._cache_keys(self._endpoints[parent.stream], parent.query)

    def _stream(self, endpoint: Endpoint) -> DefaultStream:
        retriever, checkpoint = (
            self._action_stream(endpoint) if endpoint.kind == "action" else self._read_stream(endpoint)
        )
        schema_loader = self._schema_loader(endpoint)
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

    def _schema_loader(self, endpoint: Endpoint) -> SchemaLoader:
        definition = dict(self._definitions[endpoint.name]["schema_loader"])
        loader: SchemaLoader = self._components.create_component(CustomSchemaLoader, definition, self._settings.config)
        return loader

    def _read_stream(self, endpoint: Endpoint) -> tuple[Retriever, StreamCheckpoint]:
        row_counts = RowCounts(endpoint.options.tombstone)
        parents = self._parent_readers.sources(endpoint, row_counts)
        checkpoint = self._parent_checkpoint(endpoint, parents) if parents else self._checkpoint(endpoint)
        if self._sync.reconciles:
            row_counts.keys, row_counts.sync_start = endpoint.primary_key, times.now()
            row_counts.window = self._window(endpoint, checkpoint.resume_state)
        self.runs.append(StreamRun(endpoint, row_counts, checkpoint, endpoint.name in self._settings.inputs))
        return self._retriever(
            endpoint,
            row_counts=row_counts,
            transformations=self._transformations(endpoint),
            has_volatile_rows=bool(volatile_fields(endpoint) or self._settings.sideloads.get(endpoint.name)),
            checkpoint=None if parents else checkpoint,
            pending_rows=self._pending_rows(endpoint, row_counts),
            file_transfer=self._file_transfer(endpoint),
        ), checkpoint

    def _file_transfer(self, endpoint: Endpoint) -> FileTransfer | None:
        if endpoint.name not in self._sync.with_files:
            return None
        options, store = endpoint.options, self._file_store

        def host() -> str:
            address = self._brand_hosts.help_center_address(endpoint.name) if options.any_help_center else None
            return address.public_url if address else str(self._settings.config["api_url"])

        return FileTransfer(endpoint.name, options.file, endpoint.primary_key, store, host)

    def close(self) -> None:
        """End the downloads of files."""
        if "_file_store" in vars(self):
            self._file_store.close()

    @cached_property
    def _file_store(self) -> FileStore:
        """What all streams with files share."""
        authenticator: Any = self._retriever(self._endpoints[BRANDS]).requester.get_authenticator()
        connections = self._sync.connections
        client = FileClient(
            self._settings.config, authenticator, self._brand_hosts.address_of, self._budget, connections
        )
        limits, report = FileLimits.from_config(self._settings.files), self._sync.services.file_report
        return FileStore(
            self._sync.files_directory,
            limits,
            client,
            report,
            self._settings.num_workers,
            adds_path=bool(self._settings.files_directory),
        )

    def _pending_rows(self, endpoint: Endpoint, row_counts: RowCounts) -> PendingRows | None:
        """Requests the records that a page lacks; without a cache, which may have an earlier form."""
        changes_from, rest_from = endpoint.options.changes_from, endpoint.options.rest_from
        source = self._endpoints.get(changes_from or rest_from)
        if source is None:
            return None
        retriever = self._retriever(source, EMPTY, row_counts, ResponseCache({}))
        return (ChangedComments if changes_from else RemainingWorkItems)(endpoint.name, retriever)

    def _window(self, endpoint: Endpoint, state: State) -> Window | None:
        """The time window of the counted rows, None for none; a custom object counts only all its records."""
        if endpoint.options.search_type:
            return count_window(state, endpoint.cursor_field, self._settings.config)
        return ALL_TIME if endpoint.custom_object and not state else None

    def _checkpoint(self, endpoint: Endpoint) -> StreamCheckpoint:
        return StreamCheckpoint(endpoint.name, self._sync.states, self._sync.messages, self._sync.services)

    def _transformations(self, endpoint: Endpoint) -> list[RecordTransformation]:
        schema = with_properties(self._load_schema(endpoint), configured_properties(self._settings, endpoint))
        catalog, drift_report = self._sync.schemas.get(endpoint.name, {}), self._sync.services.schema_drift
        return list(
            build_transformations(endpoint, schema, self._settings, self._custom_field_options, catalog, drift_report)
        )

    def _action_stream(self, endpoint: Endpoint) -> tuple[Retriever, StreamCheckpoint]:
        checkpoint, services = self._checkpoint(endpoint), self._sync.services
        context = ActionContext(
            self._settings.actions[endpoint.name], checkpoint, self._job_slots, services.state_barrier, services.stats
        )
        return self._component(endpoint, context), checkpoint

    def _component(self, endpoint: Endpoint, context: StreamContext | ActionContext) -> Any:
        definition = dict(self._definitions[endpoint.name]["retriever"])
        return self._components.create_component(
            CustomRetriever,
            definition,
            self._settings.config_of(endpoint.options.account),
            name=endpoint.name,
            primary_key=endpoint.primary_key,
            context=context,
        )

    def _retriever(
        self,
        endpoint: Endpoint,
        query: Mapping[str, Any] = EMPTY,
        request_counts: RowCounts | None = None,
        response_cache: ResponseCache | None = None,
        **options: Any,
    ) -> PageRetriever:
        """The retriever of an endpoint.

        It includes the sideloads of all streams of the endpoint, so that they share its pages, and joins only those of
        this stream. Requests for parents are counted in `request_counts`, those of the child stream.
        """
        sideloads = self._settings.sideloads.get(endpoint.name, [])
        include = frozenset(self._includes.get(endpoint.path, ()))
        others = [self._references[name] for name in include.difference(sideloads) if name in self._references]
        foreign = tuple(reference["embedded"] for reference in others if "embedded" in reference)
        context = StreamContext(
            request_context=RequestContext(
                response_cache=response_cache or self._response_cache,
                query=query,
                include=include,
                parameters=frozenset(endpoint.required_params + endpoint.optional_params),
                is_input=endpoint.name in self._settings.inputs,
                brand_hosts=self._brand_hosts,
                credentials_field=endpoint.options.account or "credentials",
            ),
            sideloads=SideloadJoin(endpoint.name, sideloads, self._references, foreign),
            page_transport=self._sync.services.page_transport,
            **options,
        )
        retriever: PageRetriever = self._component(endpoint, context)
        requester: Any = retriever.requester
        requester.add_response_hook((request_counts or context.row_counts).count_request)
        return retriever

    def _parent_checkpoint(self, endpoint: Endpoint, parents: list[ParentSource]) -> ParentCheckpoint:
        def from_state(state: State) -> Iterator[Partition]:
            with expect_documented_shape(endpoint.name):
                yield from iter_partitions(parents, state)

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
            ),
            keeps_child_states=incremental == "per_parent",
        )
