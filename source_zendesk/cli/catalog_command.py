"""The `catalog` command: a configured catalog from stream names."""

import argparse
import logging
from collections.abc import Iterator

import orjson
from airbyte_cdk.models import (
    AirbyteStream,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteCatalogSerializer,
    ConfiguredAirbyteStream,
    DestinationSyncMode,
    SyncMode,
)

from source_zendesk.cli import command_inputs as files
from source_zendesk.errors import ConfigError
from source_zendesk.source import SourceZendesk

LOGGER = logging.getLogger("airbyte")


def catalog_lines(args: argparse.Namespace) -> Iterator[str]:
    """The catalog of `args.streams`, or of all that is offered; raises `ConfigError` naming the streams there are not.

    Incremental where a stream can be, unless `args.full_refresh`; appended, by key where there is one.
    """
    config = files.load_inputs(args).config or {}
    source = SourceZendesk(config=config)
    config = dict(source.configure(config, ""))
    offered = source.discover(LOGGER, config).streams if args.all else []
    readable = source.readable(config).streams if args.streams else []
    found = {stream.name: stream for stream in (*readable, *offered)}
    wanted = list(dict.fromkeys([*(stream.name for stream in offered), *args.streams]))
    if unknown := [source.unknown(name) for name in wanted if name not in found]:
        raise ConfigError(" ".join(unknown))
    streams = [_configured(found[name], is_full=args.full_refresh) for name in wanted]
    catalog = ConfiguredAirbyteCatalogSerializer.dump(ConfiguredAirbyteCatalog(streams=streams))
    yield orjson.dumps(catalog, option=orjson.OPT_INDENT_2).decode()


def _configured(stream: AirbyteStream, *, is_full: bool) -> ConfiguredAirbyteStream:
    """Actions are always incremental: only so is it kept what was sent."""
    modes = stream.supported_sync_modes
    wanted = SyncMode.full_refresh if is_full else SyncMode.incremental
    key = stream.source_defined_primary_key
    return ConfiguredAirbyteStream(
        stream=stream,
        sync_mode=wanted if wanted in modes else modes[0],
        destination_sync_mode=DestinationSyncMode.append_dedup if key else DestinationSyncMode.append,
        cursor_field=stream.default_cursor_field,
        primary_key=key,
    )
