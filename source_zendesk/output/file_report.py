"""Counts the files of a sync, and those that were skipped by reason."""

import logging
import threading
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from source_zendesk.printable import count_of, printable_line

LOGGER = logging.getLogger("airbyte")
OTHER_SIZE = "stored with another size than in the record"


@dataclass
class _StreamFiles:
    stored: int = 0
    stored_bytes: int = 0
    present: int = 0
    other_size: int = 0
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

    def add_other_size(self, stream: str, key: Sequence[object]) -> None:
        """Count a complete file whose size is not that of its record; the key of the first record is the example."""
        with self._lock:
            self._streams[stream].other_size += 1
            self._streams[stream].examples.setdefault(OTHER_SIZE, _example(key))

    def add_skipped(self, stream: str, reason: str, key: Sequence[object]) -> None:
        """Count a record without a file, by the reason; the key of the first record is the example."""
        with self._lock:
            self._streams[stream].skipped[reason] += 1
            self._streams[stream].examples.setdefault(reason, _example(key))

    def log_report(self) -> None:
        """Log the line of each stream that has one; a warning if files were skipped, or have another size."""
        for stream, files in sorted(self._streams.items()):
            level = logging.WARNING if files.examples else logging.INFO
            LOGGER.log(level, "Stream %s: %s", stream, _text(files))


def _text(files: _StreamFiles) -> str:
    text = f"stored {count_of(files.stored, 'file')} ({files.stored_bytes / 1e6:,.1f} MB)"
    if files.present:
        text += f", found {files.present:,} complete"
    if files.other_size:
        text += f". {count_of(files.other_size, 'file')} {OTHER_SIZE}, such as {files.examples[OTHER_SIZE]}"
    for reason, count in files.skipped.most_common():
        text += f". {count_of(count, 'record')} without a file, such as {files.examples[reason]}: {reason}"
    return text


def _example(key: Sequence[object]) -> str:
    return printable_line(", ".join(map(str, key)))
