"""Runs the connector as its users do, and sorts what it says."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import orjson
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.logger import AirbyteLogFormatter
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk import SourceZendesk
from source_zendesk.cli.command_inputs import CommandInputs
from source_zendesk.cli.entrypoint import Entrypoint

Row = dict[str, Any]
Message = dict[str, Any]
State = list[dict[str, Any]]

CONSOLE = Path(sys.executable).with_name("source-zendesk")


@dataclass
class Result:
    """What a command said, in order; `exit_code` is that of the process, or what it would have been."""

    messages: list[Message]
    exit_code: int = 0
    noise: list[str] = field(default_factory=list)
    stderr: str = ""

    @cached_property
    def records(self) -> dict[str, list[Row]]:
        """The rows of each stream in the order they came; a stream without any has an empty list."""
        found: dict[str, list[Row]] = defaultdict(list)
        for record in self.of("record"):
            found[record["stream"]].append(record["data"])
        return found

    @cached_property
    def states(self) -> list[Row]:
        """Every state message."""
        return list(self.of("state"))

    @cached_property
    def state(self) -> State:
        """The state file that the next run would get."""
        return self.state_after(len(self.states))

    def state_after(self, count: int) -> State:
        """The state file of a run that was killed after so many state messages."""
        last = {state["stream"]["stream_descriptor"]["name"]: state for state in self.states[:count]}
        return list(last.values())

    def state_of(self, stream: str) -> Row:
        """The last state of a stream, as it was told."""
        return self.states_of(stream)[-1]

    def states_of(self, stream: str) -> list[Row]:
        """Every state of a stream, in order."""
        told = [state["stream"] for state in self.states if state["stream"]["stream_descriptor"]["name"] == stream]
        return [state["stream_state"] for state in told]

    @cached_property
    def errors(self) -> list[str]:
        """The messages of all errors that are meant for the user."""
        return [trace["error"]["message"] for trace in self.of("trace") if trace["type"] == "ERROR"]

    @cached_property
    def stream_errors(self) -> dict[str, str]:
        """The first error of each stream that failed."""
        found: dict[str, str] = {}
        for trace in self.of("trace"):
            stream = (trace.get("error") or {}).get("stream_descriptor")
            if stream:
                found.setdefault(stream["name"], trace["error"]["message"])
        return found

    @cached_property
    def statuses(self) -> dict[str, list[str]]:
        """STARTED, RUNNING, COMPLETE or INCOMPLETE, of each stream in order."""
        found: dict[str, list[str]] = defaultdict(list)
        for trace in self.of("trace"):
            if trace["type"] == "STREAM_STATUS":
                status = trace["stream_status"]
                found[status["stream_descriptor"]["name"]].append(status["status"])
        return found

    @cached_property
    def logs(self) -> list[str]:
        """The text of all log messages."""
        return [log["message"] for log in self.of("log")]

    @cached_property
    def warnings(self) -> list[str]:
        """The text of the warnings alone."""
        return [log["message"] for log in self.of("log") if log["level"] == "WARN"]

    @property
    def connection(self) -> Row:
        """The answer of `check`."""
        (status,) = self.of("connectionStatus")
        return status

    @property
    def catalog(self) -> dict[str, Row]:
        """The answer of `discover`, by stream."""
        (catalog,) = self.of("catalog")
        return {stream["name"]: stream for stream in catalog["streams"]}

    def of(self, kind: str) -> Iterable[Row]:
        """The bodies of all messages of a kind: record, state, trace, log, spec, catalog, connectionStatus."""
        return (message[kind] for message in self.messages if message.get(kind) is not None)


def sync(
    config: Mapping[str, Any], streams: Sequence[str], state: State | None = None, mode: str | None = None
) -> Result:
    """Read streams in this process; incrementally where they can, unless `mode` says `full_refresh`."""
    catalog = configured(discover(config), streams, mode)
    return run("read", config=config, catalog=catalog, state=state)


def discover(config: Mapping[str, Any]) -> dict[str, Row]:
    """All streams that can be read, whichever are recommended; the address does not matter, since nothing is asked."""
    rest = {name: value for name, value in config.items() if name != "base_url"}
    return _discovered(json.dumps({**rest, "catalog": "complete"}, sort_keys=True))


@cache
def _discovered(config: str) -> dict[str, Row]:
    result = run("discover", config=json.loads(config))
    assert not result.errors, result.errors
    return result.catalog


def configured(found: Mapping[str, Row], streams: Sequence[str], mode: str | None = None) -> Row:
    """A configured catalog of some of the streams that were discovered."""
    return {"streams": [_configured(found[name], mode) for name in streams]}


def _configured(stream: Row, mode: str | None) -> Row:
    mode = mode or stream["supported_sync_modes"][-1]
    return {"stream": stream, "sync_mode": mode, "destination_sync_mode": "append"}


def run(command: str, *flags: str, **files: Any) -> Result:
    """Run a command in this process through the CDK's entrypoint, with these contents in its files."""
    with tempfile.TemporaryDirectory() as folder:
        line = [command, *flags, *arguments(Path(folder), files)]
        args = AirbyteEntrypoint.parse_args(line)
        catalog = SourceZendesk.read_catalog(args.catalog) if "catalog" in files else None
        state = SourceZendesk.read_state(args.state) if files.get("state") is not None else None
        with _Recorder() as lines:
            try:
                source = SourceZendesk(catalog, files.get("config"), state)
                given = CommandInputs(files.get("config"), catalog, state)
                for said in Entrypoint(source, given).run(args):
                    lines.extend([said] if isinstance(said, str) else said.decode().split("\n")[:-1])
            except AirbyteTracedException as error:
                lines.append(AirbyteEntrypoint.airbyte_message_to_string(error.as_sanitized_airbyte_message()))
                return parsed(lines, exit_code=1)
    return parsed(lines)


class _Recorder(logging.Handler):
    """Adds what is logged to the lines of the protocol, as it is on stdout."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(AirbyteLogFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def __enter__(self) -> list[str]:
        logging.getLogger().addHandler(self)
        return self.lines

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)


def console(*line: str, env: Mapping[str, str] | None = None, **files: Any) -> Result:
    """Run the installed console script in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(CONSOLE), *line, *arguments(Path(folder), files)]
        ended = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(env or {})}, check=False)
    result = parsed(ended.stdout.splitlines(), exit_code=ended.returncode)
    result.stderr = ended.stderr
    return result


def arguments(folder: Path, files: Mapping[str, Any]) -> list[str]:
    """Write each content to a file and name it on the command line; a text is written as it is."""
    line: list[str] = []
    for name, content in files.items():
        if content is not None:
            path = folder / f"{name}.json"
            path.write_text(content if isinstance(content, str) else json.dumps(content))
            line += [f"--{name}", str(path)]
    return line


def parsed(lines: Iterable[str], exit_code: int = 0) -> Result:
    """Sort lines of stdout into protocol messages and noise."""
    messages: list[Message] = []
    noise: list[str] = []
    for line in lines:
        try:
            message = orjson.loads(line)
        except orjson.JSONDecodeError:
            message = None
        if isinstance(message, dict) and "type" in message:
            messages.append(message)
        else:
            noise.append(line)
    return Result(messages, exit_code, noise)
