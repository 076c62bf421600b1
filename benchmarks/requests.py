"""Requests and time of complete syncs of an emulated account, beside Airbyte's connector for the streams of both.

Each sync runs without a state, and again after a day with some changes. Airbyte's connector is in an environment of its
own:
`pip install airbyte-source-zendesk-support==4.9.1`, and then
`python -m benchmarks.requests <that environment>/bin/source-zendesk-support`.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.report import Section
from integration_tests.emulator import Emulator

Json = Any
OURS = Path(sys.executable).with_name("source-zendesk")
PATCH = """
import os
from urllib.parse import parse_qsl, urlencode

from requests.adapters import HTTPAdapter

send = HTTPAdapter.send


def to_the_emulator(self, request, **options):
    request.url = request.url.replace("https://acme.zendesk.com", os.environ["EMULATOR"], 1)
    response = send(self, request, **options)
    while response.status_code == 400 and "is not a parameter" in response.text:
        address, _, query = request.url.partition("?")
        known = [pair for pair in parse_qsl(query) if f"{pair[0]}: is not a parameter" not in response.text]
        request.url = f"{address}?{urlencode(known)}"
        response = send(self, request, **options)
    return response


HTTPAdapter.send = to_the_emulator
"""
"""Redirects Airbyte's connector, which supports no other host than zendesk.com, to the emulator.

Drops undocumented parameters, which Zendesk ignores and the emulator refuses.
"""
RUNS = ("first sync", "daily sync")
ROWS, TICKETS = 120, 1_200
COUNTING_STREAM = "reconciliation"
"""A stream of our catalog that only counts the records of the others."""
CHANGED = {"tickets": 7, "users": 5, "organizations": 3, "articles": 4, "posts": 4, "groups": 2}
"""The number of rows that change before the second run."""
DAY_IN_MINUTES = 24 * 60


@dataclass(frozen=True)
class Connector:
    """A console script with its configuration and environment variables, and a folder for its files."""

    program: Path
    config: Mapping[str, Json]
    folder: Path
    environment: Mapping[str, str]

    def run(self, word: str, **files: Json) -> list[Json]:
        """Run a command and return its messages."""
        line = [str(self.program), word]
        for name, content in {"config": self.config, **files}.items():
            path = self.folder / f"{name}.json"
            path.write_text(json.dumps(content))
            line += [f"--{name}", str(path)]
        process = subprocess.run(
            line,
            cwd=self.folder,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        return [json.loads(text) for text in process.stdout.splitlines() if text.startswith("{")]

    def streams(self) -> dict[str, Json]:
        """The discovered streams by name."""
        (found,) = [message["catalog"]["streams"] for message in self.run("discover") if message["type"] == "CATALOG"]
        return {stream["name"]: stream for stream in found}

    def read(self, streams: Sequence[Json], state: Json) -> tuple[Json, Counter[str], list[str]]:
        """Read streams; returns the state for the next run, the row count of each stream, and the errors."""
        entries = [
            {"stream": each, "sync_mode": each["supported_sync_modes"][-1], "destination_sync_mode": "append"}
            for each in streams
        ]
        messages = self.run("read", catalog={"streams": entries}, **({"state": state} if state else {}))
        states = {
            m["state"]["stream"]["stream_descriptor"]["name"]: m["state"] for m in messages if m["type"] == "STATE"
        }
        rows = Counter(message["record"]["stream"] for message in messages if message["type"] == "RECORD")
        errors = [m["trace"]["error"]["message"] for m in messages if m["type"] == "TRACE" and m["trace"].get("error")]
        return list(states.values()), rows, errors


@dataclass(frozen=True)
class Sync:
    """Requests by path, without ids, and seconds of a sync."""

    requests: Counter[str]
    seconds: float


def take_request_counts(zendesk: Emulator) -> Counter[str]:
    """The number of successful requests by path, without ids; clears the recorded requests.

    Files, which the emulator does not have, and requests with refused parameters are not counted.
    """
    found = Counter(re.sub(r"/\d+", "/{id}", request.path) for request in zendesk.requests if request.status == 200)
    zendesk.clear_requests()
    return found


def leave_one_help_center(zendesk: Emulator) -> None:
    """Keep one help center, since Airbyte's connector reads only that of the first brand."""
    for brand in zendesk.store.all("brands")[1:]:
        zendesk.store.update("brands", brand["id"], has_help_center=False)


def change(zendesk: Emulator) -> None:
    """Change a few rows in the course of a day."""
    zendesk.clock.advance(minutes=DAY_IN_MINUTES)
    for name, count in CHANGED.items():
        for row in zendesk.store.all(name)[:count]:
            zendesk.store.update(name, row["id"])
    zendesk.clock.advance(minutes=10)


def measure(zendesk: Emulator, connector: Connector, names: Sequence[str]) -> list[Sync]:
    """A first sync, and a second one after a day with some changes."""
    found = connector.streams()
    state, syncs = None, []
    for _ in range(2):
        take_request_counts(zendesk)
        start = time.monotonic()
        state, rows, errors = connector.read([found[name] for name in names], state)
        syncs.append(Sync(take_request_counts(zendesk), time.monotonic() - start))
        total = syncs[-1].requests.total()
        print(f"  {connector.program.name}: {rows.total()} rows, {total} requests", file=sys.stderr)
        print(*sorted({f"    {error[:160]}" for error in errors}), sep="\n", file=sys.stderr)
        change(zendesk)
    return syncs


def our_connector(zendesk: Emulator, folder: Path, **config: Json) -> Connector:
    """Our connector; `config` adds to its configuration."""
    return Connector(OURS, {**zendesk.config(), **config}, folder, {})


def their_connector(zendesk: Emulator, folder: Path, program: Path) -> Connector:
    """Airbyte's connector."""
    (folder / "sitecustomize.py").write_text(PATCH)
    config = {name: value for name, value in zendesk.config().items() if name != "base_url"}
    return Connector(program, config, folder, {"EMULATOR": zendesk.base_url, "PYTHONPATH": str(folder)})


@contextmanager
def account(rows: int, tickets: int, *, rate_limits: bool) -> Iterator[tuple[Emulator, Path]]:
    """A new account, the same each time, and a folder for files."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Emulator(rows=rows, tickets=tickets, rate_limits=rate_limits) as zendesk,
    ):
        leave_one_help_center(zendesk)
        yield zendesk, Path(folder)


def measure_recommended() -> list[Sync]:
    """The syncs of our recommended streams."""
    with account(ROWS, TICKETS, rate_limits=True) as (zendesk, folder):
        connector = our_connector(zendesk, folder)
        return measure(zendesk, connector, [name for name in connector.streams() if name != COUNTING_STREAM])


def measure_both(
    program: Path, rows: int, tickets: int, names: Sequence[str], *, rate_limits: bool
) -> list[list[Sync]]:
    """The syncs of each connector for the streams of both, each of an equal account."""
    syncs = []
    for index in (0, 1):
        with account(rows, tickets, rate_limits=rate_limits) as (zendesk, folder):
            pair = our_connector(zendesk, folder, catalog="complete"), their_connector(zendesk, folder, program)
            common = sorted(set(pair[0].streams()) & set(pair[1].streams()))
            syncs.append(measure(zendesk, pair[index], [name for name in common if not names or name in names]))
    return syncs


def section(bench: Bench) -> Section:
    """Requests and seconds of a first and of a daily sync."""
    if bench.airbyte is None:
        raise SystemExit("The requests are compared with those of Airbyte's connector; run without --no-airbyte.")
    ours, theirs = measure_both(bench.airbyte.program, ROWS, TICKETS, (), rate_limits=True)
    measured = {
        "ours, all recommended streams": measure_recommended(),
        "ours, the streams of both": ours,
        "Airbyte's, the streams of both": theirs,
    }
    note = (
        f"One sync of the emulator, with Zendesk's limits of 700 requests and 10 exports a minute: {ROWS} rows a list, "
        f"{TICKETS:,} tickets, one help center. Airbyte's connector also requests the files of attachments, which the "
        "emulator does not have; these are not counted. `python -m benchmarks.requests` shows the requests by path. "
        "[Requests of a sync](streams.md#requests-of-a-sync) has the requests for larger accounts."
    )
    columns = ["", *(f"{run}, {unit}" for run in RUNS for unit in ("requests", "s"))]
    rows = [
        [title, *(cell for sync in syncs for cell in (f"{sync.requests.total():,}", f"{sync.seconds:,.0f}"))]
        for title, syncs in measured.items()
    ]
    return Section("Account", note, columns, rows)


def table(ours: Counter[str], theirs: Counter[str]) -> None:
    """Print the requests by path."""
    for path in sorted(ours | theirs):
        mark = "more" if ours[path] > theirs[path] else ""
        print(f"  {path:<72}{ours[path]:>8}{theirs[path]:>8}  {mark}")
    print(f"  {'':<72}{ours.total():>8}{theirs.total():>8}")


def main() -> None:
    """Compare two runs of each connector."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.requests", description=__doc__)
    parser.add_argument("airbyte", type=Path, help="the console script of Airbyte's connector")
    parser.add_argument("streams", nargs="*", help="streams to read; default: all streams of both connectors")
    parser.add_argument("--tickets", type=int, default=TICKETS)
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of every other object")
    options = parser.parse_args()
    syncs = measure_both(options.airbyte.absolute(), options.rows, options.tickets, options.streams, rate_limits=False)
    for title, ours, theirs in zip(RUNS, *syncs, strict=True):
        print(f"\n  {title:<72}{'ours':>8}{'theirs':>8}")
        table(ours.requests, theirs.requests)


if __name__ == "__main__":
    main()
