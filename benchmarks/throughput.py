"""Records per second and CPU time per record of this connector, Airbyte's and the floor, alternating."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.bench import Bench
from benchmarks.measure import Cost, measure
from benchmarks.report import Section, times
from benchmarks.subjects import Connector, Environment, floor
from benchmarks.workloads import WORKLOADS, Workload

FLOOR = "floor"
NOTE = (
    "Cost of an additional record: the difference between a large and a small read, without start-up. `of the floor` "
    "is the floor's CPU time divided by the program's; 1.00 is as fast as parsing allows."
)


@dataclass(frozen=True)
class Speed:
    """The cost of additional records."""

    records: float
    seconds: float
    cpu: float

    @property
    def records_per_second(self) -> float:
        """Records per second."""
        return self.records / self.seconds

    @property
    def microseconds(self) -> float:
        """CPU time per record in µs."""
        return self.cpu / self.records * 1e6


def section(bench: Bench) -> Section:
    """All workloads."""
    rows = []
    for work in WORKLOADS.values():
        ours, airbyte = (steps * work.step * work.larger for steps in (bench.scale.steps, bench.scale.airbyte_steps))
        connectors = bench.connectors(ours, airbyte) if work.has_airbyte else {bench.ours: ours}
        found = speeds(bench.at, work, connectors, ours, bench.scale.rounds)
        rows += [_row(work, name, speed, found) for name, speed in found.items()]
        print(*(" | ".join(row) for row in rows[-len(found) :]), sep="\n", file=sys.stderr)
    columns = ("streams", "by", "records", "records/s", "µs of CPU", "of the floor", "times Airbyte's")
    return Section("Throughput", NOTE, columns, rows)


def _row(work: Workload, name: str, speed: Speed, found: Mapping[str, Speed]) -> list[str]:
    airbyte = found.get("airbyte")
    return [
        work.name,
        name,
        f"{speed.records:,.0f}",
        # Other load on the machine can exceed the difference.
        f"{speed.records_per_second:,.0f}" if speed.seconds > 0 else "?",
        f"{speed.microseconds:,.1f}",
        f"{found[FLOOR].microseconds / speed.microseconds:.2f}",
        times(airbyte.microseconds / speed.microseconds) if airbyte else "",
    ]


def speeds(
    at: Environment, work: Workload, connectors: Mapping[Connector, int], floor_rows: int, rounds: int
) -> dict[str, Speed]:
    """The speed of the floor and of each connector, by the fastest of some rounds."""
    rows = {FLOOR: floor_rows, **{connector.name: count for connector, count in connectors.items()}}
    by_name = {connector.name: connector for connector in connectors}
    found: dict[tuple[str, int], list[Cost]] = {}
    for _ in range(rounds):
        for name, count in rows.items():
            for size in (work.step, count):
                found.setdefault((name, size), []).append(read(at, work, by_name.get(name), size))
    return {name: _speed(work, found[name, work.step], found[name, count], count) for name, count in rows.items()}


def read(at: Environment, work: Workload, connector: Connector | None, rows: int) -> Cost:
    """The cost of one read; of the floor if `connector` is None."""
    with at.serve(work.plan(rows)) as environment:
        command = connector.read(at, environment, work.streams) if connector else floor(work.lists)
        return measure(command, environment, at.folder)


def _speed(work: Workload, small: Sequence[Cost], large: Sequence[Cost], rows: int) -> Speed:
    """The speed by the fastest read of each size, since other load on the machine only adds to the cost."""
    seconds = min(cost.seconds for cost in large) - min(cost.seconds for cost in small)
    cpu = min(cost.cpu for cost in large) - min(cost.cpu for cost in small)
    return Speed((rows - work.step) * work.records, seconds, cpu)
