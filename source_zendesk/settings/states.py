"""Validation of the saved state from which a sync resumes."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from airbyte_cdk.models import (
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    StreamDescriptor,
)
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from jsonschema import ValidationError

from source_zendesk.errors import ConfigError
from source_zendesk.json_values import find_fault
from source_zendesk.manifest import Manifest
from source_zendesk.printable import join_first, printable_line
from source_zendesk.settings.state_schemas import validator

READ_AGAIN = "Reset the stream to read it from the start."
NOT_AN_OBJECT = "__not_an_object"
NOT_SERIALIZABLE = "__not_serializable"
SEND_AGAIN = "No action is sent; reset the stream to send all of its actions again."
SHARED_STATE = "The state has a `shared_state`, which this connector never emits; reset the connection."
MAX_NAMED = 20


def per_stream_states(messages: Sequence[AirbyteStateMessage]) -> list[AirbyteStateMessage]:
    """The last state of each stream, with type STREAM and without a namespace, because no stream here has one.

    The CDK ignores other forms: with a namespace, without a type, in the `data` of type LEGACY, or of type
    GLOBAL beside others. Raises `ConfigError` for a shared state.
    """
    latest = {
        each.stream_descriptor.name: each.stream_state for message in messages for each in _stream_states(message)
    }
    return [
        AirbyteStateMessage(
            type=AirbyteStateType.STREAM,
            stream=AirbyteStreamState(stream_descriptor=StreamDescriptor(name=name), stream_state=state),
        )
        for name, state in latest.items()
    ]


def _stream_states(message: AirbyteStateMessage) -> Iterator[AirbyteStreamState]:
    """The states in a message. `data` beside another form repeats it for old platforms."""
    if message.stream:
        yield message.stream
    elif message.global_:
        if message.global_.shared_state and vars(message.global_.shared_state):
            raise ConfigError(SHARED_STATE)
        yield from message.global_.stream_states
    else:
        for name, state in (message.data or {}).items():
            blob = AirbyteStateBlob(state if isinstance(state, Mapping) else {NOT_AN_OBJECT: state})
            yield AirbyteStreamState(StreamDescriptor(name=name), None if state is None else blob)


def unused_states(states: ConnectorStateManager, selected: Collection[str]) -> str:
    """A warning with the names of unselected streams that have a state; empty if there are none."""
    names = sorted(printable_line(key.name) for key in states.per_stream_states if key.name not in selected)
    listed = join_first(names, MAX_NAMED)
    return (
        f"The state has streams that the catalog does not have; their states are not used: {listed}." if names else ""
    )


def state_errors(manifest: Manifest, states: ConnectorStateManager, names: Iterable[str]) -> dict[str, str]:
    """The error of each stream whose saved state is malformed or under another spelling, by stream name."""
    selected = list(names)
    found = [key.name for key in states.per_stream_states]
    spellings = {_fold(name): name for name in [*found, *set(found).intersection(selected)]}
    errors = {name: _error(manifest, name, spellings.get(_fold(name), name), states) for name in selected}
    return {name: error for name, error in errors.items() if error}


def _fold(name: str) -> str:
    return name.strip().casefold()


def _error(manifest: Manifest, name: str, spelling: str, states: ConnectorStateManager) -> str:
    if spelling == name:
        return _state_error(manifest, name, states.get_stream_state(name, None))
    remedy = SEND_AGAIN if manifest.endpoints[name].kind == "action" else READ_AGAIN
    return f"Stream {name}: its state is under the name {spelling!r:.80}; rename it to {name!r}. {remedy}"


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
    whole file.
    """
    for message in messages if isinstance(messages, list) else []:
        content = message if isinstance(message, Mapping) else {}
        global_state = content.get("global")
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
