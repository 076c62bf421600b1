"""The source: the commands of the Airbyte protocol."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from pathlib import Path
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
from airbyte_cdk.sources.message import MessageRepository, NoopMessageRepository
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.account import Account
from source_zendesk.checkpoint import pages_of_last_run
from source_zendesk.concurrent_read import ConcurrentRead
from source_zendesk.errors import ConfigError
from source_zendesk.extract.schema_drift import usable_schema
from source_zendesk.files.selection import check_directory_is_used, check_streams, select_streams
from source_zendesk.files.staging import prepare_directory
from source_zendesk.http.adaptive_executor import AdaptiveExecutor
from source_zendesk.http.bounded_response import BoundedAdapter
from source_zendesk.http.error_text import one_line
from source_zendesk.http.proxies import check_proxies
from source_zendesk.http.session import CHECK_TIMEOUTS, SYNC_TIMEOUTS, Timeouts, check_certificates
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.catalog import describe_stream
from source_zendesk.manifest.custom_objects import object_key, stream_name, with_object_streams
from source_zendesk.manifest.parent_ref import BRANDS
from source_zendesk.output.schema_drift_report import SchemaDriftReport
from source_zendesk.output.sync_services import SyncServices
from source_zendesk.output.sync_stats import SyncStats
from source_zendesk.reconciliation import stream as reconciliation
from source_zendesk.reconciliation.counts import counting_streams
from source_zendesk.reconciliation.reconciliation import Reconciliation
from source_zendesk.safe_names import is_escaped
from source_zendesk.schedule import Schedule
from source_zendesk.settings import Settings
from source_zendesk.settings.connection import Probe, run_within
from source_zendesk.settings.migration import migrate
from source_zendesk.settings.offered_streams import (
    access_errors,
    available_endpoints,
    configured_properties,
    offered_endpoints,
)
from source_zendesk.settings.product_check import check_products
from source_zendesk.settings.product_end import end_warnings
from source_zendesk.settings.role_warning import role_warning
from source_zendesk.settings.settings import config_schema
from source_zendesk.settings.states import per_stream_states, state_errors, unused_states
from source_zendesk.settings.unknown_fields import unknown_fields
from source_zendesk.settings.unknown_streams import unknown_stream_error
from source_zendesk.streams import StreamBuilder
from source_zendesk.sync_context import SyncContext

LOGGER = logging.getLogger("airbyte")
OLD_STREAM_NAME = (
    "Stream %s: destinations change this name and may confuse it with others, so `discover` offers the stream as %s. "
    "This connection still reads it under the old name; if you select the new stream, it is read from the beginning"
)
NO_MESSAGES = NoopMessageRepository()
SelectEndpoints: TypeAlias = Callable[[Manifest, Settings], list[Endpoint]]


class SourceZendesk(ConcurrentDeclarativeSource):
    """Reads the endpoints of `manifest.yaml`.

    Only the streams of a command are resolved, because resolving all of them would take longer than the rest of
    `discover`. The constructor raises `ConfigError` for an invalid configuration; only `spec` needs none.
    """

    def __init__(
        self,
        catalog: ConfiguredAirbyteCatalog | None = None,
        config: Mapping[str, Any] | None = None,
        state: list[AirbyteStateMessage] | None = None,
        stats: SyncStats | None = None,
    ) -> None:
        manifest = Manifest.load()
        self._settings = settings = None if config is None else Settings.parse(dict(config), manifest)
        self._has_columns = settings is not None and settings.has_columns
        self._connections = BoundedAdapter()
        self._state_manager = ConnectorStateManager(per_stream_states(state or []))
        drift_report = SchemaDriftReport(collects=settings is not None and settings.collects_unknown_fields)
        self.services = SyncServices(schema_drift=drift_report, stats=stats or SyncStats())
        streams = [each.stream for each in catalog.streams] if catalog else []
        self._schemas = {stream.name: usable_schema(stream.json_schema) for stream in streams}
        self._selected = [configured.stream.name for configured in catalog.streams] if catalog else []
        self._manifest = self._add_object_streams(manifest)
        self._with_files = select_streams(
            catalog, self._manifest, includes_all=bool(settings and settings.files_directory)
        )
        self._check_streams: list[str] = self._manifest.content["check"]["stream_names"]
        self.services.stats.set_stream_count(len(self._selected))
        super().__init__(
            source_config=self._manifest.subset(
                [*self._selected, *self._check_streams, *self._counting_streams(), *self._definition_streams()]
            ),
        )

    def _counting_streams(self) -> set[str]:
        """The count streams of the selected streams, if the catalog has `reconciliation`."""
        endpoints = self._manifest.endpoints
        selected = [endpoints[name] for name in self._selected if name in endpoints]
        return counting_streams(selected, self._manifest) if reconciliation.NAME in self._selected else set()

    def _add_object_streams(self, manifest: Manifest) -> Manifest:
        """Add a stream for each custom object in the catalog."""
        if not self._has_columns:
            return manifest
        keys = {name: key for name in self._selected if (key := object_key(name, manifest))}
        return with_object_streams(manifest, keys)

    def _warn_of_old_names(self) -> None:
        """Log a warning for each stream of a custom object whose name an earlier version did not escape."""
        for endpoint in map(self._manifest.endpoints.get, self._selected):
            if endpoint and endpoint.custom_object and not is_escaped(endpoint.name):
                LOGGER.warning(OLD_STREAM_NAME, endpoint.name, stream_name(endpoint.custom_object, self._manifest))

    def _definition_streams(self) -> list[str]:
        """The streams that the read of others needs: definitions of custom fields and objects, brands for files."""
        content = self._manifest.content["definitions"]
        names = [content["custom_objects"]["objects"], *(each["fields"] for each in content["custom_fields"].values())]
        return [*(names if self._has_columns else []), *([BRANDS] if self._with_files else [])]

    def configure(self, config: Mapping[str, Any], temp_dir: str) -> Mapping[str, Any]:
        """The migrated configuration; logs a warning for each unknown field."""
        for warning in unknown_fields(config, config_schema(self._manifest)):
            LOGGER.warning(warning)
        return migrate(config)

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        """Check the configuration and the access to the account; the message of a failure contains the remedy.

        If the user is not an administrator, or Zendesk ends a product, the message of the success is a warning. It is
        also logged, since platforms show the message of a failure only.
        """
        try:
            settings = self.settings_for(config)
            builder = self._create_builder(settings, CHECK_TIMEOUTS)
            probe = Probe(settings)
            run_within(settings.api_url, lambda: probe.run(builder.auth_header(self._check_streams[0])))
            check_products(settings)
            if settings.has_columns:
                self._describe_streams(settings, offered_endpoints)
            role = role_warning(probe.role, self._manifest, settings)
            warnings = [*([role] if role else []), *end_warnings(settings)]
            for warning in warnings:
                LOGGER.warning(warning)
        except AirbyteTracedException as error:
            return AirbyteConnectionStatus(status=Status.FAILED, message=error.message)
        except Exception as error:  # `check` always returns a status
            cause = one_line(f"{type(error).__name__}: {error}")
            LOGGER.debug("check: %s", cause, exc_info=True)
            return AirbyteConnectionStatus(status=Status.FAILED, message=f"The connector failed ({cause}).")
        finally:
            self._connections.close()
        return AirbyteConnectionStatus(status=Status.SUCCEEDED, message=" ".join(warnings) or None)

    def discover(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteCatalog:
        """The streams that this configuration offers; sends requests only with `custom_fields: columns`."""
        return self._build_catalog(self.settings_for(config), offered_endpoints)

    def readable(self, config: Mapping[str, Any]) -> AirbyteCatalog:
        """Every stream that this configuration can read, whether or not `discover` offers it."""
        return self._build_catalog(self.settings_for(config), available_endpoints)

    def settings_for(self, config: Mapping[str, Any]) -> Settings:
        """The settings of a configuration: those that the constructor parsed, if they are of the same one."""
        if self._settings and migrate(config) == migrate(self._settings.given):
            return self._settings
        return Settings.parse(config, self._manifest)

    def _build_catalog(self, settings: Settings, select: SelectEndpoints) -> AirbyteCatalog:
        with closing(self._connections):
            streams = self._describe_streams(settings, select)
        return AirbyteCatalog(streams=[*streams, reconciliation.describe_stream()])

    def _describe_streams(self, settings: Settings, select: SelectEndpoints) -> list[AirbyteStream]:
        """The streams, with the properties that the configuration and custom fields add to their schemas."""
        if not settings.has_columns:
            return [
                describe_stream(self._manifest, endpoint, configured_properties(settings, endpoint))
                for endpoint in select(self._manifest, settings)
            ]
        account = Account(self._create_builder(settings).rows, self._manifest.content["definitions"])
        keys = {stream_name(key, self._manifest): key for key in account.custom_object_keys()}
        manifest = with_object_streams(self._manifest, keys)
        return [
            describe_stream(
                manifest,
                endpoint,
                {
                    **configured_properties(settings, endpoint),
                    **account.added_properties(endpoint, settings.sideloads.get(endpoint.name, [])),
                },
            )
            for endpoint in select(manifest, settings)
        ]

    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterator[AirbyteMessage]:
        """Read the streams of the catalog; a source that was built for another catalog delegates to a new one."""
        if [configured.stream.name for configured in catalog.streams] == self._selected:
            try:
                yield from self.services.state_barrier.wrap(self._read(config))
            finally:
                self._connections.close()
        else:
            yield from type(self)(catalog, config, state).read(logger, config, catalog, state)

    def _read(self, config: Mapping[str, Any]) -> Iterator[AirbyteMessage]:
        """Read the valid streams; unknown streams and malformed states become errors, and raise one at the end."""
        settings = self.settings_for(config)
        available = {endpoint.name for endpoint in available_endpoints(self._manifest, settings)}
        selected = [name for name in self._selected if name in available]
        unknown = [name for name in self._selected if name not in (*available, reconciliation.NAME)]
        unreadable = {
            "Unknown streams in the catalog": {name: self.unknown_stream_error(name, settings) for name in unknown},
            "Streams with a malformed state": state_errors(self._manifest, self._state_manager, selected),
            "Streams of a product without valid credentials": access_errors(self._manifest, settings, selected),
        }
        causes = {name: cause for each in unreadable.values() for name, cause in each.items()}
        check_directory_is_used(self.services.files_directory, self._with_files)
        if unused := unused_states(self._state_manager, self._selected):
            LOGGER.warning(unused)
        self._warn_of_old_names()
        for name, cause in causes.items():
            stream = StreamDescriptor(name=name)
            yield ConfigError(cause).as_airbyte_message(stream_descriptor=stream)
            yield as_airbyte_message(stream, AirbyteStreamStatus.INCOMPLETE)
        readable = [name for name in selected if name not in causes]
        page_counts = {name: pages_of_last_run(self._state_manager, name) for name in readable}
        schedule = Schedule(self._manifest, readable, page_counts)
        threads = schedule.threads(settings.num_workers)
        executor = AdaptiveExecutor(threads if settings.num_workers else None)
        read = ConcurrentRead(executor, threads // 2, self.logger)
        builder = self._create_builder(settings, messages=read.messages, executor=executor)
        messages, pages = read.run(builder.build(schedule.order)), self.services.page_transport
        if pages:
            messages = pages.wrap(messages, self.logger)
        try:
            yield from self._add_reconciliation(builder, self.services.all_refused_guard.wrap(messages))
        finally:
            builder.close()
            self.services.schema_drift.log_report()
            self.services.file_report.log_report()
        if errors := [f"{problem}: {', '.join(names)}." for problem, names in unreadable.items() if names]:
            raise ConfigError(f"{' '.join(errors)} The other streams were read.")

    def _add_reconciliation(
        self, builder: StreamBuilder, messages: Iterator[AirbyteMessage]
    ) -> Iterator[AirbyteMessage]:
        """Append the messages of the stream `reconciliation` if the catalog has it."""
        if reconciliation.NAME not in self._selected:
            return messages
        runs = sorted(builder.runs, key=lambda run: self._selected.index(run.endpoint.name))
        return Reconciliation(runs, self._manifest, builder).wrap(messages)

    def _create_builder(
        self,
        settings: Settings,
        timeouts: Timeouts = SYNC_TIMEOUTS,
        messages: MessageRepository = NO_MESSAGES,
        executor: AdaptiveExecutor | None = None,
    ) -> StreamBuilder:
        check_certificates()
        check_proxies(settings.api_url, (access.api_url for access in settings.products.values()))
        definitions = {stream["name"]: stream for stream in self.resolved_manifest["streams"]}
        sync = SyncContext(
            messages,
            self._state_manager,
            self.services,
            self._schemas,
            reconciliation.NAME in self._selected,
            timeouts,
            self._connections,
            executor or AdaptiveExecutor(),
            self._with_files,
            prepare_directory(self.services.files_directory or settings.files_directory)
            if self._with_files
            else Path(),
        )
        return StreamBuilder(self._manifest, definitions, settings, sync)

    def check_streams_with_files(self, names: Collection[str]) -> None:
        """Raise `ConfigError` if one of the streams that `catalog --files` names has no files."""
        check_streams(set(names), self._manifest, "--files")

    def unknown_stream_error(self, name: str, settings: Settings) -> str:
        """The error of a stream that the configuration does not offer, with the remedy."""
        return unknown_stream_error(name, self._manifest, settings)
