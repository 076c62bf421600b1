"""The entrypoint of the protocol commands."""

import argparse
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.logger import is_platform_debug_log_enabled
from airbyte_cdk.models import AirbyteMessage, ConnectorSpecification, Type
from airbyte_cdk.sources.connector_state_manager import HashableStreamDescriptor
from airbyte_cdk.utils.memory_monitor import MemoryMonitor

from source_zendesk import json_values
from source_zendesk.cli.command_inputs import CommandInputs
from source_zendesk.output import redaction
from source_zendesk.output.page_transport import page_of
from source_zendesk.output.sync_stats import SyncStats
from source_zendesk.settings import config as settings
from source_zendesk.settings.specification import check_specification
from source_zendesk.source import SourceZendesk


class RowMonitor:
    """Has the CDK's monitor look at the memory once in so many rows, as it does in so many records, and not pages."""

    def __init__(self, monitor: MemoryMonitor, stats: SyncStats) -> None:
        self._monitor, self._stats, self._seen = monitor, stats, 0

    def check_memory_usage(self) -> None:
        """Count what was printed since the last time.

        Raises `AirbyteTracedException` where the container is about to run out of memory.
        """
        printed = self._stats.printed
        for _ in range(printed - self._seen):
            self._monitor.check_memory_usage()
        self._seen = printed


Counts: TypeAlias = defaultdict[HashableStreamDescriptor, float]


class Entrypoint(AirbyteEntrypoint):
    """The CDK's entrypoint, but for the files, which are read already, and for the records of a read.

    The CDK leaves out the fields of a record that are null. They are printed page by page, as bytes that hold a line
    for each, and counted in the tally of the source.
    """

    def __init__(self, source: SourceZendesk, given: CommandInputs) -> None:
        super().__init__(source)
        self._stats, self._given = source.services.stats, given
        source.services.page_transport.serialize_pages = True
        self._memory_monitor = RowMonitor(self._memory_monitor, self._stats)  # type: ignore[assignment]  # all that is asked of it

    @staticmethod
    def set_up_secret_filter(config: Mapping[str, Any], _: Mapping[str, Any]) -> None:
        """Keep the secrets out of what is said, in every form."""
        redaction.reset(config)

    @staticmethod
    def validate_connection(source_spec: ConnectorSpecification, config: Mapping[str, Any]) -> None:
        """Raise `ConfigError`, which names the field, for what the connector or its specification refuses."""
        settings.parse_config(config)
        check_specification(config, source_spec.connectionSpecification)

    @staticmethod
    def airbyte_message_to_string(airbyte_message: AirbyteMessage) -> str:
        """A message as it is printed, without secrets in what it says."""
        return AirbyteEntrypoint.airbyte_message_to_string(redaction.redact(airbyte_message))

    @staticmethod
    def handle_record_counts(message: AirbyteMessage, stream_message_count: Counts) -> AirbyteMessage:
        """The message, which tells, where it is a state, how many records have come since the one before."""
        page = page_of(message)
        if page is None:
            return AirbyteEntrypoint.handle_record_counts(message, stream_message_count)
        stream_message_count[HashableStreamDescriptor(name=page.stream)] += page.count
        return message

    def run(self, parsed_args: argparse.Namespace) -> Iterable[str | bytes]:  # type: ignore[override]
        """What a command prints: lines without the line break at the end, and pages of lines with theirs."""
        if parsed_args.command == "spec":
            yield from super().run(parsed_args)
            return
        level = logging.DEBUG if parsed_args.debug or is_platform_debug_log_enabled() else logging.INFO
        for logger in (self.logger, logging.getLogger("airbyte")):
            logger.setLevel(level)
        yield from map(self._line, self._messages(parsed_args.command))

    def _messages(self, command: str) -> Iterable[AirbyteMessage]:
        spec = self.source.spec(self.logger)
        config = self.source.configure(self._given.config or {}, "")
        if command == "check":
            return self.check(spec, config)
        if command == "discover":
            return self.discover(spec, config)
        return self.read(spec, config, self._given.catalog, self._given.state or [])

    def _line(self, message: AirbyteMessage) -> str | bytes:
        """What is printed of a message: a line, or the lines of a page."""
        page, record = page_of(message), message.record
        if page is not None:
            self._stats.add_rows(page.stream, page.count)
            return page.lines
        if message.type is not Type.RECORD or record is None:
            told = self.airbyte_message_to_string(message)
            self._stats.observe(message)
            return told
        self._stats.add_rows(record.stream, 1)
        row = {"stream": record.stream, "data": record.data, "emitted_at": record.emitted_at}
        return json_values.dumps({"type": "RECORD", "record": row}).decode()
