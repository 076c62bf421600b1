"""Syncs a Zendesk account from any scheduler: runs the connector as a subprocess and stores its states in a file.

As a script, it appends the rows of each stream to a separate file:

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
"""Called with a stream, its key (may be empty) and rows, the newest of a key last; returns once they are durable."""
BATCH = 10_000

logger = logging.getLogger("zendesk")


class SyncError(Exception):
    """The connector failed. Rows emitted before are written, and the next sync resumes after them."""


def sync(config: Path, state: Path, streams: Sequence[str], write: Write, command: str = "source-zendesk") -> int:
    """Pass new rows of the streams since `state` to `write`, and return their number.

    A state is stored after the rows that it covers: after a kill or an error of `write`, the next sync passes some rows
    again and misses none. So `write` must upsert. Concurrent syncs must not share a state file.
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
    """Rows to write, and the states to store afterwards."""

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
    """Replace a file atomically."""
    new = path.with_name(f"{path.name}.new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(content))
    new.replace(path)


def _read(line: list[str], config: Path, batch: _Batch) -> int:
    errors: list[str] = []
    with subprocess.Popen(line, stdout=subprocess.PIPE) as connector:
        try:
            for message in map(json.loads, connector.stdout or ()):
                _handle(message, config, batch, errors)
            batch.flush()
        except BaseException:
            connector.terminate()
            raise
    if connector.returncode:
        raise SyncError("; ".join(errors) or f"the connector ended with {connector.returncode}")
    return batch.count


def _handle(message: Row, config: Path, batch: _Batch, errors: list[str]) -> None:
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
            _replace(config, new["config"])  # a refresh token works once; the new config contains the next one


def _append_to(folder: Path) -> Write:
    """A `Write` that appends to a file of JSON lines for each stream."""
    folder.mkdir(parents=True, exist_ok=True)

    def write(stream: str, _key: list[str], rows: list[Row]) -> None:
        with (folder / f"{stream}.jsonl").open("a") as file:
            file.writelines(f"{json.dumps(row)}\n" for row in rows)

    return write


def main() -> None:
    """Sync once; logs to stderr, and exits with 1 if a stream failed."""
    if len(sys.argv) < 5:
        sys.exit("usage: sync.py CONFIG STATE FOLDER STREAM...")
    config, state, folder = map(Path, sys.argv[1:4])
    # On a terminal, the connector shows its progress itself.
    level = logging.WARNING if sys.stderr.isatty() else logging.INFO
    logging.basicConfig(level=level, format="%(levelname)s %(message)s")
    try:
        sync(config, state, sys.argv[4:], _append_to(folder))
    except SyncError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
