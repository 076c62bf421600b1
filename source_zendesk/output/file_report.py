"""Counts the files of a sync, and those that were skipped by reason."""

import logging
import threading
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from source_zendesk.printable import count_of, printable_line

LOGGER = logging.getLogger("airbyte")


@dataclass
class _StreamFiles:
    stored: int = 0
    stored_bytes: int = 0
    present: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)


class FileReport:
    """Counts the files of each stream, and logs one line for each stream at the end. Thread-safe."""

    def __init__(self) -> None:
        self._streams: defaultdict[str, _StreamFiles] = defaultdict(_StreamFiles)
        self._lock = threading.Lock()

    def add_stored(self, stream: str, size: int) -> None:
        """Count a file that was downloaded, with its size in bytes."""
        with self._lock:
            self._streams[stream].stored += 1
            self._streams[stream].stored_bytes += size

    def add_present(self, stream: str) -> None:
        """Count a file that an earlier run stored."""
        with self._lock:
            self._streams[stream].present += 1

    def add_skipped(self, stream: str, reason: str, key: Sequence[object]) -> None:
        """Count a record without a file, by the reason; the key of the first record is the example."""
        with self._lock:
            files = self._streams[stream]
            files.skipped[reason] += 1
            files.examples.setdefault(reason, printable_line(", ".join(map(str, key))))

    def log_report(self) -> None:
        """Log the line of each stream that has one; a warning if files were skipped."""
        for stream, files in sorted(self._streams.items()):
            text = f"stored {count_of(files.stored, 'file')} ({files.stored_bytes / 1e6:,.1f} MB)"
            if files.present:
                text += f", found {files.present:,} complete"
            for reason, count in files.skipped.most_common():
                text += f". {count_of(count, 'record')} without a file, such as {files.examples[reason]}: {reason}"
            LOGGER.log(logging.WARNING if files.skipped else logging.INFO, "Stream %s: %s", stream, text)
