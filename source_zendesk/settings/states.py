"""The saved state that a sync goes on from."""

from collections.abc import Iterable, Mapping
from typing import Any

from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from jsonschema import ValidationError

from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Manifest
from source_zendesk.settings.state_shapes import validator

READ_AGAIN = "Reset the stream to read it from the start."
SEND_AGAIN = "Nothing is sent; reset the stream to send all of its actions once more."


def check_states(manifest: Manifest, states: ConnectorStateManager, names: Iterable[str]) -> None:
    """Raise `ConfigError` for a stream whose saved state cannot be gone on from, before anything is sent."""
    for name in names:
        state = states.get_stream_state(name, None)
        if not state:
            continue
        entry = manifest.entries[name]
        remedy = SEND_AGAIN if entry.kind == "action" else READ_AGAIN
        try:
            errors = sorted(validator(entry, manifest.entries).iter_errors(state), key=_depth)
        except RecursionError:
            raise ConfigError(f"Stream {name}: its state is nested too deeply. {remedy}") from None
        if errors:
            raise ConfigError(f"Stream {name}: {_said(errors[-1])} {remedy}")


def check_messages(messages: Any) -> None:
    """Raise `ConfigError` for a state file that the protocol's own reading of it would refuse without a name."""
    for message in messages if isinstance(messages, list) else []:
        told = message if isinstance(message, Mapping) else {}
        whole = told.get("global")
        if isinstance(whole, Mapping) and whole.get("shared_state"):
            raise ConfigError("The state has a `shared_state`, which this connector never tells; reset the connection.")
        rest = whole.get("stream_states") if isinstance(whole, Mapping) else None
        for stream in [told.get("stream"), *(rest if isinstance(rest, list) else [])]:
            _check_message(stream if isinstance(stream, Mapping) else {})


def _check_message(stream: Mapping[str, Any]) -> None:
    state, descriptor = stream.get("stream_state"), stream.get("stream_descriptor")
    name = descriptor.get("name") if isinstance(descriptor, Mapping) else None
    if state is not None and not isinstance(state, Mapping):
        raise ConfigError(f"Stream {name}: its state is {state!r:.80}; expected an object. {READ_AGAIN}")


def _depth(error: ValidationError) -> int:
    return len(error.absolute_path)


def _said(error: ValidationError) -> str:
    where = ".".join(map(str, error.absolute_path))
    place = f"its state has `{where}`" if where else "its state is"
    expected = error.schema.get("description", "something else") if isinstance(error.schema, dict) else "something else"
    return f"{place} {error.instance!r:.80}; expected {expected}."
