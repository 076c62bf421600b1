"""Builds the retrievers of a sync, which share their connections, rate limits and responses."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from airbyte_cdk.sources.declarative.models.declarative_component_schema import CustomRetriever, CustomSchemaLoader
from airbyte_cdk.sources.declarative.schema import SchemaLoader

from source_zendesk.extract.brands import BrandHosts
from source_zendesk.extract.page_requester import cache_key
from source_zendesk.extract.page_retriever import PageRetriever
from source_zendesk.extract.response_cache import ResponseCache
from source_zendesk.extract.row_counts import RowCounts
from source_zendesk.extract.sideload_join import SideloadJoin
from source_zendesk.extract.stream_context import RequestContext, StreamContext
from source_zendesk.http.api_budget import AdaptiveApiBudget
from source_zendesk.http.component_factory import ComponentFactory
from source_zendesk.http.endpoint_limits import EndpointLimits
from source_zendesk.manifest import Endpoint
from source_zendesk.manifest.parent_ref import BRANDS
from source_zendesk.output.rate_limit_status import RateLimitStatus
from source_zendesk.settings import Settings
from source_zendesk.sync_context import SyncContext
from source_zendesk.writes.action_context import ActionContext

EMPTY: Mapping[str, Any] = {}


class RetrieverFactory:
    """Builds the retrievers of `endpoints` from their resolved `definitions`, by name of the stream.

    `manifest_definitions` are the definitions of `manifest.yaml`. All retrievers share the `budget` of rate limits and
    the `brand_hosts`.
    """

    def __init__(
        self,
        endpoints: Mapping[str, Endpoint],
        definitions: Mapping[str, Mapping[str, Any]],
        manifest_definitions: Mapping[str, Any],
        settings: Settings,
        sync: SyncContext,
    ) -> None:
        self._endpoints, self._definitions, self._settings = endpoints, definitions, settings
        self._references, self._page_transport = manifest_definitions["references"], sync.services.page_transport
        self.budget = AdaptiveApiBudget(
            EndpointLimits.from_definitions(manifest_definitions),
            sync.services.stats,
            sync.executor,
            sync.connections.reachability,
            RateLimitStatus(sync.messages),
        )
        self._components = ComponentFactory(sync.timeouts, sync.connections, api_budget=self.budget)
        self._on_page = sync.services.all_refused_guard.note_page
        self.brand_hosts = BrandHosts(settings.config, self._brands)
        self._response_cache = ResponseCache({})
        self._includes: dict[str, set[str]] = {}

    def share_responses(self, selected: Iterable[Endpoint]) -> None:
        """Cache the responses that several of these streams read; retrievers that are built later use the cache.

        Streams of one endpoint also request the sideloads of each other, so that they share its pages.
        """
        selected = list(selected)
        readers = [key for endpoint in selected if endpoint.kind != "action" for key in self._cache_keys(endpoint)]
        if any(endpoint.options.per_brand or endpoint.options.any_help_center for endpoint in selected):
            readers.append(self._endpoints[BRANDS].path)
        self._response_cache = ResponseCache(Counter(readers))
        for endpoint in selected:
            sideload, requested = endpoint.options.sideload, self._sideloads(endpoint)
            self._includes.setdefault(endpoint.path, set()).update([sideload] if sideload else requested)

    def _cache_keys(self, endpoint: Endpoint, query: Mapping[str, Any] = EMPTY) -> Iterator[str]:
        """The cache keys of the endpoints that a stream reads: its own and those of its ancestors."""
        yield cache_key(endpoint.path, query)
        if endpoint.name not in self._settings.inputs or endpoint.kind == "input":
            for parent in endpoint.parents:
                if parent.stream:
                    yield from self._cache_keys(self._endpoints[parent.stream], parent.query)

    def build(
        self,
        endpoint: Endpoint,
        query: Mapping[str, Any] = EMPTY,
        request_counts: RowCounts | None = None,
        response_cache: ResponseCache | None = None,
        **options: Any,
    ) -> PageRetriever:
        """The retriever of an endpoint; `options` are further fields of its `StreamContext`.

        Requests for parents are counted in `request_counts`, those of the child stream.
        """
        sideloads, include = self._sideloads(endpoint), frozenset(self._includes.get(endpoint.path, ()))
        context = StreamContext(
            request_context=RequestContext(
                response_cache=response_cache or self._response_cache,
                query=query,
                include=include,
                parameters=frozenset(endpoint.required_params + endpoint.optional_params),
                is_input=endpoint.name in self._settings.inputs,
                brand_hosts=self.brand_hosts,
                credentials_field=endpoint.options.account or "credentials",
                on_page=self._on_page,
            ),
            sideloads=SideloadJoin(
                endpoint.name, sideloads, self._references, self._foreign_fields(include.difference(sideloads))
            ),
            page_transport=self._page_transport,
            **options,
        )
        retriever: PageRetriever = self.component(endpoint, context)
        requester: Any = retriever.requester
        requester.add_response_hook((request_counts or context.row_counts).count_request)
        return retriever

    def _sideloads(self, endpoint: Endpoint) -> list[str]:
        return self._settings.sideloads.get(endpoint.name, [])

    def _foreign_fields(self, foreign: Iterable[str]) -> tuple[str, ...]:
        """The fields of records with the sideloads that only other streams of the endpoint request."""
        references = [self._references[name] for name in foreign if name in self._references]
        return tuple(reference["embedded"] for reference in references if "embedded" in reference)

    def component(self, endpoint: Endpoint, context: StreamContext | ActionContext) -> Any:
        """The component that the manifest names as the retriever of an endpoint."""
        return self._components.create_component(
            CustomRetriever,
            dict(self._definitions[endpoint.name]["retriever"]),
            self._settings.config_of(endpoint.options.account),
            name=endpoint.name,
            primary_key=endpoint.primary_key,
            context=context,
        )

    def schema_loader(self, endpoint: Endpoint) -> SchemaLoader:
        """The schema loader of an endpoint."""
        definition = dict(self._definitions[endpoint.name]["schema_loader"])
        loader: SchemaLoader = self._components.create_component(CustomSchemaLoader, definition, self._settings.config)
        return loader

    def authenticator(self, name: str) -> Any:
        """The authenticator of a stream's requests."""
        requester: Any = self.build(self._endpoints[name]).requester
        return requester.get_authenticator()

    def _brands(self) -> Iterator[Mapping[str, Any]]:
        for page in self.build(self._endpoints[BRANDS], needs_all_rows=True).read_pages({}):
            yield from page.rows
