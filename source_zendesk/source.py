"""The connector as the CDK sees it."""

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from airbyte_cdk.models import (
    AirbyteCatalog,
    AirbyteConnectionStatus,
    AirbyteMessage,
    AirbyteStateMessage,
    AirbyteStream,
    AirbyteStreamStatus,
    ConfiguredAirbyteCatalog,
    Status,
    StreamDescriptor,
)
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource
from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.account import Account
from source_zendesk.errors import ConfigError
from source_zendesk.extract.schema_drift import usable_schema
from source_zendesk.http.error_text import one_line
from source_zendesk.http.proxies import check_proxies
from source_zendesk.http.session import CHECK_TIMEOUTS, SYNC_TIMEOUTS, Timeouts, check_certificates
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.catalog import (
    available_endpoints,
    configured_properties,
    describe_stream,
    offered_endpoints,
)
from source_zendesk.manifest.custom_objects import object_key, with_object_streams
from source_zendesk.output.schema_drift_report import SchemaDriftReport
from source_zendesk.output.sync_services import SyncServices
from source_zendesk.output.sync_stats import SyncStats
from source_zendesk.reconciliation import stream as reconciliation
from source_zendesk.reconciliation.counts import counting_streams
from source_zendesk.reconciliation.reconciliation import Reconciliation
from source_zendesk.schedule import Schedule
from source_zendesk.settings import config as settings
from source_zendesk.settings.actions import actions_by_stream
from source_zendesk.settings.connection import Probe, run_within
from source_zendesk.settings.inputs import includes_by_stream, inputs_by_stream, suggestions
from source_zendesk.settings.states import per_stream_states, state_errors, unused_states
from source_zendesk.settings.unknown_fields import unknown_fields
from source_zendesk.streams import StreamBuilder, SyncContext

LOGGER = logging.getLogger("airbyte")
Entries: TypeAlias = Callable[[Manifest, Mapping[str, Any]], list[Endpoint]]


class SourceZendesk(ConcurrentDeclarativeSource):
    """Reads the endpoints that `manifest.yaml` lists.

    Only the streams of a command are resolved; to resolve and build all of them would take longer than the rest of
    `discover`. Wrong settings raise `ConfigError` before anything is sent.
    """

    def __init__(
        self,
        catalog: ConfiguredAirbyteCatalog | None = None,
        config: Mapping[str, Any] | None = None,
        state: list[AirbyteStateMessage] | None = None,
        stats: SyncStats | None = None,
    ) -> None:
        self._config_as_given = dict(config or {})
        self._states = per_stream_states(state or [])
        drift_report = SchemaDriftReport(collects=self._config_as_given.get("unknown_fields") == settings.COLLECT)
        self.services = SyncServices(schema_drift=drift_report, stats=stats or SyncStats())
        streams = [each.stream for each in catalog.streams] if catalog else []
        self._schemas = {stream.name: usable_schema(stream.json_schema) for stream in streams}
        self._selected = [configured.stream.name for configured in catalog.streams] if catalog else []
        self._manifest = self._with_objects(Manifest.load())
        self._checked: list[str] = self._manifest.content["check"]["stream_names"]
        self.services.stats.set_stream_count(len(self._selected))
        super().__init__(
            catalog=catalog or ConfiguredAirbyteCatalog(streams=[]),
            config={
                "num_workers": Schedule(self._manifest, self._selected).threads(
                    settings.worker_count(self._config_as_given)
                )
            },
            state=self._states,
            source_config=self._manifest.subset(
                [*self._selected, *self._checked, *self._counting_streams(), *self._definition_streams()]
            ),
        )
        self._streams: list[AbstractStream] = []

    def _counting_streams(self) -> set[str]:
        """The streams that count the rows of others, where those are to be counted."""
        known = self._manifest.endpoints
        read = [known[name] for name in self._selected if name in known]
        return counting_streams(read, self._manifest) if reconciliation.NAME in self._selected else set()

    def _with_objects(self, manifest: Manifest) -> Manifest:
        """With a stream for each custom object that the catalog names."""
        if not settings.has_columns(self._config_as_given):
            return manifest
        return with_object_streams(manifest, filter(None, (object_key(name, manifest) for name in self._selected)))

    def _definition_streams(self) -> list[str]:
        """The streams that list the account's own fields and objects, where they are asked for."""
        known = self._manifest.content["definitions"]
        lists = [known["custom_objects"]["objects"], *(each["fields"] for each in known["custom_fields"].values())]
        return lists if settings.has_columns(self._config_as_given) else []

    def configure(self, config: Mapping[str, Any], temp_dir: str) -> Mapping[str, Any]:
        """The configuration as it was given, which is put into one form when streams are built; migrated where old.

        Warns of fields that it does not have.
        """
        for warning in unknown_fields(config, self._manifest.content["spec"]["connection_specification"]):
            LOGGER.warning(warning)
        return settings.migrate(config)

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        """Whether the settings are sound and the account gives data; the message says what to do if not."""
        try:
            sound = self._sound(config)
            builder = self._builder(sound, CHECK_TIMEOUTS)
            probe = Probe(sound)
            run_within(sound["api_url"], lambda: probe.run(builder.auth_header(self._checked[0])))
            if settings.has_columns(sound):
                self._streams_of(sound, offered_endpoints)
        except AirbyteTracedException as error:
            return AirbyteConnectionStatus(status=Status.FAILED, message=error.message)
        except Exception as error:  # whatever it is, `check` ends in a status
            cause = one_line(f"{type(error).__name__}: {error}")
            LOGGER.debug("check: %s", cause, exc_info=True)
            return AirbyteConnectionStatus(status=Status.FAILED, message=f"An error of the connector ({cause}).")
        return AirbyteConnectionStatus(status=Status.SUCCEEDED)

    def discover(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteCatalog:
        """The streams of the catalog that this configuration asks for; Zendesk is asked for `columns` alone."""
        return self._described(config, offered_endpoints)

    def readable(self, config: Mapping[str, Any]) -> AirbyteCatalog:
        """Every stream that can be read with this configuration, whichever its catalog offers."""
        return self._described(config, available_endpoints)

    def _described(self, config: Mapping[str, Any], entries_of: Entries) -> AirbyteCatalog:
        sound = self._sound(config)
        return AirbyteCatalog(streams=[*self._streams_of(sound, entries_of), reconciliation.describe_stream()])

    def _sound(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """The configuration in one form; raises `ConfigError` also for what it asks of a stream that cannot be."""
        sound = settings.parse_config(config)
        inputs_by_stream(sound, self._manifest)
        actions_by_stream(sound, self._manifest)
        includes_by_stream(sound, self._manifest)
        return sound

    def _streams_of(self, sound: Mapping[str, Any], entries_of: Entries) -> list[AirbyteStream]:
        """The streams, with what the configuration and the account's own fields add to their records."""
        if not settings.has_columns(sound):
            endpoints = entries_of(self._manifest, sound)
            return [
                describe_stream(self._manifest, endpoint, configured_properties(sound, endpoint))
                for endpoint in endpoints
            ]
        account = Account(self._builder(sound).rows, self._manifest.content["definitions"])
        manifest = with_object_streams(self._manifest, account.custom_object_keys())
        sideloading = includes_by_stream(sound, self._manifest)
        return [
            describe_stream(
                manifest,
                endpoint,
                {
                    **configured_properties(sound, endpoint),
                    **account.added_properties(endpoint, sideloading.get(endpoint.name, [])),
                },
            )
            for endpoint in entries_of(manifest, sound)
        ]

    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterator[AirbyteMessage]:
        """The records and states of the streams in the catalog, whether or not the source was built for it."""
        if [configured.stream.name for configured in catalog.streams] == self._selected:
            try:
                yield from self.services.state_barrier.wrap(self._read(logger, config, catalog, state))
            finally:
                # After a failure the CDK leaves its threads waiting for work.
                self._concurrent_source._threadpool._shutdown()
        else:
            yield from type(self)(catalog, config, state).read(logger, config, catalog, state)

    def _read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None,
    ) -> Iterator[AirbyteMessage]:
        """The messages of the streams that can be read; each other one of the catalog is an error in the end."""
        known = self._known()
        unknown = {
            name: self.unknown_stream_error(name)
            for name in self._selected
            if name not in (*known, reconciliation.NAME)
        }
        malformed = self._state_errors(known)
        if unused := unused_states(ConnectorStateManager(self._states), self._selected):
            LOGGER.warning(unused)
        for name, cause in {**unknown, **malformed}.items():
            stream = StreamDescriptor(name=name)
            yield ConfigError(cause).as_airbyte_message(stream_descriptor=stream)
            yield as_airbyte_message(stream, AirbyteStreamStatus.INCOMPLETE)
        readable = known - malformed.keys()
        named = {each.stream.name: each for each in catalog.streams if each.stream.name in readable}
        rest = ConfiguredAirbyteCatalog(streams=[named[name] for name in Schedule(self._manifest, named).order])
        messages = self.services.page_transport.wrap(super().read(logger, config, rest, state), self.logger)
        try:
            yield from self._reconciled(self.services.all_refused_guard.wrap(messages))
        finally:
            self.services.schema_drift.log_report()
        causes = {"The catalog has streams that there are not": unknown, "Streams have a malformed state": malformed}
        if found := [f"{cause}: {', '.join(names)}." for cause, names in causes.items() if names]:
            raise ConfigError(f"{' '.join(found)} The others were read.")

    def _reconciled(self, messages: Iterator[AirbyteMessage]) -> Iterator[AirbyteMessage]:
        """The messages, and those of the stream `reconciliation` where the catalog has it."""
        if reconciliation.NAME not in self._selected:
            return messages
        self.streams(self._config_as_given)
        runs = sorted(self._reading.runs, key=lambda reading: self._selected.index(reading.endpoint.name))
        return Reconciliation(runs, self._manifest, self._reading).wrap(messages)

    def streams(self, config: Mapping[str, Any]) -> list[AbstractStream]:
        """The streams of the catalog that there are, ready to be read; built once, since they share what they ask."""
        if not self._streams:
            known = self._known()
            malformed = self._state_errors(known)
            selected = [name for name in self._selected if name in known and name not in malformed]
            self._reading = self._builder(settings.parse_config(self._config_as_given))
            self._streams = list(self._reading.build(selected))
        return list(self._streams)

    def _known(self) -> set[str]:
        return {
            endpoint.name
            for endpoint in available_endpoints(self._manifest, settings.parse_config(self._config_as_given))
        }

    def _state_errors(self, known: set[str]) -> dict[str, str]:
        selected = [name for name in self._selected if name in known]
        return state_errors(self._manifest, ConnectorStateManager(self._states), selected)

    def _builder(self, sound: Mapping[str, Any], timeouts: Timeouts = SYNC_TIMEOUTS) -> StreamBuilder:
        check_certificates()
        check_proxies(sound["api_url"])
        definitions = {stream["name"]: stream for stream in self.resolved_manifest["streams"]}
        sync = SyncContext(
            self._message_repository,
            ConnectorStateManager(self._states),
            self.services,
            self._schemas,
            reconciliation.NAME in self._selected,
            timeouts,
        )
        return StreamBuilder(self._manifest, definitions, sound, sync)

    def unknown_stream_error(self, name: str) -> str:
        """Why there is no such stream, and what to do."""
        if name in self._manifest.endpoints:
            kind = self._manifest.endpoints[name].kind
            return f"Stream {name} is of kind {kind}: name it in `{kind}s` of the configuration."
        if object_key(name, self._manifest) and not settings.has_columns(self._config_as_given):
            return (
                f"Stream {name} is that of a custom object: set `custom_fields` of the configuration to `columns`, or "
                "take it out of the connection; `export_custom_object_records` has its records too."
            )
        hint = suggestions(name, self._manifest.endpoints) or "."
        return f"Stream {name}: there is no such stream{hint} docs/streams.md lists those there are."
