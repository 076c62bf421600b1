"""The source: the commands of the Airbyte protocol."""

import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from airbyte_cdk.models import (
    AirbyteCatalog,
    AirbyteConnectionStatus,
    AirbyteMessage,
    AirbyteStateMessage,
    AirbyteStream,
    ConfiguredAirbyteCatalog,
    Status,
)
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource
from airbyte_cdk.sources.message import MessageRepository, NoopMessageRepository

from source_zendesk.account import Account
from source_zendesk.checkpoint import pages_of_last_run
from source_zendesk.concurrent_read import ConcurrentRead
from source_zendesk.discovery import SelectEndpoints, describe_streams
from source_zendesk.errors import ConfigError
from source_zendesk.files.selection import check_directory_is_used, check_streams
from source_zendesk.files.staging import prepare_directory
from source_zendesk.http.adaptive_executor import AdaptiveExecutor
from source_zendesk.http.bounded_response import BoundedAdapter
from source_zendesk.http.certificates import check_certificates
from source_zendesk.http.proxies import check_proxies
from source_zendesk.http.session import CHECK_TIMEOUTS, SYNC_TIMEOUTS, Timeouts
from source_zendesk.manifest import Manifest
from source_zendesk.output.all_refused_guard import SUPPORT
from source_zendesk.output.schema_drift_report import SchemaDriftReport
from source_zendesk.output.sync_services import SyncServices
from source_zendesk.output.sync_stats import SyncStats
from source_zendesk.reconciliation import stream as reconciliation
from source_zendesk.reconciliation.reconciliation import Reconciliation
from source_zendesk.schedule import Schedule
from source_zendesk.selected_streams import SelectedStreams
from source_zendesk.settings import Settings
from source_zendesk.settings.connection import AccessCheck, Probe, describe_failure, find_failures
from source_zendesk.settings.migration import migrate
from source_zendesk.settings.offered_streams import available_endpoints, offered_endpoints
from source_zendesk.settings.product_check import block_problems, product_checks
from source_zendesk.settings.product_end import end_warnings
from source_zendesk.settings.role_warning import role_warning
from source_zendesk.settings.settings import config_schema
from source_zendesk.settings.states import per_stream_states, unused_states
from source_zendesk.settings.unknown_fields import unknown_fields
from source_zendesk.settings.unknown_streams import unknown_stream_error
from source_zendesk.streams import StreamBuilder
from source_zendesk.sync_context import SyncContext
from source_zendesk.unreadable_streams import UnreadableStreams

LOGGER = logging.getLogger("airbyte")
NO_MESSAGES = NoopMessageRepository()


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
        self._connections = BoundedAdapter()
        self._state_manager = ConnectorStateManager(per_stream_states(state or []))
        drift_report = SchemaDriftReport(collects=settings is not None and settings.collects_unknown_fields)
        self.services = SyncServices(schema_drift=drift_report, stats=stats or SyncStats())
        self._selected = SelectedStreams(catalog, manifest, settings)
        self._manifest = self._selected.manifest
        self._check_streams: list[str] = self._manifest.content["check"]["stream_names"]
        self.services.stats.set_stream_count(len(self._selected.names))
        super().__init__(
            source_config=self._manifest.subset(
                [*self._selected.names, *self._selected.needed(), *self._check_streams]
            ),
        )

    def configure(self, config: Mapping[str, Any], temp_dir: str) -> Mapping[str, Any]:
        """The migrated configuration; logs a warning for each unknown field."""
        for warning in unknown_fields(config, config_schema(self._manifest)):
            LOGGER.warning(warning)
        return migrate(config)

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        """Check the access to the account and to each product; a failure has the cause and the remedy of all that fail.

        If the user is not an administrator, or Zendesk ends a product, the message of the success is a warning. It is
        also logged, since platforms show the message of a failure only.
        """
        try:
            warnings = self._check_access(self.settings_for(config))
        except Exception as error:  # noqa: BLE001  # `check` always returns a status
            return AirbyteConnectionStatus(status=Status.FAILED, message=describe_failure(error))
        finally:
            self._connections.close()
        return AirbyteConnectionStatus(status=Status.SUCCEEDED, message=" ".join(warnings) or None)

    def _check_access(self, settings: Settings) -> list[str]:
        """The warnings of a configuration, which are also logged; raises `ConfigError` with everything that fails."""
        builder, probe = self._create_builder(settings, CHECK_TIMEOUTS), Probe(settings)
        account = AccessCheck("", settings.api_url, lambda: probe.run(builder.auth_header(self._check_streams[0])))
        failures = [*find_failures([account, *product_checks(settings)]), *block_problems(settings)]
        if failures:
            raise ConfigError(" ".join(failures))
        if settings.has_columns:
            self._describe_streams(settings, offered_endpoints)
        role = role_warning(probe.role, self._manifest, settings)
        warnings = [*([role] if role else []), *end_warnings(settings)]
        for warning in warnings:
            LOGGER.warning(warning)
        return warnings

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
        account = None
        if settings.has_columns:
            account = Account(self._create_builder(settings).rows, self._manifest.content["definitions"])
        return describe_streams(self._manifest, settings, select, account)

    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterator[AirbyteMessage]:
        """Read the streams of the catalog; a source that was built for another catalog delegates to a new one."""
        if [configured.stream.name for configured in catalog.streams] == self._selected.names:
            try:
                yield from self.services.state_barrier.wrap(self._read(config))
            finally:
                self._connections.close()
        else:
            yield from type(self)(catalog, config, state).read(logger, config, catalog, state)

    def _read(self, config: Mapping[str, Any]) -> Iterator[AirbyteMessage]:
        """Read the valid streams; the others become errors, and raise one at the end."""
        settings = self.settings_for(config)
        check_directory_is_used(self.services.files_directory, self._selected.with_files)
        if unused := unused_states(self._state_manager, self._selected.names):
            LOGGER.warning(unused)
        self._selected.warn_of_old_names()
        names = [name for name in self._selected.names if name != reconciliation.NAME]
        unreadable = UnreadableStreams.find(names, self._manifest, settings, self._state_manager)
        yield from unreadable.messages()
        yield from self._read_streams(settings, [name for name in names if name not in unreadable.by_name])
        unreadable.raise_error()

    def _read_streams(self, settings: Settings, names: list[str]) -> Iterator[AirbyteMessage]:
        """Read streams of these names, and reconcile them if the catalog has `reconciliation`."""
        pages = {name: pages_of_last_run(self._state_manager, name) for name in names}
        schedule = Schedule(self._manifest, names, pages)
        threads = schedule.threads(settings.num_workers)
        executor = AdaptiveExecutor(threads if settings.num_workers else None)
        read = ConcurrentRead(executor, threads // 2, self.logger)
        builder = self._create_builder(settings, messages=read.messages, executor=executor)
        messages, transport = read.run(builder.build(schedule.order)), self.services.page_transport
        if transport:
            messages = transport.wrap(messages, self.logger)
        accounts = {name: self._manifest.endpoints[name].options.account or SUPPORT for name in names}
        messages = self.services.all_refused_guard.wrap(messages, accounts, settings.addresses)
        try:
            yield from self._add_reconciliation(builder, messages)
        finally:
            builder.close()
            self.services.schema_drift.log_report()
            self.services.file_report.log_report()

    def _add_reconciliation(
        self, builder: StreamBuilder, messages: Iterator[AirbyteMessage]
    ) -> Iterator[AirbyteMessage]:
        """Append the messages of the stream `reconciliation` if the catalog has it."""
        if not self._selected.has_reconciliation:
            return messages
        runs = sorted(builder.runs, key=lambda run: self._selected.names.index(run.endpoint.name))
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
            messages=messages,
            states=self._state_manager,
            services=self.services,
            schemas=self._selected.schemas,
            reconciles=self._selected.has_reconciliation,
            timeouts=timeouts,
            connections=self._connections,
            executor=executor or AdaptiveExecutor(),
            with_files=self._selected.with_files,
            files_directory=self._prepare_files_directory(settings),
        )
        return StreamBuilder(self._manifest, definitions, settings, sync)

    def _prepare_files_directory(self, settings: Settings) -> Path:
        """The directory of the files, if a stream is read with files; raises `ConfigError` if it cannot be written."""
        if not self._selected.with_files:
            return Path()
        return prepare_directory(self.services.files_directory or settings.files_directory)

    def check_streams_with_files(self, names: Collection[str]) -> None:
        """Raise `ConfigError` if one of the streams that `catalog --files` names has no files."""
        check_streams(set(names), self._manifest, "--files")

    def unknown_stream_error(self, name: str, settings: Settings) -> str:
        """The error of a stream that the configuration does not offer, with the remedy."""
        return unknown_stream_error(name, self._manifest, settings)
