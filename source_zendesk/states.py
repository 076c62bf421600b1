"""The saved state that a sync goes on from."""

from collections.abc import Iterable, Mapping
from typing import Any

from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager

from source_zendesk import times
from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Entry, Manifest


def check_states(manifest: Manifest, states: ConnectorStateManager, names: Iterable[str]) -> None:
    """Raise `ConfigError` for a stream whose saved time is none, before anything is sent."""
    for name in names:
        entry = manifest.entries[name]
        _check_time(entry, states.get_stream_state(name, None))


def _check_time(entry: Entry, state: Mapping[str, Any]) -> None:
    time = state.get(entry.cursor_field)
    if entry.cursor_field and time not in (None, "") and times.epoch(time) is None:
        raise ConfigError(
            f"Stream {entry.name}: its state has `{entry.cursor_field}` {time!r}; expected epoch seconds or a time "
            "such as 2024-01-01T00:00:00Z. Reset the stream to read it from the start."
        )
