"""What `make demo` shows: a full and an incremental sync of the emulator over HTTP into a DuckDB file."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import orjson
import yaml

from integration_tests.emulator import Emulator

ROOT = Path(__file__).resolve().parents[1]
CONNECTOR = Path(sys.executable).with_name("source-zendesk")
DATABASE = Path("demo.duckdb")
TICKETS = 5000
ANSWERS = {"CONNECTION_STATUS": "connectionStatus", "CATALOG": "catalog"}
QUERY = """SELECT g.name AS "group", count(*) AS tickets, count(*) FILTER (WHERE t.status = 'solved') AS solved,
       max(t.updated_at) AS last_change
FROM tickets t JOIN groups g ON g.id = t.group_id
GROUP BY g.name ORDER BY last_change DESC LIMIT 5"""

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

    def only(self, command: str, kind: str) -> Any:
        """The one message of a type that a command answers with."""
        (answer,) = [message[ANSWERS[kind]] for message in self.run(command) if message["type"] == kind]
        return answer


@dataclass
class Sync:
    """What one read brought: rows and seconds by stream, and the state to go on from."""

    rows: dict[str, int] = field(default_factory=dict)
    started: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    states: dict[str, Any] = field(default_factory=dict)

    def status(self, trace: Message) -> None:
        """Keep the time of a stream's first and last status."""
        if trace["type"] == "STREAM_STATUS":
            name = trace["stream_status"]["stream_descriptor"]["name"]
            begun = self.started.setdefault(name, trace["emitted_at"])
            self.seconds[name] = (trace["emitted_at"] - begun) / 1000

    def keep(self, state: Message) -> None:
        """Keep a stream's newest state."""
        self.states[state["stream"]["stream_descriptor"]["name"]] = state


class Warehouse:
    """One table a stream: rows are appended to a file of their own, and the last row of a key wins."""

    def __init__(self, folder: Path, keys: Mapping[str, list[str]]) -> None:
        self.folder = folder
        self.keys = keys
        self.count = 0
        DATABASE.unlink(missing_ok=True)
        self.database = duckdb.connect(str(DATABASE))

    def append(self, records: Iterator[Message]) -> None:
        """Add records to the files, numbered in the order they came."""
        files = {name: (self.folder / f"{name}.jsonl").open("ab") for name in self.keys}
        for record in records:
            self.count += 1
            row = {"_row": self.count, **record["data"]}
            files[record["stream"]].write(orjson.dumps(row) + b"\n")
        for file in files.values():
            file.close()

    def load(self, changed: Mapping[str, int]) -> None:
        """Build the tables of the streams that brought rows anew from their files."""
        for name, key in self.keys.items():
            if changed[name]:
                file = self.folder / f"{name}.jsonl"
                rows = f"read_json('{file}', format = 'newline_delimited', sample_size = -1, union_by_name = true)"
                last = (
                    f"QUALIFY row_number() OVER (PARTITION BY {', '.join(key)} ORDER BY _row DESC) = 1" if key else ""
                )
                table = f"SELECT * EXCLUDE (_row) FROM (SELECT * FROM {rows} {last})"
                self.database.execute(f'CREATE OR REPLACE TABLE "{name}" AS {table}')


def suggested_streams() -> list[str]:
    """The streams that metadata.yaml suggests."""
    metadata = yaml.safe_load((ROOT / "metadata.yaml").read_text())
    names: list[str] = metadata["data"]["suggestedStreams"]["streams"]
    return names


def configured(stream: Message) -> dict[str, Any]:
    """A catalog entry that reads incrementally where the stream can."""
    modes = stream["supported_sync_modes"]
    mode = "incremental" if "incremental" in modes else "full_refresh"
    return {"stream": stream, "sync_mode": mode, "destination_sync_mode": "append"}


def catalog_of(connector: Connector, names: Sequence[str]) -> Catalog:
    """A configured catalog of the named streams; a name that is not discovered ends the demo."""
    discovered = {stream["name"]: stream for stream in connector.only("discover", "CATALOG")["streams"]}
    return {"streams": [configured(discovered[name]) for name in names]}


def keys(catalog: Catalog) -> dict[str, list[str]]:
    """The primary key columns of each stream."""
    streams = [entry["stream"] for entry in catalog["streams"]]
    return {stream["name"]: [path[0] for path in stream.get("source_defined_primary_key") or []] for stream in streams}


def read(connector: Connector, catalog: Path, warehouse: Warehouse, before: Sync | None = None) -> Sync:
    """One sync into the warehouse, from where the one before stopped."""
    sync = Sync(rows=dict.fromkeys(warehouse.keys, 0))
    state = {"state": connector.write("state", list(before.states.values()))} if before else {}

    def records() -> Iterator[Message]:
        for message in connector.run("read", catalog=catalog, **state):
            if message["type"] == "RECORD":
                sync.rows[message["record"]["stream"]] += 1
                yield message["record"]
            elif message["type"] == "STATE":
                sync.keep(message["state"])
            elif message["type"] == "TRACE":
                sync.status(message["trace"])

    warehouse.append(records())
    return sync


def report(title: str, sync: Sync, seconds: float) -> None:
    """The rows and seconds of each stream."""
    print(f"\n{title}: {sum(sync.rows.values()):,} rows in {seconds:.1f} s\n")
    print(f"  {'stream':<24}{'rows':>10}{'seconds':>10}")
    for name, rows in sorted(sync.rows.items()):
        if rows:
            print(f"  {name:<24}{rows:>10,}{sync.seconds.get(name, 0):>10.1f}")
    if idle := sum(not rows for rows in sync.rows.values()):
        print(f"  nothing new in {idle} other streams")


def solve_tickets(zendesk: Emulator, database: duckdb.DuckDBPyConnection) -> int:
    """Work on the account while nobody syncs; the number of tickets that changed."""
    found = database.sql("SELECT id FROM tickets WHERE status IN ('new', 'open') ORDER BY id LIMIT 10").fetchall()
    for (ticket,) in found:
        zendesk.store.update("tickets", ticket, status="solved", comment={"body": "Done, thank you.", "public": True})
    zendesk.clock.advance(minutes=10)
    return len(found)


def timed_read(title: str, connector: Connector, catalog: Path, warehouse: Warehouse, before: Sync | None) -> Sync:
    """A read, the table of what it brought, and that in the warehouse."""
    begun = time.monotonic()
    sync = read(connector, catalog, warehouse, before)
    report(title, sync, time.monotonic() - begun)
    warehouse.load(sync.rows)
    return sync


def show(warehouse: Warehouse) -> None:
    """What a user would ask the file next."""
    print(f"\n{DATABASE} now answers SQL:\n\n{QUERY}\n")
    warehouse.database.sql(QUERY).show()


def demonstrate(folder: Path, zendesk: Emulator) -> None:
    """The whole story, in the order it is printed."""
    connector = Connector(folder, zendesk.config())
    print(f"emulator  {zendesk.base_url}, seeded with {TICKETS:,} tickets")
    status = connector.only("check", "CONNECTION_STATUS")
    print(f"check     {status['status']}")
    if status["status"] != "SUCCEEDED":
        sys.exit(status["message"])
    catalog = catalog_of(connector, suggested_streams())
    print(f"read      the {len(catalog['streams'])} suggested streams")
    path = connector.write("catalog", catalog)
    warehouse = Warehouse(folder, keys(catalog))
    first = timed_read("first sync, everything", connector, path, warehouse, None)

    solved = solve_tickets(zendesk, warehouse.database)
    print(f"\n{solved} tickets are solved, ten minutes pass")
    timed_read("second sync, from the state of the first", connector, path, warehouse, first)
    show(warehouse)


def main() -> None:
    """Run against an account of this run's own, and leave only the DuckDB file behind."""
    with tempfile.TemporaryDirectory() as folder, Emulator(seed=1, tickets=TICKETS) as zendesk:
        demonstrate(Path(folder), zendesk)


if __name__ == "__main__":
    main()
