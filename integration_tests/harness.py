"""Runs the connector's commands and parses their output."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.logger import AirbyteLogFormatter
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk import SourceZendesk
from source_zendesk.cli.command_inputs import CommandInputs
from source_zendesk.cli.entrypoint import Entrypoint
from source_zendesk.cli.run import failed_status

Row = dict[str, Any]
Message = dict[str, Any]
State = list[dict[str, Any]]

CONSOLE = Path(sys.executable).with_name("source-zendesk")
UNUSED_BY_DISCOVER = {
    *("base_url", "subdomain", "credentials", "on_behalf_of", "start_date", "num_workers", "export_page_size"),
    *("page_size", "ticket_search_lookback_days", "inputs", "actions", "allow_writes", "dry_run"),
}
"""Fields that do not change the catalog; the names in `inputs` and `actions` do."""


@dataclass
class Result:
    """The output of a command; `exit_code` is that of its process, or the one that a process would have."""

    messages: list[Message]
    exit_code: int = 0
    noise: list[str] = field(default_factory=list)
    stdout: str = ""
    stderr: str = ""

    @cached_property
    def records(self) -> dict[str, list[Row]]:
        """The rows of each stream in order of emission; empty for a stream without rows."""
        found: dict[str, list[Row]] = defaultdict(list)
        for record in self.bodies("record"):
            found[record["stream"]].append(record["data"])
        return found

    @cached_property
    def states(self) -> list[Row]:
        """All state messages."""
        return list(self.bodies("state"))

    @cached_property
    def state(self) -> State:
        """The state file for the next run."""
        return self.state_after(len(self.states))

    def state_after(self, count: int) -> State:
        """The state file after a kill behind the first `count` state messages."""
        last = {state["stream"]["stream_descriptor"]["name"]: state for state in self.states[:count]}
        return list(last.values())

    def state_of(self, stream: str) -> Row:
        """The last emitted state of a stream."""
        return self.states_of(stream)[-1]

    def states_of(self, stream: str) -> list[Row]:
        """All emitted states of a stream, in order."""
        states = [state["stream"] for state in self.states if state["stream"]["stream_descriptor"]["name"] == stream]
        return [state["stream_state"] for state in states]

    @cached_property
    def errors(self) -> list[str]:
        """The user-facing messages of all errors."""
        return [trace["error"]["message"] for trace in self.bodies("trace") if trace["type"] == "ERROR"]

    @cached_property
    def stream_errors(self) -> dict[str, str]:
        """The first error of each stream that failed."""
        found: dict[str, str] = {}
        for trace in self.bodies("trace"):
            stream = (trace.get("error") or {}).get("stream_descriptor")
            if stream:
                found.setdefault(stream["name"], trace["error"]["message"])
        return found

    @cached_property
    def statuses(self) -> dict[str, list[str]]:
        """The statuses (STARTED, RUNNING, COMPLETE, INCOMPLETE) of each stream in order."""
        found: dict[str, list[str]] = defaultdict(list)
        for trace in self.bodies("trace"):
            if trace["type"] == "STREAM_STATUS":
                status = trace["stream_status"]
                found[status["stream_descriptor"]["name"]].append(status["status"])
        return found

    @cached_property
    def logs(self) -> list[str]:
        """The texts of all log messages."""
        return [log["message"] for log in self.bodies("log")]

    @cached_property
    def warnings(self) -> list[str]:
        """The texts of all warnings."""
        return [log["message"] for log in self.bodies("log") if log["level"] == "WARN"]

    @property
    def connection_status(self) -> Row:
        """The connection status of `check`."""
        (status,) = self.bodies("connectionStatus")
        return status

    @property
    def catalog(self) -> dict[str, Row]:
        """The catalog of `discover`, by stream name."""
        (catalog,) = self.bodies("catalog")
        return {stream["name"]: stream for stream in catalog["streams"]}

    def bodies(self, kind: str) -> Iterable[Row]:
        """The bodies of all messages of a type: record, state, trace, log, spec, catalog or connectionStatus."""
        return (message[kind] for message in self.messages if message.get(kind) is not None)


def sync(
    config: Mapping[str, Any], streams: Sequence[str], state: State | None = None, mode: str | None = None
) -> Result:
    """Read streams in this process, incrementally if supported, unless `mode` is `full_refresh`."""
    catalog = configured_catalog(discover(config), streams, mode)
    return run("read", config=config, catalog=catalog, state=state)


def discover(config: Mapping[str, Any]) -> dict[str, Row]:
    """All streams of the complete catalog, and those of `inputs` and `actions`.

    Cached by the fields that change the result, since a catalog takes 10 MB and `discover` sends no request.
    """
    rest = {name: value for name, value in config.items() if name not in ("inputs", "actions")}
    streams = _discovered({**rest, "catalog": "complete"})
    named = {item["stream"] for item in (*config.get("inputs", []), *config.get("actions", []))}
    if not named:
        return streams
    return streams | _discovered({**config, "catalog": "recommended"}, frozenset(named))


_CATALOGS: dict[str, dict[str, Row]] = {}


def _discovered(config: Mapping[str, Any], names: frozenset[str] = frozenset()) -> dict[str, Row]:
    """The streams that `discover` offers; with `names`, only these."""
    key = json.dumps([_without(config, UNUSED_BY_DISCOVER), sorted(names)], sort_keys=True)
    if key not in _CATALOGS:
        result = run("discover", config=_without(config, {"base_url"}))
        assert not result.errors, result.errors
        _CATALOGS[key] = {name: row for name, row in result.catalog.items() if not names or name in names}
    return _CATALOGS[key]


def _without(config: Mapping[str, Any], names: Collection[str]) -> Row:
    return {name: value for name, value in config.items() if name not in names}


def configured_catalog(discovered: Mapping[str, Row], streams: Sequence[str], mode: str | None = None) -> Row:
    """A configured catalog of some discovered streams."""
    return {"streams": [_configured(discovered[name], mode) for name in streams]}


def _configured(stream: Row, mode: str | None) -> Row:
    mode = mode or stream["supported_sync_modes"][-1]
    return {"stream": stream, "sync_mode": mode, "destination_sync_mode": "append"}


def run(command: str, *flags: str, **files: Any) -> Result:
    """Run a command in this process through the CDK's entrypoint, with files of these contents."""
    with tempfile.TemporaryDirectory() as folder:
        line = [command, *flags, *arguments(Path(folder), files)]
        args = AirbyteEntrypoint.parse_args(line)
        catalog = SourceZendesk.read_catalog(args.catalog) if "catalog" in files else None
        state = SourceZendesk.read_state(args.state) if files.get("state") is not None else None
        with _LogCapture() as lines:
            try:
                source = SourceZendesk(catalog, files.get("config"), state)
                inputs = CommandInputs(files.get("config"), catalog, state)
                for output in Entrypoint(source, inputs).run(args):
                    lines.extend([output] if isinstance(output, str) else output.decode().split("\n")[:-1])
            except AirbyteTracedException as error:
                message = failed_status(error) if command == "check" else error.as_sanitized_airbyte_message()
                lines.append(Entrypoint.airbyte_message_to_string(message))
                return parse_output(lines, exit_code=int(command != "check"))
    return parse_output(lines)


class _LogCapture(logging.Handler):
    """Collects log records as protocol lines, as on stdout."""

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
    """Run the installed console script in a separate process."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(CONSOLE), *line, *arguments(Path(folder), files)]
        process = subprocess.run(
            command, capture_output=True, text=True, env={**os.environ, **(env or {})}, check=False
        )
    result = parse_output(process.stdout.splitlines(), exit_code=process.returncode)
    result.stdout, result.stderr = process.stdout, process.stderr
    return result


@contextmanager
def console_process(*line: str, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the console script, which is killed at the end; `options` are those of `Popen`."""
    with subprocess.Popen([str(CONSOLE), *line], **options) as process:
        try:
            yield process
        finally:
            process.kill()


def arguments(folder: Path, files: Mapping[str, Any]) -> list[str]:
    """Write each content to a file and return the command line options; a string is written unchanged."""
    line: list[str] = []
    for name, content in files.items():
        if content is not None:
            path = folder / f"{name}.json"
            path.write_text(content if isinstance(content, str) else json.dumps(content))
            line += [f"--{name}", str(path)]
    return line


def parse_output(lines: Iterable[str], exit_code: int = 0) -> Result:
    """Separate lines of stdout into protocol messages and noise."""
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
