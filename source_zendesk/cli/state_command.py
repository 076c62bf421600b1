"""The `state` command: the latest state of each stream."""

import argparse
import logging
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from source_zendesk import json_values
from source_zendesk.cli.command_inputs import load_json, unreadable_file
from source_zendesk.cli.command_line import STDIN
from source_zendesk.cli.state_file import STATE_MARKER, parse_state, render_states, state_key, stream_name
from source_zendesk.errors import ConfigError
from source_zendesk.printable import printable_line

LOGGER = logging.getLogger("airbyte")


def state_lines(args: argparse.Namespace) -> Iterator[str]:
    """A JSON list for `--state` with the latest state of each stream, one per line; memory use is one state per stream.

    `args.messages` is a file with the output of `read`, `args.state` the state that this `read` resumed from.
    """
    latest = _initial_states(args.state)
    with ExitStack() as open_files:
        latest.update(_read_states(_open_messages(args.messages, open_files), args.messages))
    if not latest:
        LOGGER.warning("%s: the file contains no state; the next read starts from the beginning", args.messages)
    yield render_states(map(_dump, latest.values()))


def _dump(state: Mapping[str, object]) -> str:
    """The state as JSON; logs a warning for values that are invalid in JSON, which are replaced."""
    faults: list[json_values.Path] = []
    text = json_values.dumps(state, note=faults.append).decode()
    if faults:
        stream = printable_line(repr(stream_name(state)))
        LOGGER.warning("The state of %s has values that are invalid in JSON; they are replaced", stream)
    return text


def _initial_states(path: str | None) -> dict[Any, Any]:
    states = load_json(path, "--state") if path else []
    if not isinstance(states, list) or not all(isinstance(state, dict) for state in states):
        raise ConfigError(f"--state {path}: expected a list of states.")
    return {state_key(state): state for state in states}


def _open_messages(path: str, open_files: ExitStack) -> BinaryIO:
    if path == STDIN:
        # None if the parent process closed it.
        if sys.stdin is None:
            raise ConfigError("stdin is closed; name a file with the output of `read`, or pipe the output in.")
        return sys.stdin.buffer
    try:
        return open_files.enter_context(Path(path).open("rb"))
    except (OSError, ValueError) as error:
        raise unreadable_file(printable_line(path), error) from error


def _read_states(messages: Iterable[bytes], path: str) -> dict[object, object]:
    latest: dict[object, object] = {}
    try:
        for number, line in enumerate(messages, start=1):
            if STATE_MARKER.encode() in line and (state := _parse_line(line, f"{path}, line {number}")):
                latest[state_key(state)] = state
    except OSError as error:
        raise unreadable_file(printable_line(path), error) from error
    return latest


def _parse_line(line: bytes, location: str) -> Mapping[str, object] | None:
    """The state of a line; None for another message or an incomplete line."""
    try:
        return parse_state(line)
    except (ValueError, RecursionError):
        LOGGER.warning("%s: not valid JSON, maybe because `read` was interrupted; the line is skipped", location)
        return None
