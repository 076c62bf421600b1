"""The `check` command at a terminal: one sentence instead of protocol messages."""

import argparse
import logging
from collections.abc import Iterator

from airbyte_cdk.models import Status

from source_zendesk.cli.command_inputs import load_inputs
from source_zendesk.cli.renewed_config import check_storable
from source_zendesk.errors import ConfigError
from source_zendesk.source import SourceZendesk

LOGGER = logging.getLogger("airbyte")
SUCCESS = "Success: Zendesk accepts the credentials, and the account can be read."


def check_lines(args: argparse.Namespace) -> Iterator[str]:
    """The sentence of a successful check; raises `ConfigError` with the cause and the remedy of a failed one."""
    config = load_inputs(args).config or {}
    source = SourceZendesk(config=config)
    if source.settings_for(config).has_refresh_tokens:
        check_storable(args.config)
    status = source.check(LOGGER, source.configure(config, ""))
    if status.status is Status.FAILED:
        raise ConfigError(status.message or "The check failed.")
    yield SUCCESS
