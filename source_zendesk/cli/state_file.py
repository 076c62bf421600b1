"""The file of `read --state-file`: the latest state of each stream, for the next run."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from source_zendesk import json_values
from source_zendesk.cli.atomic_file import check_replaceable, replace_file
from source_zendesk.cli.stdout_writer import StdoutWriter
from source_zendesk.errors import ConfigError
from source_zendesk.printable import printable_line

OPTION = "--state-file"
# Lines without it are not parsed: most are records.
STATE_MARKER = '"STATE"'
NEW_FILE_MODE = 0o600


class StateFile:
    """A file with a list of states, as `--state` accepts it.

    The constructor raises `ConfigError` if the file cannot be written. `states` is its content, which is kept until a
    stream emits a newer state.
    """

    def __init__(self, path: str, states: Iterable[Mapping[str, Any]]) -> None:
        self._name = f"{OPTION} {printable_line(path)}"
        self._path = self._resolve(path)
        self._latest = {state_key(state): json.dumps(state) for state in states}
        self._check_writable()
        self._mode = self._path.stat().st_mode & 0o777 if self._path.exists() else NEW_FILE_MODE

    def wrap(self, lines: Iterable[str | bytes], stdout: StdoutWriter) -> Iterator[str | bytes]:
        """Pass the lines of a read on; the consumer must write a line to `stdout` before it takes the next one.

        The file contains a state only after `stdout` is durable up to this state, and before the next line is produced.
        So a kill at any time leaves a file that is not ahead of the output, and an action is sent only after the file
        has its state. Raises `ConfigError` if the file cannot be written.
        """
        for line in lines:
            yield line
            if isinstance(line, str) and STATE_MARKER in line and (state := parse_state(line)):
                stdout.drain()
                self._store(state)

    def _store(self, state: Mapping[str, Any]) -> None:
        self._latest[state_key(state)] = json_values.dumps(state).decode()
        try:
            replace_file(self._path, f"{render_states(self._latest.values())}\n", self._mode)
        except OSError as error:
            raise self._unwritable(
                error, " It contains an earlier state; the next run repeats some records."
            ) from error

    def _resolve(self, path: str) -> Path:
        try:
            return Path(path).resolve()
        except (OSError, RuntimeError, ValueError) as error:
            # A loop of symbolic links, or a null character.
            raise ConfigError(f"{self._name}: not the path of a file ({error}).") from error

    def _check_writable(self) -> None:
        folder = self._path.parent
        if not folder.is_dir():
            raise ConfigError(f"{self._name}: there is no directory {printable_line(str(folder))}; create it.")
        if self._path.exists() and not self._path.is_file():
            raise ConfigError(f"{self._name}: not a regular file; name a file in a writable directory.")
        try:
            check_replaceable(self._path)
        except OSError as error:
            raise self._unwritable(error, " Name a file in a directory that you may write to.") from error

    def _unwritable(self, error: OSError, remedy: str) -> ConfigError:
        return ConfigError(f"{self._name}: the file cannot be written ({error.strerror or error}).{remedy}")


def parse_state(line: str | bytes) -> dict[str, Any] | None:
    """The state of a STATE message; None for another message. Raises `ValueError` or `RecursionError` for no JSON."""
    message = json.loads(line)
    is_state = isinstance(message, dict) and message.get("type") == "STATE" and isinstance(message.get("state"), dict)
    return message["state"] if is_state else None


def render_states(states: Iterable[str]) -> str:
    """A JSON list of states, one per line; each is given as JSON."""
    return "[" + ",".join(f"\n{state}" for state in states) + "\n]"


def state_key(state: Mapping[str, Any]) -> tuple[str, str]:
    """The identity of a stream; malformed states are kept too, so that `read` can report them."""
    return repr(state.get("type")), repr(stream_name(state))


def stream_name(state: Mapping[str, Any]) -> object:
    """The name of the stream of a state, None if the state has none."""
    stream = state.get("stream")
    descriptor = stream.get("stream_descriptor") if isinstance(stream, Mapping) else None
    return descriptor.get("name") if isinstance(descriptor, Mapping) else None
