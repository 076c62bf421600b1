"""The installed connector as a person runs it: commands whose config, catalog and state are files."""

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
    """The installed console script; its config, catalog and state are files in one folder."""

    def __init__(self, folder: Path, config: Mapping[str, Any]) -> None:
        self.folder = folder
        self.config = self.write("config", config)

    def write(self, name: str, content: Any) -> Path:
        """A JSON file that a command is pointed at."""
        path = self.folder / f"{name}.json"
        path.write_bytes(orjson.dumps(content))
        return path

    def run(self, command: str, **options: Path) -> Iterator[Message]:
        """The protocol messages of one command, as they come."""
        arguments = [part for name, path in options.items() for part in (f"--{name}", str(path))]
        line = [str(CONNECTOR), command, "--config", str(self.config), *arguments]
        with subprocess.Popen(line, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            yield from map(orjson.loads, process.stdout)
        if process.returncode:
            sys.exit(f"source-zendesk {command} failed")

    def single_message(self, command: str, kind: str) -> Any:
        """The one message of a type that a command answers with."""
        (answer,) = [message[MESSAGE_FIELDS[kind]] for message in self.run(command) if message["type"] == kind]
        return answer


@dataclass
class Sync:
    """What one read brought: rows and seconds by stream, and the state to go on from."""

    rows: Counter[str] = field(default_factory=Counter)
    started: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    states: dict[str, Any] = field(default_factory=dict)

    def record_status(self, trace: Message) -> None:
        """Keep the time of a stream's first and last status."""
        if trace["type"] == "STREAM_STATUS":
            name = trace["stream_status"]["stream_descriptor"]["name"]
            begun = self.started.setdefault(name, trace["emitted_at"])
            self.seconds[name] = (trace["emitted_at"] - begun) / 1000

    def save_state(self, state: Message) -> None:
        """Keep a stream's newest state."""
        self.states[state["stream"]["stream_descriptor"]["name"]] = state


def configured(stream: Message) -> dict[str, Any]:
    """A catalog entry that reads incrementally where the stream can."""
    modes = stream["supported_sync_modes"]
    mode = "incremental" if "incremental" in modes else "full_refresh"
    return {"stream": stream, "sync_mode": mode, "destination_sync_mode": "append"}


def catalog_of(connector: Connector, names: Sequence[str]) -> Catalog:
    """A configured catalog of the named streams; a name that is not discovered ends the demo."""
    discovered = {stream["name"]: stream for stream in connector.single_message("discover", "CATALOG")["streams"]}
    return {"streams": [configured(discovered[name]) for name in names]}


def keys(catalog: Catalog) -> dict[str, list[str]]:
    """The primary key columns of each stream."""
    streams = [entry["stream"] for entry in catalog["streams"]]
    return {stream["name"]: [path[0] for path in stream.get("source_defined_primary_key") or []] for stream in streams}


def read(connector: Connector, catalog: Path, sync: Sync, before: Sync | None = None) -> Iterator[Message]:
    """The records of one read, from where the one before stopped; what else it says is kept in `sync`."""
    state = {"state": connector.write("state", list(before.states.values()))} if before else {}
    for message in connector.run("read", catalog=catalog, **state):
        if message["type"] == "RECORD":
            sync.rows[message["record"]["stream"]] += 1
            yield message["record"]
        elif message["type"] == "STATE":
            sync.save_state(message["state"])
        elif message["type"] == "TRACE":
            sync.record_status(message["trace"])
