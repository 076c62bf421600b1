"""Statistics of a sync: records, requests, waits, stream statuses."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from airbyte_cdk.models import AirbyteMessage, AirbyteStreamStatus, Status

# Holds with less between them are one wait: who asks whether a limit is renewed asks several times.
WAIT_MERGE_SECONDS = 1.0
ENDED = (AirbyteStreamStatus.COMPLETE, AirbyteStreamStatus.INCOMPLETE)


@dataclass(frozen=True)
class StatsSnapshot:
    """The figures of a moment. Times are in seconds; `held` is how long Zendesk still wants to be left alone."""

    seconds: float
    rows: Mapping[str, int]
    requests: int
    waits: int
    waited: float
    remaining_wait: float
    running: list[str]
    ended: int
    selected: int
    failed: list[str]
    notes: Mapping[str, str]


class SyncStats:
    """Counts rows, requests and waits, and notes what becomes of each stream. Safe for threads.

    It is told of pages and requests, never of single rows. Waits that overlap are counted as one, in seconds by the
    clock on the wall.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._began = clock, clock()
        self._lock = threading.Lock()
        self._rows: Counter[str] = Counter()
        self._statuses: dict[str, AirbyteStreamStatus] = {}
        self._remarks: dict[str, str] = {}
        self._requests = self._waits = self._selected = 0
        self._waited, self._held_until = 0.0, float("-inf")
        self._errors: dict[str, str] = {}

    def set_stream_count(self, streams: int) -> None:
        """So many streams are to be read."""
        self._selected = streams

    def add_rows(self, stream: str, count: int) -> None:
        """So many rows of a stream are on their way out."""
        with self._lock:
            self._rows[stream] += count

    @property
    def total_rows(self) -> int:
        """How many rows were on their way out so far."""
        with self._lock:
            return self._rows.total()

    def add_request(self) -> None:
        """One more is sent."""
        with self._lock:
            self._requests += 1

    def record_wait(self, seconds: float) -> None:
        """Something waits for Zendesk for so long from now on."""
        with self._lock:
            now = self._clock()
            until = now + seconds
            if seconds > 0 and until > self._held_until:
                self._waits += self._held_until < now - WAIT_MERGE_SECONDS
                self._waited += until - max(self._held_until, now)
                self._held_until = until

    def note(self, stream: str, text: str) -> None:
        """Say something of a stream when all is over; the first remark says most."""
        with self._lock:
            self._remarks.setdefault(stream, text)

    def observe(self, message: AirbyteMessage) -> None:
        """Note what a message other than a record says: the status of a stream, an error, or a check that failed."""
        trace, connection = message.trace, message.connectionStatus
        with self._lock:
            if trace and trace.stream_status:
                self._statuses[trace.stream_status.stream_descriptor.name] = trace.stream_status.status
            if trace and trace.error:
                stream = trace.error.stream_descriptor
                self._errors.setdefault(stream.name if stream else "", trace.error.message)
            if connection and connection.status is Status.FAILED:
                self._errors[""] = connection.message or "the check failed"

    @property
    def errors(self) -> list[str]:
        """The first error of each stream; that of the whole, which repeats them, where no stream had one."""
        with self._lock:
            streams = [error for stream, error in self._errors.items() if stream]
            return streams or list(self._errors.values())

    def snapshot(self) -> StatsSnapshot:
        """The figures of now."""
        with self._lock:
            now, statuses = self._clock(), self._statuses
            held = max(self._held_until - now, 0.0)
            return StatsSnapshot(
                seconds=now - self._began,
                rows=dict(self._rows),
                requests=self._requests,
                waits=self._waits,
                waited=self._waited - held,
                remaining_wait=held,
                running=[name for name, status in statuses.items() if status not in ENDED],
                ended=sum(status in ENDED for status in statuses.values()),
                selected=self._selected,
                failed=[name for name, status in statuses.items() if status is AirbyteStreamStatus.INCOMPLETE],
                notes=dict(self._remarks),
            )
