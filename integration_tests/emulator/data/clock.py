"""The account's clock: real time by default, moved by tests."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone


def iso(epoch: int) -> str:
    """`2024-01-01T00:00:00Z` for a Unix time."""
    year, month, day, hour, minute, second = time.gmtime(epoch)[:6]
    return f"{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"


def epoch_of(text: str) -> int:
    """The Unix time of an ISO date or timestamp; ValueError for anything else."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int((moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp())


class Clock:
    """The real time plus the sum of all `advance` calls; constant once frozen."""

    def __init__(self, start: float | None = None) -> None:
        self._ahead = 0.0 if start is None else start - time.time()
        self._frozen: float | None = None

    def epoch(self) -> float:
        return self._frozen if self._frozen is not None else time.time() + self._ahead

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.epoch(), tz=timezone.utc)

    def stamp(self) -> str:
        """The current time in the format of records."""
        return iso(int(self.epoch()))

    def advance(self, **delta: float) -> None:
        """Move forward by the arguments of `timedelta`."""
        seconds = timedelta(**delta).total_seconds()
        self._ahead += seconds
        if self._frozen is not None:
            self._frozen += seconds

    def freeze(self) -> None:
        """Hold the time until `advance` moves it."""
        self._frozen = self.epoch()
