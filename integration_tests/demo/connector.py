"""The installed connector's commands, with config, catalog and state in files."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

CONNECTOR = Path(sys.executable).with_name("source-zendesk")
MESSAGE_FIELDS = {"CONNECTION_STATUS": "connectionStatus", "CATALOG": "catalog"}

Message = Mapping[str, Any]
Catalog = dict[str, list[dict[str, Any]]]


class Connector:
    """The installed console script, with its files in one folder."""

    def __init__(self, folder: Path, config: Mapping[str, Any]) -> None:
        self.folder = folder
        self.config = self.write("config", config)

    def write(self, name: str, content: Any) -> Path:
        """Write a JSON file for a command."""
        path = self.folder / f"{name}.json"
        path.write_bytes(orjson.dumps(content))
        return path

    def run(self, command: str, **options: Path) -> Iterator[Message]:
        """Run a command and yield its protocol messages."""
        arguments = [part for name, path in options.items() for part in (f"--{name}", str(path))]
        line = [str(CONNECTOR), command, "--config", str(self.config), *arguments]
        with subprocess.Popen(line, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            yield from map(orjson.loads, process.stdout)
        if process.returncode:
            sys.exit(f"source-zendesk {command} failed")

    def single_message(self, command: str, kind: str) -> Any:
        """Run a command and return its only message of a type."""
        (answer,) = [message[MESSAGE_FIELDS[kind]] for message in self.run(command) if message["type"] == kind]
        return answer


@dataclass
class Sync:
    """The row counts, seconds and states of a read by stream."""

    rows: Counter[str] = field(default_factory=Counter)
    started: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    states: dict[str, Any] = field(default_factory=dict)

    def record_status(self, trace: Message) -> None:
        """Record the time between a stream's first and last status."""
        if trace["type"] == "STREAM_STATUS":
            name = trace["stream_status"]["stream_descriptor"]["name"]
            begun = self.started.setdefault(name, trace["emitted_at"])
            self.seconds[name] = (trace["emitted_at"] - begun) / 1000

    def save_state(self, state: Message) -> None:
        """Store a stream's latest state."""
        self.states[state["stream"]["stream_descriptor"]["name"]] = state


def configured_catalog(stream: Message) -> dict[str, Any]:
    """A configured stream, incremental if supported."""
    modes = stream["supported_sync_modes"]
    mode = "incremental" if "incremental" in modes else "full_refresh"
    return {"stream": stream, "sync_mode": mode, "destination_sync_mode": "append"}


def catalog_of(connector: Connector, names: Sequence[str]) -> Catalog:
    """A configured catalog of the named streams; KeyError for an unknown one."""
    discovered = {stream["name"]: stream for stream in connector.single_message("discover", "CATALOG")["streams"]}
    return {"streams": [configured_catalog(discovered[name]) for name in names]}


def keys(catalog: Catalog) -> dict[str, list[str]]:
    """The primary key columns of each stream."""
    streams = [entry["stream"] for entry in catalog["streams"]]
    return {stream["name"]: [path[0] for path in stream.get("source_defined_primary_key") or []] for stream in streams}


def read(connector: Connector, catalog: Path, sync: Sync, before: Sync | None = None) -> Iterator[Message]:
    """The records of a read that resumes from the one before; counts and states are stored in `sync`."""
    state = {"state": connector.write("state", list(before.states.values()))} if before else {}
    for message in connector.run("read", catalog=catalog, **state):
        if message["type"] == "RECORD":
            sync.rows[message["record"]["stream"]] += 1
            yield message["record"]
        elif message["type"] == "STATE":
            sync.save_state(message["state"])
        elif message["type"] == "TRACE":
            sync.record_status(message["trace"])
