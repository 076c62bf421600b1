"""`make bench`: measures, and writes tables and plot into `docs/benchmarks.md` and `docs/benchmarks.svg`."""

import argparse
import os
import platform

from benchmarks import budget, growth, requests, startup, throughput
from benchmarks.airbyte import RELEASE, airbytes
from benchmarks.bench import SCALES, Bench
from benchmarks.plot import drawn
from benchmarks.report import Section, written
from benchmarks.subjects import ROOT, ours, place

DOCS = ROOT / "docs"
SECTIONS = {
    "throughput": throughput.section,
    "rows": growth.rows,
    "startup": startup.section,
    "streams": growth.streams,
    "parents": growth.parents,
    "budget": budget.section,
    "requests": requests.section,
}


def main() -> None:
    """Measure section by section; without Airbyte's connector there is nothing to write down."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("scale", choices=SCALES, help="quick takes minutes, full an hour and more")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), metavar="SECTION")
    parser.add_argument("--no-airbyte", action="store_true", help="leave Airbyte's connector out, and only print")
    given = parser.parse_args()
    with place() as at:
        bench = Bench(at, ours(), None if given.no_airbyte else airbytes(), SCALES[given.scale])
        for name in given.only:
            section = SECTIONS[name](bench)
            print(section.markdown(), flush=True)
            if bench.airbyte:
                keep(section, f"*`make bench BENCH={given.scale}`, {RELEASE}, {_machine()}*")


def keep(section: Section, told: str) -> None:
    """Write a section down, with its plot where it has one."""
    written(DOCS / "benchmarks.md", section, told)
    if section.plot:
        drawn(DOCS / "benchmarks.svg", section.plot["seconds"], section.plot["megabytes"])


def _machine() -> str:
    return f"Python {platform.python_version()}, {os.cpu_count()} cores of {platform.machine()}"


if __name__ == "__main__":
    main()
