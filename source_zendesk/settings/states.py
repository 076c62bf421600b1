"""The saved state that a sync goes on from."""

from collections.abc import Iterable, Mapping
from typing import Any

from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from jsonschema import ValidationError

from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Manifest
from source_zendesk.settings.state_schemas import validator

READ_AGAIN = "Reset the stream to read it from the start."
NO_OBJECT = "__no_object"
SEND_AGAIN = "Nothing is sent; reset the stream to send all of its actions once more."


def state_errors(manifest: Manifest, states: ConnectorStateManager, names: Iterable[str]) -> dict[str, str]:
    """The error of each stream whose saved state is malformed, by the stream's name."""
    errors = {name: _state_error(manifest, name, states.get_stream_state(name, None)) for name in names}
    return {name: error for name, error in errors.items() if error}


def _state_error(manifest: Manifest, name: str, state: Any) -> str:
    """What is wrong with the state of a stream and what to do, empty where it is sound."""
    if not state:
        return ""
    endpoint = manifest.endpoints[name]
    remedy = SEND_AGAIN if endpoint.kind == "action" else READ_AGAIN
    if NO_OBJECT in state:
        return f"Stream {name}: its state is {state[NO_OBJECT]!r:.80}; expected an object. {remedy}"
    try:
        errors = sorted(validator(endpoint, manifest.endpoints).iter_errors(state), key=_depth)
    except RecursionError:
        return f"Stream {name}: its state is nested too deeply. {remedy}"
    return f"Stream {name}: {_said(errors[-1])} {remedy}" if errors else ""


def mark_malformed(messages: Any) -> None:
    """Wrap each stream's state that is no object, so that `state_errors` names it and the other streams are read.

    The protocol's own reading would refuse the whole file. Raises `ConfigError` for a shared state.
    """
    for message in messages if isinstance(messages, list) else []:
        told = message if isinstance(message, Mapping) else {}
        whole = told.get("global")
        if isinstance(whole, Mapping) and whole.get("shared_state"):
            raise ConfigError("The state has a `shared_state`, which this connector never tells; reset the connection.")
        rest = whole.get("stream_states") if isinstance(whole, Mapping) else None
        for stream in [told.get("stream"), *(rest if isinstance(rest, list) else [])]:
            state = stream.get("stream_state") if isinstance(stream, Mapping) else None
            if state is not None and not isinstance(state, Mapping):
                stream["stream_state"] = {NO_OBJECT: state}


def _depth(error: ValidationError) -> int:
    return len(error.absolute_path)


def _said(error: ValidationError) -> str:
    where = ".".join(map(str, error.absolute_path))
    place = f"its state has `{where}`" if where else "its state is"
    expected = error.schema.get("description", "something else") if isinstance(error.schema, dict) else "something else"
    return f"{place} {error.instance!r:.80}; expected {expected}."
