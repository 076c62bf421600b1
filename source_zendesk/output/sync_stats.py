"""Statistics of a sync: records, requests, waits, stream statuses."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from airbyte_cdk.models import AirbyteMessage, AirbyteStreamStatus, Status

# Waits with a shorter gap count as one: a caller checks several times whether a limit has reset.
WAIT_MERGE_SECONDS = 1.0
ENDED = (AirbyteStreamStatus.COMPLETE, AirbyteStreamStatus.INCOMPLETE)


@dataclass(frozen=True)
class StatsSnapshot:
    """The statistics at one time, durations in seconds; `remaining_wait` is the rest of the current rate limit wait."""

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
    """Counts rows, requests and waits, and records the status of each stream. Thread-safe.

    Rows are added page by page. Overlapping waits count as one, with their duration in wall-clock time.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._started_at = clock, clock()
        self._lock = threading.Lock()
        self._rows: Counter[str] = Counter()
        self._statuses: dict[str, AirbyteStreamStatus] = {}
        self._notes: dict[str, str] = {}
        self._requests = self._waits = self._selected = 0
        self._waited, self._waiting_until = 0.0, float("-inf")
        self._errors: dict[str, str] = {}

    def set_stream_count(self, streams: int) -> None:
        """Set the number of streams in the catalog."""
        self._selected = streams

    def add_rows(self, stream: str, count: int) -> None:
        """Add emitted rows of a stream."""
        with self._lock:
            self._rows[stream] += count

    def add_request(self) -> None:
        """Count a request."""
        with self._lock:
            self._requests += 1

    def record_wait(self, seconds: float) -> None:
        """Record a wait for a rate limit that starts now."""
        with self._lock:
            now = self._clock()
            until = now + seconds
            if seconds > 0 and until > self._waiting_until:
                self._waits += self._waiting_until < now - WAIT_MERGE_SECONDS
                self._waited += until - max(self._waiting_until, now)
                self._waiting_until = until

    def note(self, stream: str, text: str) -> None:
        """Add a note on a stream to the summary; only the first of a stream is kept."""
        with self._lock:
            self._notes.setdefault(stream, text)

    def observe(self, message: AirbyteMessage) -> None:
        """Record the stream status, error or failed check of a message that is no record."""
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
        """The first error of each stream; the error of the whole sync only if no stream has one."""
        with self._lock:
            streams = [error for stream, error in self._errors.items() if stream]
            return streams or list(self._errors.values())

    def snapshot(self) -> StatsSnapshot:
        """The current statistics."""
        with self._lock:
            now, statuses = self._clock(), self._statuses
            remaining = max(self._waiting_until - now, 0.0)
            return StatsSnapshot(
                seconds=now - self._started_at,
                rows=dict(self._rows),
                requests=self._requests,
                waits=self._waits,
                waited=self._waited - remaining,
                remaining_wait=remaining,
                running=[name for name, status in statuses.items() if status not in ENDED],
                ended=sum(status in ENDED for status in statuses.values()),
                selected=self._selected,
                failed=[name for name, status in statuses.items() if status is AirbyteStreamStatus.INCOMPLETE],
                notes=dict(self._notes),
            )
