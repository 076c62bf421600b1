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
    """What shows the figures while they change."""

    def start(self) -> None:
        """Begin to show them."""

    def stop(self) -> None:
        """Show them no more."""


class Heartbeat:
    """Logs a line every so often, which Airbyte and other platforms show."""

    def __init__(self, stats: SyncStats, every: float) -> None:
        self._stats, self._every = stats, every
        self._is_over = threading.Event()

    def start(self) -> None:
        """Begin after the first pause."""
        threading.Thread(target=self._beat, daemon=True).start()

    def stop(self) -> None:
        """Say no more."""
        self._is_over.set()

    def _beat(self) -> None:
        while not self._is_over.wait(self._every):
            LOGGER.info(progress_line(self._stats.snapshot()))


class SyncProgress:
    """While it is a context, shows the figures of a sync: live on stderr where somebody watches, else in the log.

    In the end, however it comes, a summary is logged, and told at a terminal.
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
        """Stop and sum up, once."""
        with self._lock:
            view, self._view = self._view, None
        if view is None:
            return
        view.stop()
        standing = self._stats.snapshot()
        if standing.running or standing.ended:
            lines = list(summary(standing))
            terminal.print_to_terminal(lines)
            LOGGER.info("\n".join(lines))


def _live_view(stats: SyncStats) -> ProgressView:
    # Only who looks at a terminal waits for this import.
    from source_zendesk.cli.live_view import LiveView  # noqa: PLC0415

    return LiveView(stats)
