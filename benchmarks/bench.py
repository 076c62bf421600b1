"""The arguments of every benchmark: environment, connectors and scale."""

from dataclasses import dataclass
from typing import Any

from benchmarks.subjects import Connector, Environment


@dataclass(frozen=True)
class Scale:
    """The size of the benchmarks, in steps of a workload; Airbyte's connector reads fewer, because it is slower."""

    rounds: int
    steps: int
    airbyte_steps: int
    sizes: tuple[int, ...]
    streams: tuple[int, ...]
    parents: int
    window: int
    limits: tuple[int, ...]
    latencies: tuple[float, ...]
    files: tuple[int, ...]


SCALES = {
    "quick": Scale(1, 20, 3, (1_000, 10_000, 50_000), (1, 20, 60), 2_000, 12, (2_500,), (0.3,), (200,)),
    "full": Scale(
        3,
        100,
        5,
        (1_000, 10_000, 100_000, 1_000_000),
        (1, 20, 100),
        50_000,
        60,
        (200, 700, 2_500),
        (0.1, 0.3, 1.0),
        (200, 10_000),
    ),
}


@dataclass(frozen=True)
class Bench:
    """The environment, this connector, Airbyte's (None to omit it), and the scale."""

    at: Environment
    ours: Connector
    airbyte: Connector | None
    scale: Scale

    def connectors(self, ours: Any, airbyte: Any) -> dict[Connector, Any]:
        """A value for each measured connector."""
        return {self.ours: ours, **({self.airbyte: airbyte} if self.airbyte else {})}
