"""Commands of the Airbyte protocol, with records as Zendesk sent them."""

import argparse
import logging
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.logger import is_platform_debug_log_enabled
from airbyte_cdk.models import AirbyteMessage, Type

from source_zendesk import secrecy


class Entrypoint(AirbyteEntrypoint):
    """The CDK's entrypoint, but for the records of a read: the CDK leaves out the fields of a record that are null."""

    @staticmethod
    def set_up_secret_filter(config: Mapping[str, Any], _: Mapping[str, Any]) -> None:
        """Keep the secrets out of what is said, in every form."""
        secrecy.begin(config)

    @staticmethod
    def airbyte_message_to_string(airbyte_message: AirbyteMessage) -> str:
        """A message as it is printed, without secrets in what it says."""
        return AirbyteEntrypoint.airbyte_message_to_string(secrecy.filtered(airbyte_message))

    def run(self, parsed_args: argparse.Namespace) -> Iterable[str]:
        """The lines that a command prints."""
        if parsed_args.command != "read":
            yield from super().run(parsed_args)
            return
        level = logging.DEBUG if parsed_args.debug or is_platform_debug_log_enabled() else logging.INFO
        for logger in (self.logger, logging.getLogger("airbyte")):
            logger.setLevel(level)
        config = self.source.configure(self.source.read_config(parsed_args.config), "")
        catalog = self.source.read_catalog(parsed_args.catalog)
        state = self.source.read_state(parsed_args.state)
        yield from map(line, self.read(self.source.spec(self.logger), config, catalog, state))


def line(message: AirbyteMessage) -> str:
    """A message as it is printed."""
    record = message.record
    if message.type is not Type.RECORD or record is None:
        return Entrypoint.airbyte_message_to_string(message)
    told = {"stream": record.stream, "data": record.data, "emitted_at": record.emitted_at}
    return orjson.dumps({"type": "RECORD", "record": told}).decode()
