"""Counts of received and emitted records, for reconciliation."""

import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from source_zendesk import times
from source_zendesk.extract.count_difference import CountDifference
from source_zendesk.extract.cursors.base import UNREMARKABLE_SECONDS, State
from source_zendesk.extract.cursors.legacy_state import EXPORT_FIELDS, legacy_cursor_time
from source_zendesk.extract.cursors.search_cursor import INDEX_IN_SECONDS
from source_zendesk.extract.distinct_keys import DistinctKeys
from source_zendesk.extract.extractors import Row

# Epoch seconds between which rows changed, exclusively.
Window = tuple[int, int]
ALL_TIME: Window = (-sys.maxsize, sys.maxsize)


def count_window(state: Mapping[str, Any], field: str, config: Mapping[str, Any]) -> Window | None:
    """The window in which an export that resumes at the state must return every changed row; None if empty.

    It excludes the last hour: the search index lags by minutes, and clocks differ.
    """
    cursor_time = legacy_cursor_time(state, field, EXPORT_FIELDS)
    begin, end = times.start_of(config) if cursor_time is None else cursor_time, times.now() - INDEX_IN_SECONDS
    return (begin, end) if begin < end else None


def is_deleted(row: Row, tombstone: Mapping[str, Any]) -> bool:
    """Whether a row is marked as deleted: one of its fields has the value in `tombstone`.

    `any` matches every value but null, a list any of its values.
    """
    return any(_matches(row.get(name), expected) for name, expected in tombstone.items())


def _matches(value: Any, expected: Any) -> bool:
    if expected == "any":
        return value is not None
    return value in expected if isinstance(expected, list) else bool(value == expected)


@dataclass
class ReadCounts:
    """Counts one read of a list, and adds it to the `stream_counts`; `values` are those of its partition.

    `first_reported` and `last_reported` are the counts of the whole list on its first and last page, valid if every
    page reports one (`has_reported_count`). `keys` are the primary keys of the rows, None if they are not counted.
    """

    stream_counts: "RowCounts" = field(repr=False)
    is_full_read: bool
    values: Mapping[str, Any]
    keys: DistinctKeys | None
    rows: int = 0
    first_reported: int | None = None
    last_reported: int = 0
    has_reported_count: bool = True

    def count_page(
        self,
        rows: list[Row],
        new_rows: list[Row],
        already_emitted: Callable[[], list[Row]],
        reported_count: int | None,
        requested_at: int,
    ) -> None:
        """Count the rows of a page that was requested at this epoch second of Zendesk's clock.

        `reported_count` is Zendesk's count of the list. `already_emitted` returns the rows that an earlier run emitted.
        """
        self.rows += len(rows)
        if reported_count is None:
            self.has_reported_count = False
        else:
            self.first_reported = reported_count if self.first_reported is None else self.first_reported
            self.last_reported = reported_count
        self.stream_counts.count_received(rows)
        if self.keys is not None and (self.has_reported_count or self.stream_counts.is_counted):
            self.stream_counts.count_distinct(self.keys, self.values, [*new_rows, *already_emitted()], requested_at)

    @property
    def missing(self) -> int | None:
        """The number of reported rows less the received ones; None if either is not known."""
        is_known = self.is_full_read and self.first_reported is not None
        return self.last_reported - self.rows if is_known else None

    def restart(self) -> None:
        """Count from the start: the read returns its rows again."""
        self.rows = 0

    def finish(self) -> None:
        """Count the read as one that reached its end."""
        self.stream_counts.count_finished(self)


@dataclass
class RowCounts:
    """Counts a stream's rows and requests. Thread-safe.

    With `keys`, the fields of the primary key, it counts distinct rows: the emitted ones, and those that an earlier run
    emitted. It counts them list by list, if each list reports its own count, or together, if Zendesk counts the stream
    (`is_counted`). With a `window`, only rows count that changed between its times and are not deleted (`tombstone`).

    `sync_start` is an epoch second of this machine's clock. `created_during_sync` rows were created since, `changed`
    rows were created or changed since. `changed_recently` rows changed after the window, so that the search may still
    have an earlier version of them. `first_reported` and `last_reported` are the sums over the lists that report their
    own counts.
    """

    tombstone: Mapping[str, Any] = field(default_factory=dict)
    keys: Sequence[str] = ()
    window: Window | None = None
    sync_start: int = 0
    is_counted: bool = False
    emitted: int = 0
    received: int = 0
    requests: int = 0
    created_during_sync: int = 0
    changed: int = 0
    changed_recently: int = 0
    first_reported: int = 0
    last_reported: int = 0
    difference: CountDifference = field(default_factory=CountDifference)
    _reads_with_count: int = 0
    _reads_started: int = 0
    _reads_finished: int = 0
    _distinct: int = 0
    _repeated: int = 0
    _has_keys: bool = True
    _are_reads_full: bool = True
    _all_keys: DistinctKeys | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def count_emitted(self, rows: list[Row]) -> None:
        """Count emitted records."""
        with self._lock:
            self.emitted += len(rows)

    def count_received(self, rows: list[Row]) -> None:
        """Count the rows of a page."""
        with self._lock:
            self.received += len(rows)

    def count_request(self, *_: Any, **__: Any) -> None:
        """Count a request that got a response."""
        with self._lock:
            self.requests += 1

    def start_read(self, state: State, values: Mapping[str, Any]) -> ReadCounts:
        """Start a read; one that resumes inside a list is not a full read."""
        with self._lock:
            self._reads_started += 1
            return ReadCounts(self, "page" not in state, values, self._keys_of_read())

    def _keys_of_read(self) -> DistinctKeys | None:
        if self.is_counted and self._all_keys is None:
            self._all_keys = DistinctKeys(self.keys)
        return self._all_keys if self.is_counted else DistinctKeys(self.keys) if self.keys else None

    def count_distinct(self, keys: DistinctKeys, values: Mapping[str, Any], rows: list[Row], requested_at: int) -> None:
        """Count the distinct rows of a page that was requested at this epoch second of Zendesk's clock."""
        due = rows if self.window is None else [row for row in rows if self._is_due(row, self.window)]
        since = max(requested_at - (times.now() - self.sync_start) - UNREMARKABLE_SECONDS, 0)
        with self._lock:
            keys.add(due, values)
            self.created_during_sync += sum(_time(row, "created_at") >= since for row in due)
            self.changed += sum(max(_time(row, "created_at"), _time(row, "updated_at")) >= since for row in rows)
            if self.window:
                self.changed_recently += sum(_time(row, "updated_at") >= self.window[1] for row in rows)

    def _is_due(self, row: Row, window: Window) -> bool:
        return window[0] < _time(row, "updated_at") < window[1] and not is_deleted(row, self.tombstone)

    def count_finished(self, read: ReadCounts) -> None:
        """Count a read that reached its end."""
        with self._lock:
            self._reads_finished += 1
            self._are_reads_full &= read.is_full_read
            if self.is_counted or read.keys is None or read.first_reported is None or not read.has_reported_count:
                return
            rows, self._repeated = read.keys.count(), self._repeated + read.keys.repeated()
            self._reads_with_count += 1
            self._distinct += rows
            self._has_keys &= read.keys.is_complete
            self.first_reported += read.first_reported
            self.last_reported += read.last_reported
            self.difference += CountDifference.between(rows, read.first_reported, read.last_reported)

    @property
    def is_started(self) -> bool:
        """Whether any list was read."""
        return self._reads_started > 0

    @property
    def is_full_read(self) -> bool:
        """Whether every list was read from its first page to its last."""
        return self._are_reads_full and 0 < self._reads_started == self._reads_finished

    @property
    def has_reported_count(self) -> bool:
        """Whether each list reported its own count."""
        return 0 < self._reads_with_count == self._reads_finished

    @property
    def has_all_keys(self) -> bool:
        """Whether every row was counted by its primary key."""
        return self._has_keys if self._all_keys is None else self._all_keys.is_complete

    @property
    def distinct(self) -> int:
        """The number of distinct rows received."""
        return self._distinct if self._all_keys is None else self._all_keys.count()

    @property
    def repeated(self) -> int:
        """The number of rows that were received again."""
        return self._repeated if self._all_keys is None else self._all_keys.repeated()


def _time(row: Row, name: str) -> int:
    """Epoch seconds; -1, which is before all times, if there are none."""
    seconds = times.epoch(row.get(name))
    return -1 if seconds is None else seconds
