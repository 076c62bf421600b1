"""Compares the number of requests of this connector and of Airbyte's, for the streams of both.

Both read the emulator without a state, and again after changes. Airbyte's connector is in a separate environment:
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
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.report import Section, times
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
RUNS = ("first run", "run after some changes")
ROWS, TICKETS = 120, 1_200
CHANGED = {"tickets": 7, "users": 5, "organizations": 3, "articles": 4, "posts": 4, "groups": 2}
"""The number of rows that change before the second run."""


@dataclass(frozen=True)
class Connector:
    """A console script, and a folder for its files."""

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
    """Change a few rows, and let some minutes pass."""
    zendesk.clock.advance(minutes=10)
    for name, count in CHANGED.items():
        for row in zendesk.store.all(name)[:count]:
            zendesk.store.update(name, row["id"])
    zendesk.clock.advance(minutes=10)


def measure(zendesk: Emulator, connector: Connector, names: Sequence[str]) -> list[Counter[str]]:
    """The requests of a first run, and of a second one after some changes."""
    found = connector.streams()
    state, counts = None, []
    for _ in range(2):
        take_request_counts(zendesk)
        state, rows, errors = connector.read([found[name] for name in names], state)
        counts.append(take_request_counts(zendesk))
        print(f"  {connector.program.name}: {rows.total()} rows, {counts[-1].total()} requests", file=sys.stderr)
        print(*sorted({f"    {error[:160]}" for error in errors}), sep="\n", file=sys.stderr)
        change(zendesk)
    return counts


def connectors(zendesk: Emulator, program: Path, folder: Path) -> tuple[Connector, Connector]:
    """Our connector and Airbyte's."""
    (folder / "sitecustomize.py").write_text(PATCH)
    config = zendesk.config()
    environment = {"EMULATOR": zendesk.base_url, "PYTHONPATH": str(folder)}
    theirs = {name: value for name, value in config.items() if name != "base_url"}
    return Connector(OURS, {**config, "catalog": "complete"}, folder, {}), Connector(
        program, theirs, folder, environment
    )


def measure_both(program: Path, rows: int, tickets: int, names: Sequence[str]) -> list[list[Counter[str]]]:
    """The requests of each connector for the streams of both, each for an equal account."""
    counts = []
    for index in (0, 1):
        with tempfile.TemporaryDirectory() as folder, Emulator(seed=1, rows=rows, tickets=tickets) as zendesk:
            leave_one_help_center(zendesk)
            pair = connectors(zendesk, program, Path(folder))
            common = sorted(set(pair[0].streams()) & set(pair[1].streams()))
            counts.append(measure(zendesk, pair[index], [name for name in common if not names or name in names]))
    return counts


def section(bench: Bench) -> Section:
    """The requests of a first run, and of one after some changes."""
    if bench.airbyte is None:
        raise SystemExit("The requests are compared with those of Airbyte's connector; run without --no-airbyte.")
    ours, theirs = measure_both(bench.airbyte.program, ROWS, TICKETS, ())
    note = (
        f"The streams that both connectors have, in one sync of the emulator: {ROWS} rows a list, {TICKETS} tickets, "
        "one help center. `python -m benchmarks.requests` shows them path by path."
    )
    rows = [
        [title, f"{own.total():,}", f"{other.total():,}", times(own.total() / other.total())]
        for title, own, other in zip(RUNS, ours, theirs, strict=True)
    ]
    return Section("Requests", note, ("", "ours", "Airbyte's", "ratio"), rows)


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
    ours, theirs = measure_both(options.airbyte, options.rows, options.tickets, options.streams)
    for title, *pair in zip(RUNS, ours, theirs, strict=True):
        print(f"\n  {title:<72}{'ours':>8}{'theirs':>8}")
        table(*pair)


if __name__ == "__main__":
    main()
