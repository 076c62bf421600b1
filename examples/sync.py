"""Reads a Zendesk account from any scheduler: the connector as a subprocess, its states in a file.

As a script it appends the rows of each stream to a file of its own:

    python sync.py config.json state.json rows/ tickets users
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Write = Callable[[str, list[str], list[Row]], None]
"""Takes a stream, its key (none for some) and rows, the newest of a key last; returns when they are safe."""
BATCH = 10_000

logger = logging.getLogger("zendesk")


class SyncError(Exception):
    """The connector failed; what it brought before has been written, and the next sync goes on from there."""


def sync(config: Path, state: Path, streams: Sequence[str], write: Write, command: str = "source-zendesk") -> int:
    """Bring what is new in the streams since `state` to `write`, and return how many rows that were.

    States reach the disk after the rows that they stand for were written: a sync that is killed, or whose `write`
    raises, brings some rows again and misses none. So write by key. No two syncs may share a state file at a time.
    """
    listed = _catalog(command, config, streams)
    batch = _Batch(write, state, _keys(json.loads(listed)))
    with tempfile.TemporaryDirectory() as folder:
        catalog = Path(folder) / "catalog.json"
        catalog.write_text(listed)
        line = [command, "read", "--config", str(config), "--catalog", str(catalog)]
        return _read([*line, *(["--state", str(state)] if state.exists() else [])], config, batch)


def _catalog(command: str, config: Path, streams: Sequence[str]) -> str:
    line = [command, "catalog", "--config", str(config), *streams]
    done = subprocess.run(line, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SyncError(done.stderr.strip())
    return done.stdout


def _keys(catalog: dict[str, Any]) -> dict[str, list[str]]:
    streams = [entry["stream"] for entry in catalog["streams"]]
    return {stream["name"]: [path[0] for path in stream.get("source_defined_primary_key") or []] for stream in streams}


@dataclass
class _Batch:
    """Rows that wait to be written, and the states to keep once they are."""

    write: Write
    path: Path
    keys: dict[str, list[str]]
    count: int = 0
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    states: dict[str, Row] = field(default_factory=dict)

    def add(self, record: Row) -> None:
        self.rows[record["stream"]].append(record["data"])
        self.count += 1
        if self.count % BATCH == 0:
            self.flush()

    def flush(self) -> None:
        for stream, rows in self.rows.items():
            self.write(stream, self.keys[stream], rows)
        self.rows.clear()
        if self.states:
            before = json.loads(self.path.read_text()) if self.path.exists() else []
            _replace(self.path, list({_stream(state): state for state in [*before, *self.states.values()]}.values()))
        self.states.clear()


def _stream(state: Row) -> str:
    name: str = state["stream"]["stream_descriptor"]["name"]
    return name


def _replace(path: Path, content: Any) -> None:
    """At once, so that nobody ever finds half a file."""
    new = path.with_name(f"{path.name}.new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(content))
    new.replace(path)


def _read(line: list[str], config: Path, batch: _Batch) -> int:
    errors: list[str] = []
    with subprocess.Popen(line, stdout=subprocess.PIPE) as connector:
        try:
            for message in map(json.loads, connector.stdout or ()):
                _take(message, config, batch, errors)
            batch.flush()
        except BaseException:
            connector.terminate()
            raise
    if connector.returncode:
        raise SyncError("; ".join(errors) or f"the connector ended with {connector.returncode}")
    return batch.count


def _take(message: Row, config: Path, batch: _Batch, errors: list[str]) -> None:
    match message:
        case {"type": "RECORD", "record": record}:
            batch.add(record)
        case {"type": "STATE", "state": state}:
            batch.states[_stream(state)] = state
        case {"type": "LOG", "log": log}:
            logger.log(getattr(logging, log["level"], logging.INFO), log["message"])
        case {"type": "TRACE", "trace": {"type": "ERROR", "error": error}}:
            errors.append(error["message"])
        case {"type": "CONTROL", "control": {"connectorConfig": new}}:
            _replace(config, new["config"])  # a refresh token works once; this is the next one


def _append_to(folder: Path) -> Write:
    """A destination: a file of JSON lines for each stream."""
    folder.mkdir(parents=True, exist_ok=True)

    def write(stream: str, _key: list[str], rows: list[Row]) -> None:
        with (folder / f"{stream}.jsonl").open("a") as file:
            file.writelines(f"{json.dumps(row)}\n" for row in rows)

    return write


def main() -> None:
    """Sync once; the connector's log on stderr, exit code 1 where a stream failed."""
    if len(sys.argv) < 5:
        sys.exit("usage: sync.py CONFIG STATE FOLDER STREAM...")
    config, state, folder = map(Path, sys.argv[1:4])
    # A person at a terminal is shown the progress by the connector.
    level = logging.WARNING if sys.stderr.isatty() else logging.INFO
    logging.basicConfig(level=level, format="%(levelname)s %(message)s")
    try:
        sync(config, state, sys.argv[4:], _append_to(folder))
    except SyncError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
