"""Progress of a sync: live view, heartbeat lines and summary."""

import logging
import threading
from types import TracebackType
from typing import Protocol

from source_zendesk.cli import terminal
from source_zendesk.cli.summary_text import progress_line, summary
from source_zendesk.output.sync_stats import SyncStats

LOGGER = logging.getLogger("airbyte")
SECONDS_BETWEEN_LINES = 30.0


class ProgressView(Protocol):
    """Shows statistics while a sync runs."""

    def start(self) -> None:
        """Start."""

    def stop(self) -> None:
        """Stop."""


class Heartbeat:
    """Logs a progress line every `every` seconds, for platforms without a terminal."""

    def __init__(self, stats: SyncStats, every: float) -> None:
        self._stats, self._every = stats, every
        self._stopped = threading.Event()

    def start(self) -> None:
        """Start; the first line follows after `every` seconds."""
        threading.Thread(target=self._beat, daemon=True).start()

    def stop(self) -> None:
        """Stop."""
        self._stopped.set()

    def _beat(self) -> None:
        while not self._stopped.wait(self._every):
            LOGGER.info(progress_line(self._stats.snapshot()))


class SyncProgress:
    """A context that shows the statistics of a sync: a live view if stderr is a terminal, otherwise log lines.

    At the end, also after an error, it logs a summary and prints it to the terminal.
    """

    def __init__(self, stats: SyncStats, every: float = SECONDS_BETWEEN_LINES) -> None:
        self._stats, self._every = stats, every
        self._lock = threading.Lock()
        self._view: ProgressView | None = None

    def __enter__(self) -> "SyncProgress":
        self._view = (
            _live_view(self._stats) if terminal.is_live_view_possible() else Heartbeat(self._stats, self._every)
        )
        self._view.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop and print the summary; later calls do nothing."""
        with self._lock:
            view, self._view = self._view, None
        if view is None:
            return
        view.stop()
        snapshot = self._stats.snapshot()
        if snapshot.running or snapshot.ended:
            lines = list(summary(snapshot))
            terminal.print_to_terminal(lines)
            LOGGER.info("\n".join(lines))


def _live_view(stats: SyncStats) -> ProgressView:
    # A slow import that only a terminal needs.
    from source_zendesk.cli.live_view import LiveView  # noqa: PLC0415

    return LiveView(stats)
