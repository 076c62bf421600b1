"""`make bench`: measures, and writes tables and plot into `docs/benchmarks.md` and `docs/benchmarks.svg`."""

import argparse
import platform
from pathlib import Path

from benchmarks import budget, growth, startup, throughput
from benchmarks.airbyte import RELEASE, airbytes
from benchmarks.bench import SCALES, Bench
from benchmarks.plot import drawn
from benchmarks.report import written
from benchmarks.subjects import ROOT, ours, place

SECTIONS = {
    "throughput": throughput.section,
    "rows": growth.rows,
    "startup": startup.section,
    "streams": growth.streams,
    "parents": growth.parents,
    "budget": budget.section,
}


def main() -> None:
    """Measure what is asked for; the document is written only when that is everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("scale", choices=SCALES, help="quick takes minutes, full an hour")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), metavar="SECTION")
    parser.add_argument("--no-airbyte", action="store_true", help="leave Airbyte's connector out")
    given = parser.parse_args()
    with place() as at:
        bench = Bench(at, ours(), None if given.no_airbyte else airbytes(), SCALES[given.scale])
        sections = []
        for name in given.only:
            sections.append(SECTIONS[name](bench))
            print(sections[-1].markdown(), flush=True)
    if given.only == list(SECTIONS) and bench.airbyte:
        docs = Path(ROOT) / "docs"
        python = f"Python {platform.python_version()}, {platform.machine()}"
        written(docs / "benchmarks.md", sections, f"`make bench BENCH={given.scale}` beside `{RELEASE}`, {python}.")
        plot = next(section.plot for section in sections if section.plot)
        drawn(docs / "benchmarks.svg", plot["seconds"], plot["megabytes"])


if __name__ == "__main__":
    main()
