"""What `make bench` measures: start-up, rows a second, CPU and peak memory of the console script."""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from integration_tests.demo import CONNECTOR, Connector, catalog_of
from integration_tests.emulator import Emulator

HIGH_WATER = re.compile(r"VmHWM:\s+(\d+) kB")
STREAMS = ("tickets", "users", "organizations", "ticket_events", "ticket_metrics")


@dataclass(frozen=True)
class Measured:
    """One command's cost."""

    seconds: float
    cpu: float
    megabytes: float
    records: int


def measure(arguments: Sequence[str], output: Path) -> Measured:
    """Run the console script with stdout in a file, so that nothing else works meanwhile but the emulator."""
    begun = time.monotonic()
    with output.open("wb") as file:
        process = subprocess.Popen([CONNECTOR, *arguments], stdout=file)
        megabytes = peak_memory(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - begun
    if process.returncode:
        sys.exit(f"source-zendesk {arguments[0]} failed: {output.read_text()[-2000:]}")
    with output.open("rb") as file:
        records = sum(b'"type":"RECORD"' in line for line in file)
    return Measured(seconds, usage.ru_utime + usage.ru_stime, megabytes, records)


def peak_memory(pid: int) -> float:
    """The most megabytes that a process had until it ended; `ru_maxrss` would count this one's, which it came from."""
    peak = 0
    while found := HIGH_WATER.search(Path(f"/proc/{pid}/status").read_text()):
        peak = int(found[1])
        time.sleep(0.02)
    return peak / 1024


def start_up(connector: Connector, output: Path, repeats: int) -> None:
    """The commands that a platform calls before it reads anything."""
    print(f"  {'command':<24}{'seconds':>10}   median of {repeats}")
    config = ["--config", str(connector.config)]
    for command, options in {"spec": [], "check": config, "discover": config}.items():
        runs = [measure([command, *options], output).seconds for _ in range(repeats)]
        print(f"  {command:<24}{statistics.median(runs):>10.2f}")


def reads(connector: Connector, output: Path, streams: Sequence[str]) -> None:
    """One full read of each stream."""
    print(f"\n  {'stream':<24}{'rows':>10}{'seconds':>10}{'rows/s':>10}{'rows/CPU s':>12}{'peak MB':>10}")
    for name in streams:
        catalog = connector.write(f"catalog_{name}", catalog_of(connector, [name]))
        cost = measure(["read", "--config", str(connector.config), "--catalog", str(catalog)], output)
        speed, efficiency = cost.records / cost.seconds, cost.records / cost.cpu
        columns = f"{cost.records:>10,}{cost.seconds:>10.1f}{speed:>10,.0f}{efficiency:>12,.0f}{cost.megabytes:>10.0f}"
        print(f"  {name:<24}{columns}")


def main() -> None:
    """An account without rate limits, so that the connector is what is slow."""
    parser = argparse.ArgumentParser(prog="python -m integration_tests.bench", description=__doc__)
    parser.add_argument("streams", nargs="*", default=STREAMS)
    parser.add_argument("--tickets", type=int, default=50_000)
    parser.add_argument("--rows", type=int, default=20_000, help="how many of every other object")
    parser.add_argument("--repeats", type=int, default=5, help="of the commands that start up")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        Emulator(rows=given.rows, tickets=given.tickets, warm=True) as zendesk,
    ):
        connector, output = Connector(Path(folder), zendesk.config()), Path(folder) / "messages"
        start_up(connector, output, given.repeats)
        reads(connector, output, given.streams)


if __name__ == "__main__":
    main()
