"""The `state` command: the newest state of each stream."""

import argparse
import logging
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from source_zendesk.cli import command_inputs as files
from source_zendesk.cli.command_line import STDIN
from source_zendesk.errors import ConfigError
from source_zendesk.printable import printable_line

LOGGER = logging.getLogger("airbyte")
# Most lines are records, which need not be parsed.
STATE_MARKER = b'"STATE"'


def state_lines(args: argparse.Namespace) -> Iterator[str]:
    """A JSON list of states, one a line, such as `--state` takes; never more than one for each stream is kept.

    `args.messages` is what `read` printed, `args.state` the state that it went on from.
    """
    newest = _initial_states(args.state)
    with ExitStack() as open_files:
        newest.update(_read_states(_open_messages(args.messages, open_files), args.messages))
    if not newest:
        LOGGER.warning("%s: it holds no state, so the next read begins from the start", args.messages)
    yield "[" + ",".join(f"\n{orjson.dumps(state).decode()}" for state in newest.values()) + "\n]"


def _initial_states(path: str | None) -> dict[Any, Any]:
    states = files.load_json(path, "state") if path else []
    if not isinstance(states, list) or not all(isinstance(state, dict) for state in states):
        raise ConfigError(f"--state {path}: expected a list of states.")
    return {_key(state): state for state in states}


def _open_messages(path: str, open_files: ExitStack) -> BinaryIO:
    if path == STDIN:
        return sys.stdin.buffer
    try:
        return open_files.enter_context(Path(path).open("rb"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{printable_line(path)}: the file cannot be read ({files.cause(error)}).") from error


def _read_states(messages: Iterable[bytes], path: str) -> dict[Any, Any]:
    newest: dict[Any, Any] = {}
    try:
        for number, line in enumerate(messages, start=1):
            if STATE_MARKER in line and (state := _parse_state(line, f"{path}, line {number}")):
                newest[_key(state)] = state
    except OSError as error:
        raise ConfigError(f"{printable_line(path)}: the file cannot be read ({files.cause(error)}).") from error
    return newest


def _parse_state(line: bytes, place: str) -> Mapping[str, Any] | None:
    """The state of a line, None where it is another message, or the half of one that a read was ended in."""
    try:
        message = orjson.loads(line)
    except orjson.JSONDecodeError:
        LOGGER.warning("%s: no JSON, as where a read is ended within a line; the states before it count", place)
        return None
    is_state = isinstance(message, dict) and message.get("type") == "STATE" and isinstance(message.get("state"), dict)
    return message["state"] if is_state else None


def _key(state: Mapping[str, Any]) -> tuple[str, str, str]:
    """What tells the states of streams apart; those of an odd shape are kept as they are, and `read` refuses them."""
    stream = state.get("stream")
    descriptor = stream.get("stream_descriptor") if isinstance(stream, Mapping) else None
    place = descriptor if isinstance(descriptor, Mapping) else {}
    return repr(state.get("type")), repr(place.get("namespace")), repr(place.get("name"))
