"""Validation of the saved state from which a sync resumes."""

from collections.abc import Iterable, Mapping
from typing import Any

from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from jsonschema import ValidationError

from source_zendesk.errors import ConfigError
from source_zendesk.json_values import find_fault
from source_zendesk.manifest import Manifest
from source_zendesk.settings.state_schemas import validator

READ_AGAIN = "Reset the stream to read it from the start."
NOT_AN_OBJECT = "__not_an_object"
NOT_SERIALIZABLE = "__not_serializable"
SEND_AGAIN = "No action is sent; reset the stream to send all of its actions again."


def state_errors(manifest: Manifest, states: ConnectorStateManager, names: Iterable[str]) -> dict[str, str]:
    """The error of each stream whose saved state is malformed, by stream name."""
    errors = {name: _state_error(manifest, name, states.get_stream_state(name, None)) for name in names}
    return {name: error for name, error in errors.items() if error}


def _state_error(manifest: Manifest, name: str, state: Any) -> str:
    """The error of the state of a stream and the remedy; empty if the state is valid."""
    if not state:
        return ""
    endpoint = manifest.endpoints[name]
    remedy = SEND_AGAIN if endpoint.kind == "action" else READ_AGAIN
    if NOT_SERIALIZABLE in state:
        return f"Stream {name}: its state {state[NOT_SERIALIZABLE]}. {remedy}"
    if NOT_AN_OBJECT in state:
        return f"Stream {name}: its state is {state[NOT_AN_OBJECT]!r:.80}; expected an object. {remedy}"
    try:
        errors = sorted(validator(endpoint, manifest.endpoints).iter_errors(state), key=_depth)
    except RecursionError:
        return f"Stream {name}: its state is nested too deeply. {remedy}"
    return f"Stream {name}: {_describe(errors[-1])} {remedy}" if errors else ""


def mark_malformed(messages: Any) -> None:
    """Wrap each stream state that is not an object, so that `state_errors` reports it and other streams are read.

    The same holds for a state that is nested too deeply or contains half of a surrogate pair. The CDK would reject the
    whole file. Raises `ConfigError` for a shared state.
    """
    for message in messages if isinstance(messages, list) else []:
        content = message if isinstance(message, Mapping) else {}
        global_state = content.get("global")
        if isinstance(global_state, Mapping) and global_state.get("shared_state"):
            raise ConfigError("The state has a `shared_state`, which this connector never emits; reset the connection.")
        others = global_state.get("stream_states") if isinstance(global_state, Mapping) else None
        for stream in [content.get("stream"), *(others if isinstance(others, list) else [])]:
            state = stream.get("stream_state") if isinstance(stream, Mapping) else None
            if state is not None and not isinstance(state, Mapping):
                stream["stream_state"] = {NOT_AN_OBJECT: state}
            elif fault := find_fault(state):
                stream["stream_state"] = {NOT_SERIALIZABLE: f"has `{fault.path}`, which {fault.cause}"}


def _depth(error: ValidationError) -> int:
    return len(error.absolute_path)


def _describe(error: ValidationError) -> str:
    path = ".".join(map(str, error.absolute_path))
    location = f"its state has `{path}`" if path else "its state is"
    expected = error.schema.get("description", "something else") if isinstance(error.schema, dict) else "something else"
    return f"{location} {error.instance!r:.80}; expected {expected}."
