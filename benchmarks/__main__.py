"""`make bench`: measures, and writes the table and the plot of `docs/benchmarks.md`."""

import argparse

from benchmarks.airbyte import airbytes
from benchmarks.subjects import ours, place
from benchmarks.throughput import speeds
from benchmarks.workloads import WORKLOADS


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("workloads", nargs="*", default=list(WORKLOADS), help="all unless named")
    parser.add_argument("--rows", type=int, default=20_000, help="of the first stream of each workload")
    parser.add_argument("--rounds", type=int, default=2, help="of which the best counts")
    parser.add_argument("--airbyte", type=int, default=0, help="rows that Airbyte's connector reads; none unless said")
    given = parser.parse_args()
    connectors = {ours(): given.rows, **({airbytes(): given.airbyte} if given.airbyte else {})}
    with place() as at:
        for name in given.workloads:
            found = speeds(at, WORKLOADS[name], connectors, given.rows, given.rounds)
            floor = found["floor"]
            for who, speed in found.items():
                print(
                    f"{name:<28}{who:<9}{speed.a_second:>9,.0f} records/s{speed.a_second / floor.a_second:>6.2f}"
                    f"{speed.microseconds:>9.1f} µs of processor{floor.microseconds / speed.microseconds:>6.2f}"
                    f"{speed.megabytes:>7.0f} MB",
                    flush=True,
                )


if __name__ == "__main__":
    main()
