"""What every measurement is given: where it happens, whose work it measures and how large it is."""

from dataclasses import dataclass
from typing import Any

from benchmarks.subjects import Connector, Place


@dataclass(frozen=True)
class Scale:
    """How much is read: in steps of a workload, fewer by Airbyte's connector, which would take hours."""

    rounds: int
    steps: int
    airbyte_steps: int
    sizes: tuple[int, ...]
    streams: tuple[int, ...]
    parents: int
    window: int


SCALES = {
    "quick": Scale(1, 20, 3, (1_000, 10_000, 50_000), (1, 20, 60), 2_000, 12),
    "full": Scale(3, 100, 5, (1_000, 10_000, 100_000, 1_000_000), (1, 20, 100), 50_000, 60),
}


@dataclass(frozen=True)
class Bench:
    """A place, the connector of this repository, Airbyte's where it is compared with, and the scale."""

    at: Place
    ours: Connector
    airbyte: Connector | None
    scale: Scale

    def connectors(self, ours: Any, airbyte: Any) -> dict[Connector, Any]:
        """Something for each connector that is measured."""
        return {self.ours: ours, **({self.airbyte: airbyte} if self.airbyte else {})}
