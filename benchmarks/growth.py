"""Growth of time, memory and state size with rows, streams and parents."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.measure import Cost, measure
from benchmarks.pages import Listing
from benchmarks.report import Points, Section
from benchmarks.server import ID, Plan
from benchmarks.throughput import FLOOR, read
from benchmarks.workloads import BRANDS, POSTS, WORKLOADS, plain_lists

ROWS_A_STREAM, ROUNDS = 500, 3
TICKETS, BOTH = WORKLOADS["tickets"], WORKLOADS["tickets and ticket_metrics"]


def rows(bench: Bench) -> Section:
    """Tickets alone, and with a second stream on the same pages."""
    sizes = bench.scale.sizes
    alone = {size: read(bench.at, TICKETS, bench.ours, size) for size in sizes}
    both = {size: read(bench.at, BOTH, bench.ours, size) for size in sizes}
    lines = {"ours": alone, "ours, with ticket_metrics": both}
    lines[FLOOR] = {size: read(bench.at, TICKETS, None, size) for size in sizes}
    if bench.airbyte:
        few = (TICKETS.step, TICKETS.step * bench.scale.airbyte_steps)
        lines["airbyte"] = {size: read(bench.at, TICKETS, bench.airbyte, size) for size in few}
    note = (
        "Peak memory of the process, and CPU time per record beyond those of the previous line. "
        "`ticket_metrics` is read from the same pages as `tickets`, so each row gives two records. If the floor's cost "
        "grows with the rows, the cause is the server: it generates more pages and uses more of the machine."
    )
    cells = [cell for name, costs in lines.items() for cell in _by_rows(name, costs, 2 if costs is both else 1)]
    plot = {"seconds": _points(lines, "seconds"), "megabytes": _points(lines, "megabytes")}
    return Section("Rows", note, ("read", "tickets", "seconds", "MB", "µs of CPU"), cells, plot)


def _by_rows(name: str, costs: Mapping[int, Cost], records: int) -> Iterable[list[str]]:
    before: tuple[int, float] | None = None
    for size, cost in costs.items():
        more = f"{(cost.cpu - before[1]) / (size - before[0]) / records * 1e6:.1f}" if before else ""
        yield [name, f"{size:,}", f"{cost.seconds:.1f}", f"{cost.megabytes:.0f}", more]
        before = (size, cost.cpu)


def _points(lines: Mapping[str, Mapping[int, Cost]], field: str) -> Points:
    return {name: [(size, getattr(cost, field)) for size, cost in costs.items()] for name, costs in lines.items()}


def streams(bench: Bench) -> Section:
    """The same number of rows in one stream and in many."""
    found, total = plain_lists(_offered(bench)), max(bench.scale.streams) * ROWS_A_STREAM
    cells = []
    for count in bench.scale.streams:
        some = dict(list(found.items())[:count])
        small, large = (_cheapest_read(bench, some, size) for size in (100, total // count))
        cpu = (large.cpu - small.cpu) / (total - 100 * count)
        cells.append([f"{count}", f"{total:,}", f"{large.seconds:.1f}", f"{cpu * 1e6:.1f}", f"{large.megabytes:.0f}"])
    note = "The same total number of narrow rows; CPU time per additional record."
    return Section("Streams", note, ("streams", "records", "seconds", "µs of CPU", "MB"), cells)


def _offered(bench: Bench) -> Collection[str]:
    return bench.ours.discover(bench.at, bench.at.environment)


def _cheapest_read(bench: Bench, some: Mapping[str, tuple[str, str]], size: int) -> Cost:
    """The cheapest of several reads, since other load on the machine only adds to the cost."""
    return min((_read_lists(bench, some, size) for _ in range(ROUNDS)), key=lambda cost: cost.cpu)


def _read_lists(bench: Bench, some: Mapping[str, tuple[str, str]], size: int) -> Cost:
    plan = Plan({path: Listing(key, "thing", size) for path, key in some.values()})
    with bench.at.serve(plan) as environment:
        return measure(bench.ours.read(bench.at, environment, list(some)), environment, bench.at.folder)


def parents(bench: Bench) -> Section:
    """One child for each of many parents: the size of the states."""
    output, cells = bench.at.folder / "messages", []
    for count in sorted({100, 1_000, bench.scale.parents}):
        plan = Plan({**BRANDS, POSTS: Listing("posts", "post", count),
                     f"{POSTS}/{ID}/comments": Listing("comments", "comment", 1)})  # fmt: skip
        with bench.at.serve(plan) as environment:
            command = bench.ours.read(bench.at, environment, ["post_comments"])
            cost = measure(command, environment, bench.at.folder, output)
        states = _state_sizes(output)
        cells.append([f"{count:,}", f"{cost.seconds:.1f}", f"{cost.cpu / count * 1e3:.2f}", f"{len(states)}",
                      f"{max(states):,}", f"{sum(states):,}", f"{cost.megabytes:.0f}"])  # fmt: skip
    output.unlink()
    note = "`post_comments`, one for each post; one request per parent."
    columns = ("parents", "seconds", "ms of CPU per parent", "states", "largest, bytes", "all, bytes", "MB")
    return Section("Parents", note, columns, cells)


def _state_sizes(output: Path) -> Sequence[int]:
    with output.open("rb") as lines:
        return [len(line) for line in lines if line.startswith(b'{"type":"STATE"')]
