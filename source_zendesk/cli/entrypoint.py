"""The entrypoint of the Airbyte protocol commands."""

import argparse
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.logger import is_platform_debug_log_enabled
from airbyte_cdk.models import AirbyteMessage, ConnectorSpecification, Type
from airbyte_cdk.sources.connector_state_manager import HashableStreamDescriptor
from airbyte_cdk.utils import memory_monitor

from source_zendesk import json_values
from source_zendesk.cli.command_inputs import CommandInputs
from source_zendesk.output import redaction
from source_zendesk.output.page_transport import PageTransport, extract_page
from source_zendesk.source import SourceZendesk

Counts: TypeAlias = defaultdict[HashableStreamDescriptor, float]


class Entrypoint(AirbyteEntrypoint):
    """The CDK's entrypoint with files that are already loaded and records that are printed page by page.

    A page is printed as bytes with one line per record, and its records are counted in the statistics of the source.
    Unlike the CDK, it keeps the fields of a record that are null.
    """

    def __init__(self, source: SourceZendesk, inputs: CommandInputs) -> None:
        super().__init__(source)
        self._stats, self._inputs = source.services.stats, inputs
        source.services.page_transport = PageTransport()

    @staticmethod
    def set_up_secret_filter(config: Mapping[str, Any], _: Mapping[str, Any]) -> None:
        """Nothing: the source registered the secrets when it was built."""

    @staticmethod
    def validate_connection(source_spec: ConnectorSpecification, config: Mapping[str, Any]) -> None:
        """Nothing: the source validated the configuration when it was built."""

    @staticmethod
    def airbyte_message_to_string(airbyte_message: AirbyteMessage) -> str:
        """A message as it is printed, with secrets redacted."""
        return AirbyteEntrypoint.airbyte_message_to_string(redaction.redact(airbyte_message))

    @staticmethod
    def handle_record_counts(message: AirbyteMessage, stream_message_count: Counts) -> AirbyteMessage:
        """Count the records of a page; a state message gets the number of records since the previous state."""
        page = extract_page(message)
        if page is None:
            return AirbyteEntrypoint.handle_record_counts(message, stream_message_count)
        stream_message_count[HashableStreamDescriptor(name=page.stream_name)] += page.count
        return message

    def read(
        self, source_spec: ConnectorSpecification, config: Mapping[str, Any], catalog: Any, state: list[Any]
    ) -> Iterable[AirbyteMessage]:
        """The messages of a sync.

        Raises `AirbyteTracedException` if the container is about to run out of memory. The memory monitor is called for
        each record; the CDK would call it once per page.
        """
        counts: Counts = defaultdict(float)
        monitor = _silent_monitor()
        for message in self.source.read(self.logger, config, catalog, state):
            yield self.handle_record_counts(message, counts)
            page = extract_page(message)
            for _ in range(page.count if page else message.type is Type.RECORD):
                monitor.check_memory_usage()

    def run(self, parsed_args: argparse.Namespace) -> Iterable[str | bytes]:  # type: ignore[override]
        """The output of a command: single lines without a line break, and pages whose lines have one each."""
        if parsed_args.command == "spec":
            yield from super().run(parsed_args)
            return
        level = logging.DEBUG if parsed_args.debug or is_platform_debug_log_enabled() else logging.INFO
        for logger in (self.logger, logging.getLogger("airbyte")):
            logger.setLevel(level)
        yield from map(self._line, self._messages(parsed_args.command))

    def _messages(self, command: str) -> Iterable[AirbyteMessage]:
        spec = self.source.spec(self.logger)
        config = self.source.configure(self._inputs.config or {}, "")
        if command == "check":
            return self.check(spec, config)
        if command == "discover":
            return self.discover(spec, config)
        return self.read(spec, config, self._inputs.catalog, self._inputs.state or [])

    def _line(self, message: AirbyteMessage) -> str | bytes:
        """The output of a message: a line, or the lines of a page."""
        page, record = extract_page(message), message.record
        if page is not None:
            self._stats.add_rows(page.stream_name, page.count)
            return page.lines
        if message.type is not Type.RECORD or record is None:
            line = self.airbyte_message_to_string(message)
            self._stats.observe(message)
            return line
        self._stats.add_rows(record.stream, 1)
        row = {"stream": record.stream, "data": record.data, "emitted_at": record.emitted_at}
        return json_values.dumps({"type": "RECORD", "record": row}).decode()


def _silent_monitor() -> memory_monitor.MemoryMonitor:
    """A memory monitor that does not log its thresholds: the CDK's own one, which is private, has logged the same."""
    memory_monitor.logger.disabled = True
    try:
        return memory_monitor.MemoryMonitor()
    finally:
        memory_monitor.logger.disabled = False
