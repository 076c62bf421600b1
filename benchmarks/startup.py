"""Start-up: the commands that a platform runs before a read, and the shortest read."""

from collections.abc import Sequence

from benchmarks.bench import Bench
from benchmarks.measure import Cost, measure
from benchmarks.report import Section
from benchmarks.subjects import Connector
from benchmarks.workloads import WORKLOADS

REPEATS = 3
COMMANDS = ("spec", "check", "discover", "read")
NOTE = (
    "Complete commands; `read` reads one stream with one page. Our `discover` returns every stream. The ratios are to "
    "Airbyte's connector, in time and in CPU time."
)


def section(bench: Bench) -> Section:
    """Every command, alternating between the connectors."""
    work = WORKLOADS["group_memberships"]
    found: dict[tuple[str, str], list[Cost]] = {}
    connectors = bench.connectors(None, None)
    with bench.at.serve(work.plan(work.step)) as environment:
        for _ in range(REPEATS * bench.scale.rounds):
            for word in COMMANDS:
                for connector in connectors:
                    command = _command(bench, connector, environment, word, work.streams)
                    cost = measure(command, environment, bench.at.folder)
                    found.setdefault((word, connector.name), []).append(cost)
    names = [connector.name for connector in connectors]
    rows = [_row(word, [found[word, name] for name in names]) for word in COMMANDS]
    columns = ["command", *(f"{name}, s" for name in names), "ratio", *(f"{name}, s of CPU" for name in names)]
    return Section("Start-up", NOTE, [*columns, "ratio"], rows)


def _command(
    bench: Bench, connector: Connector, environment: dict[str, str], word: str, streams: Sequence[str]
) -> list[str]:
    if word == "read":
        return connector.read(bench.at, environment, streams)
    return connector.command(bench.at, word)


def _row(word: str, costs: Sequence[Sequence[Cost]]) -> list[str]:
    seconds = [min(cost.seconds for cost in runs) for runs in costs]
    cpu = [min(cost.cpu for cost in runs) for runs in costs]
    return [word, *_cells(seconds), *_cells(cpu)]


def _cells(values: Sequence[float]) -> list[str]:
    return [*(f"{value:.2f}" for value in values), f"{values[0] / values[-1]:.2f}"]
