"""Records a second and processor time per record: this connector, Airbyte's and the floor, taking turns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.measure import Cost, measured
from benchmarks.subjects import Connector, Place, floor
from benchmarks.workloads import Workload

FLOOR = "floor"
Command = tuple[list[str], Mapping[str, str], int]


@dataclass(frozen=True)
class Speed:
    """What a further record costs: the difference of a large and of a small read, so that no start-up is in it."""

    records: float
    seconds: float
    cpu: float
    megabytes: float

    @property
    def a_second(self) -> float:
        """Records a second."""
        return self.records / self.seconds

    @property
    def microseconds(self) -> float:
        """Processor time of a record."""
        return self.cpu / self.records * 1e6


def speeds(
    at: Place, work: Workload, connectors: Mapping[Connector, int], floor_rows: int, rounds: int
) -> dict[str, Speed]:
    """The speed of each connector with so many rows of the first stream, and that of the floor, best of some rounds."""
    rows = {FLOOR: floor_rows, **{connector.name: count for connector, count in connectors.items()}}
    by_name = {connector.name: connector for connector in connectors}
    found: dict[tuple[str, int], list[Cost]] = {}
    for _ in range(rounds):
        for name, count in rows.items():
            for size in (work.step, count):
                cost = _cost(at, work, by_name.get(name), size)
                found.setdefault((name, size), []).append(cost)
    return {name: _speed(work, found[name, work.step], found[name, count], count) for name, count in rows.items()}


def _cost(at: Place, work: Workload, connector: Connector | None, rows: int) -> Cost:
    with at.serving(work.plan(rows)) as environment:
        command = connector.read(at, environment, work.streams) if connector else floor(work.lists)
        return measured(command, environment, at.folder)


def _speed(work: Workload, small: Sequence[Cost], large: Sequence[Cost], rows: int) -> Speed:
    """The fastest run of each size stands for it, since what others do on the machine only ever adds."""
    seconds = min(cost.seconds for cost in large) - min(cost.seconds for cost in small)
    cpu = min(cost.cpu for cost in large) - min(cost.cpu for cost in small)
    return Speed((rows - work.step) * work.records, seconds, cpu, min(cost.megabytes for cost in large))
