"""`make bench`: runs the benchmarks, and writes `docs/benchmarks.md` and `docs/benchmarks.svg`."""

import argparse
import os
import platform

from benchmarks import budget, files, growth, latency, peers, requests, startup, throughput
from benchmarks.airbyte import RELEASE, install_airbyte
from benchmarks.bench import SCALES, Bench
from benchmarks.plot import draw
from benchmarks.report import Section, write_section
from benchmarks.subjects import ROOT, ours, temporary_environment

DOCS = ROOT / "docs"
SECTIONS = {
    "throughput": throughput.section,
    "rows": growth.rows,
    "startup": startup.section,
    "streams": growth.streams,
    "parents": growth.parents,
    "budget": budget.section,
    "latency": latency.section,
    "account": requests.section,
    "files": files.section,
    "peers": peers.section,
}


def main() -> None:
    """Run the sections; without Airbyte's connector, results are only printed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("scale", choices=SCALES, help="quick takes minutes, full more than an hour")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), metavar="SECTION")
    parser.add_argument(
        "--no-airbyte", action="store_true", help="omit Airbyte's connector, and only print the results"
    )
    options = parser.parse_args()
    with temporary_environment() as at:
        bench = Bench(at, ours(), None if options.no_airbyte else install_airbyte(), SCALES[options.scale])
        for name in options.only:
            section = SECTIONS[name](bench)
            print(section.markdown(), flush=True)
            if bench.airbyte:
                publish(section, f"*`make bench BENCH={options.scale}`, {RELEASE}, {_machine()}*")


def publish(section: Section, source: str) -> None:
    """Write a section to the document, and its plot, if any."""
    write_section(DOCS / "benchmarks.md", section, source)
    if section.plot:
        draw(DOCS / "benchmarks.svg", section.plot["seconds"], section.plot["megabytes"])


def _machine() -> str:
    return f"Python {platform.python_version()}, {os.cpu_count()} cores of {platform.machine()}"


if __name__ == "__main__":
    main()
