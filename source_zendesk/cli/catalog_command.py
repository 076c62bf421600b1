"""The `catalog` command: a configured catalog from stream names."""

import argparse
import logging
from collections.abc import Iterator
from typing import Any

import orjson
from airbyte_cdk.models import (
    AirbyteStream,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteCatalogSerializer,
    ConfiguredAirbyteStream,
    DestinationSyncMode,
    SyncMode,
)

from source_zendesk.cli.command_inputs import load_inputs
from source_zendesk.cli.renewed_config import check_storable
from source_zendesk.errors import ConfigError
from source_zendesk.settings import Settings
from source_zendesk.source import SourceZendesk

LOGGER = logging.getLogger("airbyte")


def catalog_lines(args: argparse.Namespace) -> Iterator[str]:
    """The lines of a catalog with `args.streams`, or with every stream of `discover` if `args.all` is set.

    Each stream is incremental if it supports that and `args.full_refresh` is not set. Its destination mode is
    `append_dedup` if it has a primary key, otherwise `append`. Those in `args.files` include their files. Raises
    `ConfigError` for unknown streams, and for streams without files in `args.files`.
    """
    config = load_inputs(args).config or {}
    source = SourceZendesk(config=config)
    settings = source.settings_for(config)
    if settings.has_columns and settings.has_refresh_tokens:
        # Only then does the command request a token.
        check_storable(args.config)
    streams = _find_streams(args, source, dict(source.configure(config, "")), settings)
    source.check_streams_with_files(args.files)
    configured = [
        _configure(stream, is_full_refresh=args.full_refresh, includes_files=stream.name in args.files)
        for stream in streams
    ]
    catalog = ConfiguredAirbyteCatalogSerializer.dump(ConfiguredAirbyteCatalog(streams=configured))
    yield orjson.dumps(catalog, option=orjson.OPT_INDENT_2).decode()


def _find_streams(
    args: argparse.Namespace, source: SourceZendesk, config: dict[str, Any], settings: Settings
) -> list[AirbyteStream]:
    """The streams of the command line, those of `discover` first; raises `ConfigError` for unknown ones."""
    offered = source.discover(LOGGER, config).streams if args.all else []
    readable = source.readable(config).streams if args.streams or args.files else []
    available = {stream.name: stream for stream in (*readable, *offered)}
    names = list(dict.fromkeys([*(stream.name for stream in offered), *args.streams, *args.files]))
    if errors := [source.unknown_stream_error(name, settings) for name in names if name not in available]:
        raise ConfigError(" ".join(errors))
    return [available[name] for name in names]


def _configure(stream: AirbyteStream, *, is_full_refresh: bool, includes_files: bool) -> ConfiguredAirbyteStream:
    """The stream with its sync modes; actions are always incremental, because their state records what was sent."""
    modes = stream.supported_sync_modes
    preferred = SyncMode.full_refresh if is_full_refresh else SyncMode.incremental
    key = stream.source_defined_primary_key
    return ConfiguredAirbyteStream(
        stream=stream,
        sync_mode=preferred if preferred in modes else modes[0],
        destination_sync_mode=DestinationSyncMode.append_dedup if key else DestinationSyncMode.append,
        cursor_field=stream.default_cursor_field,
        primary_key=key,
        include_files=includes_files or None,
    )
