"""How far a sync has come, for people while it runs and when it is over."""

import logging
import threading
from types import TracebackType
from typing import Protocol

from source_zendesk.messages.tally import Tally
from source_zendesk.protocol import person
from source_zendesk.protocol.wording import summary, told

LOGGER = logging.getLogger("airbyte")
SECONDS_BETWEEN_LINES = 30.0


class View(Protocol):
    """What shows the figures while they change."""

    def start(self) -> None:
        """Begin to show them."""

    def stop(self) -> None:
        """Show them no more."""


class Heartbeat:
    """Logs a line every so often, which Airbyte and other platforms show."""

    def __init__(self, tally: Tally, every: float) -> None:
        self._tally, self._every = tally, every
        self._is_over = threading.Event()

    def start(self) -> None:
        """Begin after the first pause."""
        threading.Thread(target=self._beat, daemon=True).start()

    def stop(self) -> None:
        """Say no more."""
        self._is_over.set()

    def _beat(self) -> None:
        while not self._is_over.wait(self._every):
            LOGGER.info(told(self._tally.standing()))


class Progress:
    """While it is a context, shows the figures of a sync: live on stderr where somebody watches, else in the log.

    In the end, however it comes, a summary is logged, and told at a terminal.
    """

    def __init__(self, tally: Tally, every: float = SECONDS_BETWEEN_LINES) -> None:
        self._tally, self._every = tally, every
        self._lock = threading.Lock()
        self._view: View | None = None

    def __enter__(self) -> "Progress":
        self._view = _live(self._tally) if person.watches() else Heartbeat(self._tally, self._every)
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
        standing = self._tally.standing()
        if standing.running or standing.ended:
            lines = list(summary(standing))
            person.tell_watcher(lines)
            LOGGER.info("\n".join(lines))


def _live(tally: Tally) -> View:
    # Only who looks at a terminal waits for this import.
    from source_zendesk.protocol.live import Live  # noqa: PLC0415

    return Live(tally)
