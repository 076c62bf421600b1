"""The saved state that a sync goes on from."""

from collections.abc import Iterable

from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from jsonschema import ValidationError

from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Manifest
from source_zendesk.state_shapes import validator

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


def _depth(error: ValidationError) -> int:
    return len(error.absolute_path)


def _said(error: ValidationError) -> str:
    where = ".".join(map(str, error.absolute_path))
    place = f"its state has `{where}`" if where else "its state is"
    expected = error.schema.get("description", "something else") if isinstance(error.schema, dict) else "something else"
    return f"{place} {error.instance!r:.80}; expected {expected}."
