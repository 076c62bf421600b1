"""Builds the streams of a sync from the manifest."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.declarative.models.declarative_component_schema import CustomRetriever, CustomSchemaLoader
from airbyte_cdk.sources.declarative.requesters.requester import Requester
from airbyte_cdk.sources.declarative.retrievers.retriever import Retriever
from airbyte_cdk.sources.declarative.schema import SchemaLoader
from airbyte_cdk.sources.declarative.stream_slicers.declarative_partition_generator import (
    DeclarativePartitionFactory,
    StreamSlicerPartitionGenerator,
)
from airbyte_cdk.sources.message import MessageRepository
from airbyte_cdk.sources.streams.concurrent.cursor import CursorField
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream

from source_zendesk import times
from source_zendesk.checkpoint import ParentCheckpoint, StreamCheckpoint
from source_zendesk.components.jobs.job_slots import JobSlots
from source_zendesk.components.reading.arrivals import Arrivals
from source_zendesk.components.reading.brands import Brands
from source_zendesk.components.reading.cursors.progress import State
from source_zendesk.components.reading.nested_walk import NestedWalk
from source_zendesk.components.reading.page_retriever import PageRetriever
from source_zendesk.components.reading.place import Place
from source_zendesk.components.reading.shared_pages import SharedPages
from source_zendesk.components.reading.sideload_join import SideloadJoin
from source_zendesk.components.reading.slices import Parent, Slot, Walker, slots
from source_zendesk.components.reading.windows import EVER, window_of
from source_zendesk.components.reading.wiring import RecordStep, Wiring
from source_zendesk.components.requests.answer import as_documented
from source_zendesk.components.requests.component_factory import ComponentFactory
from source_zendesk.components.requests.live_budget import LiveBudget
from source_zendesk.components.requests.own_limits import OwnLimits
from source_zendesk.components.requests.patience import Patience
from source_zendesk.components.writing.action_wiring import ActionWiring
from source_zendesk.manifest import Entry, Manifest
from source_zendesk.manifest.catalog import added_by, with_added
from source_zendesk.manifest.custom_objects import KEY
from source_zendesk.messages.outlets import Outlets
from source_zendesk.settings.actions import actions_by_stream
from source_zendesk.settings.inputs import arguments_by_stream
from source_zendesk.settings.origins import origin
from source_zendesk.settings.record_steps import record_steps
from source_zendesk.settings.sideloads import includes_by_stream

NOTHING: Mapping[str, Any] = {}
BRANDS = "brands"


def shared_as(entry: Entry, query: Mapping[str, Any]) -> str:
    """What streams that read the same pages have in common; one that asks for a part of the rows reads others."""
    return f"{entry.endpoint}?{urlencode(query, doseq=True)}" if query else entry.endpoint


@dataclass(frozen=True)
class Sync:
    """What the streams of a sync share with who runs it; `schemas` are those that its catalog has, by stream."""

    messages: MessageRepository
    states: ConnectorStateManager
    outlets: Outlets
    schemas: Mapping[str, Mapping[str, Any]]
    reconciles: bool
    patience: Patience


@dataclass(frozen=True)
class Reading:
    """The read of one stream: what came, how far it went, and whether only what `inputs` names was asked for."""

    entry: Entry
    arrivals: Arrivals
    checkpoint: StreamCheckpoint
    is_asked_for: bool


class StreamBuilder:
    """Builds streams whose pages are checkpointed one by one, and hands them the pages that they share."""

    def __init__(
        self,
        manifest: Manifest,
        definitions: Mapping[str, Mapping[str, Any]],
        config: Mapping[str, Any],
        sync: Sync,
    ) -> None:
        self._entries, self._definitions, self._config, self._sync = manifest.entries, definitions, config, sync
        self._schema_of = manifest.schema_of
        self._arguments = arguments_by_stream(config, manifest)
        self._actions = actions_by_stream(config, manifest)
        self._sideloads = includes_by_stream(config, manifest)
        known = manifest.content["definitions"]
        self._references, self._column_facts = known["references"], known["custom_columns"]
        own = OwnLimits.of_definitions(known)
        budget = LiveBudget(own, sync.outlets.tally)
        self._components = ComponentFactory(sync.patience, message_repository=sync.messages, api_budget=budget)
        self._brands = Brands(config, lambda: self.rows(BRANDS), self._components.brand_origins.add)
        self._job_slots, self._shared = JobSlots(), SharedPages({})
        self._includes: dict[str, set[str]] = {}
        self.readings: list[Reading] = []

    def build(self, names: Iterable[str]) -> list[DefaultStream]:
        """The streams of these names, in this order."""
        selected = [self._entries[name] for name in names]
        readers = [endpoint for entry in selected if entry.kind != "action" for endpoint in self._endpoints(entry)]
        if any(entry.is_per_brand for entry in selected):
            readers.append(self._entries[BRANDS].endpoint)
        self._shared = SharedPages(Counter(readers))
        for entry in selected:
            wanted = [entry.sideload] if entry.sideload else self._sideloads.get(entry.name, [])
            self._includes.setdefault(entry.endpoint, set()).update(wanted)
        return [self._stream(entry) for entry in selected]

    def rows(self, name: str, values: Mapping[str, Any] = NOTHING) -> Iterator[Mapping[str, Any]]:
        """All rows of a stream, or those of a child for the `values` of one parent, outside of any sync.

        Raises `StreamSkipped` where Zendesk refuses them.
        """
        entry = self._entries[name]
        if values or not entry.parents:
            pages = self._retriever(entry, needs_all_rows=True).walk({}, values)
        else:
            pages = self._walker(entry, NOTHING, "none", Arrivals()).walk({})
        for page in pages:
            yield from page.rows

    def first_answer(self, name: str, query: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a list without parents answers first to this query, as it is, outside of any sync.

        Raises `StreamSkipped` where Zendesk refuses it.
        """
        return self._retriever(self._entries[name]).first_answer(dict(query))

    def auth_header(self, name: str) -> Mapping[str, Any]:
        """The headers that sign a request of a stream."""
        requester: Requester = self._retriever(self._entries[name]).requester
        return requester.get_authenticator().get_auth_header()

    def _endpoints(self, entry: Entry, query: Mapping[str, Any] | None = None) -> Iterator[str]:
        """The endpoints that a stream reads: its own and those of its forebears, by what they are asked."""
        yield shared_as(entry, query or {})
        if entry.name not in self._arguments:
            for parent in entry.parents:
                if "stream" in parent:
                    yield from self._endpoints(self._entries[parent["stream"]], parent.get("query"))

    def _stream(self, entry: Entry) -> DefaultStream:
        retriever, checkpoint = self._doer(entry) if entry.kind == "action" else self._reader(entry)
        schema_loader = self._schema_loader(entry)
        factory = DeclarativePartitionFactory(entry.name, schema_loader, retriever, self._sync.messages)
        return DefaultStream(
            partition_generator=StreamSlicerPartitionGenerator(factory, checkpoint),
            name=entry.name,
            json_schema=schema_loader.get_json_schema,
            primary_key=entry.primary_key,
            cursor_field=CursorField(entry.cursor_field) if entry.cursor_field else None,
            logger=logging.getLogger(f"airbyte.{entry.name}"),
            cursor=checkpoint,
        )

    def _schema_loader(self, entry: Entry) -> SchemaLoader:
        definition = dict(self._definitions[entry.name]["schema_loader"])
        loader: SchemaLoader = self._components.create_component(CustomSchemaLoader, definition, self._config)
        return loader

    def _reader(self, entry: Entry) -> tuple[Retriever, StreamCheckpoint]:
        arrivals = Arrivals(entry.tombstone)
        parents = self._parents(entry, arrivals)
        checkpoint = self._parent_checkpoint(entry, parents) if parents else self._checkpoint(entry)
        if self._sync.reconciles:
            arrivals.keys, arrivals.begun_at = entry.primary_key, times.now()
            arrivals.window = self._window(entry, checkpoint.position)
        self.readings.append(Reading(entry, arrivals, checkpoint, entry.name in self._arguments))
        kept: dict[str, Any] = {} if parents else {"checkpoint": checkpoint}
        return self._retriever(entry, arrivals=arrivals, steps=self._steps(entry), **kept), checkpoint

    def _window(self, entry: Entry, position: State) -> tuple[str, str] | None:
        """The times of the rows that are counted; the records of an object can only be counted as a whole."""
        if entry.searched_as:
            return window_of(position, entry.cursor_field, self._config)
        return EVER if KEY in entry.facts and not position else None

    def _checkpoint(self, entry: Entry) -> StreamCheckpoint:
        return StreamCheckpoint(entry.name, self._sync.states, self._sync.messages, self._sync.outlets)

    def _steps(self, entry: Entry) -> list[RecordStep]:
        own = with_added(self._schema_of(entry), added_by(self._config, entry))
        catalog, findings = self._sync.schemas.get(entry.name, {}), self._sync.outlets.findings
        return list(record_steps(entry, own, self._config, self._column_facts, catalog, findings))

    def _doer(self, entry: Entry) -> tuple[Retriever, StreamCheckpoint]:
        checkpoint, outlets = self._checkpoint(entry), self._sync.outlets
        wiring = ActionWiring(self._actions[entry.name], checkpoint, self._job_slots, outlets.outbox, outlets.tally)
        return self._component(entry, wiring), checkpoint

    def _component(self, entry: Entry, wiring: Wiring | ActionWiring) -> Any:
        definition = dict(self._definitions[entry.name]["retriever"])
        return self._components.create_component(
            CustomRetriever,
            definition,
            self._config,
            name=entry.name,
            primary_key=entry.primary_key,
            wiring=wiring,
        )

    def _retriever(
        self, entry: Entry, query: Mapping[str, Any] = NOTHING, requests_of: Arrivals | None = None, **options: Any
    ) -> PageRetriever:
        """Ask for what all streams of the endpoint need, so that they share its pages; keep what this one asked for.

        Requests for parents are `requests_of` the stream whose parents they are.
        """
        asked = self._sideloads.get(entry.name, [])
        include = frozenset(self._includes.get(entry.endpoint, ()))
        others = [self._references[name] for name in include.difference(asked) if name in self._references]
        wiring = Wiring(
            shared=self._shared,
            shared_as=shared_as(entry, query),
            query=query,
            include=include,
            sideloads=SideloadJoin(entry.name, asked, self._references),
            unasked=tuple(reference["embedded"] for reference in others if "embedded" in reference),
            arguments=frozenset(entry.required_arguments + entry.optional_arguments),
            is_asked_for=entry.name in self._arguments,
            brands=self._brands,
            pages=self._sync.outlets.pages,
            **options,
        )
        retriever: PageRetriever = self._component(entry, wiring)
        requester: Any = retriever.requester
        requester._http_client._session.hooks["response"].append((requests_of or wiring.arrivals).answered)
        return retriever

    def _parent_checkpoint(self, entry: Entry, parents: list[Parent]) -> ParentCheckpoint:
        def from_state(state: State) -> Iterator[Slot]:
            with as_documented(entry.name):
                yield from slots(parents, state)

        has_inputs = entry.name in self._arguments
        incremental = "none" if has_inputs else entry.incremental
        return ParentCheckpoint(
            entry.name,
            self._sync.states,
            self._sync.messages,
            self._sync.outlets,
            from_state,
            Place(origin(entry, self._entries, self._arguments), has_inputs, incremental == "follows_parent"),
            keeps_children=incremental == "per_parent",
        )

    def _parents(self, entry: Entry, arrivals: Arrivals) -> list[Parent]:
        given = self._arguments.get(entry.name)
        if given is not None:
            return [Parent({}, values=tuple(given))]
        return [self._parent(parent, entry.incremental, arrivals) for parent in entry.parents]

    def _parent(self, parent: Mapping[str, Any], incremental: str, arrivals: Arrivals) -> Parent:
        values = tuple({name: value} for value in parent.get("values", []) for name in parent["fields"])
        if "stream" not in parent:
            return Parent(parent["fields"], values=values)
        source = self._entries[parent["stream"]]
        return Parent(
            parent["fields"],
            walker=self._walker(source, parent.get("query", {}), incremental, arrivals),
            values=values,
            unless=parent.get("unless"),
            batch=parent.get("batch", 0),
            pattern=parent.get("pattern", ""),
            prefix=parent.get("prefix", ""),
            distinct=parent.get("distinct", False),
            begin={source.cursor_field: 0} if parent.get("from_the_beginning") else {},
        )

    def _walker(self, entry: Entry, query: Mapping[str, Any], incremental: str, arrivals: Arrivals) -> Walker:
        follows = incremental == "follows_parent"
        retriever = self._retriever(entry, query, arrivals, needs_all_rows=not follows)
        parents = self._parents(entry, arrivals)
        keeps_places = follows and entry.incremental == "per_parent"
        return NestedWalk(retriever, parents, keeps_places) if parents else retriever
