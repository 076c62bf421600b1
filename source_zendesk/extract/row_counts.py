"""Counts of received and emitted records, for reconciliation."""

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

# From before every time to behind it.
ALL_TIME = ("", "~")


def count_window(state: Mapping[str, Any], field: str, config: Mapping[str, Any]) -> tuple[str, str] | None:
    """The times between which every row that changed must come by an export that goes on from the state.

    The last hour is left out: the index of the search follows within minutes, and clocks differ. None where nothing is
    left.
    """
    saved = legacy_cursor_time(state, field, EXPORT_FIELDS)
    begin, end = times.start_of(config) if saved is None else saved, times.now() - INDEX_IN_SECONDS
    return (times.iso(begin), times.iso(end)) if begin < end else None


def is_deleted(row: Row, tombstone: Mapping[str, Any]) -> bool:
    """Whether a row says that it was deleted: a field has the value that `tombstone` names.

    `any` stands for one at all, a list for one of it.
    """
    return any(_matches(row.get(name), value) for name, value in tombstone.items())


def _matches(found: Any, value: Any) -> bool:
    if value == "any":
        return found is not None
    return found in value if isinstance(value, list) else bool(found == value)


@dataclass
class ReadCounts:
    """What read_counts in one read through the pages of a list; `values` are those of its partition.

    `first` and `last` are the numbers of rows that the first page and the last one give for the whole list, where
    every page gives one (`is_told`). `keys` are those of the rows, None where they are not counted.
    """

    is_full_read: bool
    values: Mapping[str, Any]
    keys: DistinctKeys | None
    rows: int = 0
    first_reported: int | None = None
    last_reported: int = 0
    has_reported_count: bool = True

    def reset(self) -> None:
        """The read begins again: its rows come once more."""
        self.rows = 0


@dataclass
class RowCounts:
    """Counts a stream's rows and requests. Safe for threads.

    With `keys`, the names of the primary key's fields, different rows are counted: those that are emitted, and those
    that are not due again, since an earlier run emitted them. They are counted list by list, where each list gives its
    own number, or all together, where Zendesk counts the stream (`is_counted`). In a `window` only rows count that were
    changed between its times and are not deleted, which the `tombstone` tells.

    The sync began at the epoch second `begun_at` of our clock. Of the rows `fresh` were created since, `changed` were
    created or changed since, and `left` were changed after the window, so that the search may know them as they were.
    """

    tombstone: Mapping[str, Any] = field(default_factory=dict)
    keys: Sequence[str] = ()
    window: tuple[str, str] | None = None
    sync_start: int = 0
    is_counted: bool = False
    emitted: int = 0
    received: int = 0
    requests: int = 0
    created_during_sync: int = 0
    changed: int = 0
    changed_recently: int = 0
    first: int = 0
    last: int = 0
    difference: CountDifference = field(default_factory=CountDifference)
    _reads_with_count: int = 0
    _reads_started: int = 0
    _reads_finished: int = 0
    _distinct: int = 0
    _repeated: int = 0
    _has_keys: bool = True
    _is_whole: bool = True
    _all: DistinctKeys | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def transform(self, rows: list[Row]) -> list[Row]:
        """Count the records that are emitted; they stay as they are."""
        with self._lock:
            self.emitted += len(rows)
        return rows

    def count_request(self, *_: Any, **__: Any) -> None:
        """Count a request that was answered."""
        with self._lock:
            self.requests += 1

    def start_read(self, state: State, values: Mapping[str, Any]) -> ReadCounts:
        """A read begins; one that goes on in the middle of a list does not bring all of it."""
        with self._lock:
            self._reads_started += 1
            return ReadCounts("page" not in state, values, self._keys())

    def _keys(self) -> DistinctKeys | None:
        if self.is_counted and self._all is None:
            self._all = DistinctKeys(self.keys)
        return self._all if self.is_counted else DistinctKeys(self.keys) if self.keys else None

    def count_page(self, read_counts: ReadCounts, rows: list[Row], told: int | None) -> None:
        """Count the rows of a page, and note how many rows the list has by Zendesk's count."""
        with self._lock:
            self.received += len(rows)
        read_counts.rows += len(rows)
        if told is not None:
            read_counts.first_reported = told if read_counts.first_reported is None else read_counts.first_reported
            read_counts.last_reported = told
        else:
            read_counts.has_reported_count = False

    def count_distinct(
        self, read_counts: ReadCounts, emitted: list[Row], older: Callable[[], list[Row]], asked_at: int
    ) -> None:
        """Count the different rows of a page, which Zendesk was asked for at this second of its clock."""
        if read_counts.keys is None or not (read_counts.has_reported_count or self.is_counted):
            return
        rows = [*emitted, *older()]
        due = rows if self.window is None else [row for row in rows if self._is_due(row, *self.window)]
        begun = times.iso(max(asked_at - (times.now() - self.sync_start) - UNREMARKABLE_SECONDS, 0))
        with self._lock:
            read_counts.keys.add(due, read_counts.values)
            self.created_during_sync += sum(_time(row, "created_at") >= begun for row in due)
            self.changed += sum(max(_time(row, "created_at"), _time(row, "updated_at")) >= begun for row in rows)
            if self.window:
                self.changed_recently += sum(_time(row, "updated_at") >= self.window[1] for row in rows)

    def _is_due(self, row: Row, begin: str, end: str) -> bool:
        return begin < str(row.get("updated_at")) < end and not is_deleted(row, self.tombstone)

    def finish_read(self, read_counts: ReadCounts) -> None:
        """A read read_counts to its end."""
        with self._lock:
            self._reads_finished += 1
            self._is_whole &= read_counts.is_full_read
            if (
                self.is_counted
                or read_counts.keys is None
                or read_counts.first_reported is None
                or not read_counts.has_reported_count
            ):
                return
            rows, self._repeated = read_counts.keys.count(), self._repeated + read_counts.keys.repeated()
            self._reads_with_count += 1
            self._distinct += rows
            self._has_keys &= read_counts.keys.is_complete
            self.first, self.last = self.first + read_counts.first_reported, self.last + read_counts.last_reported
            self.difference += CountDifference.between(rows, read_counts.first_reported, read_counts.last_reported)

    @property
    def is_begun(self) -> bool:
        """Whether any list was read."""
        return self._reads_started > 0

    @property
    def is_full_read(self) -> bool:
        """Whether every list that was begun read_counts from its beginning to its end."""
        return self._is_whole and 0 < self._reads_started == self._reads_finished

    @property
    def has_reported_count(self) -> bool:
        """Whether each list gave its own number of rows."""
        return 0 < self._reads_with_count == self._reads_finished

    @property
    def has_all_keys(self) -> bool:
        """Whether every row was counted by its key."""
        return self._has_keys if self._all is None else self._all.is_complete

    @property
    def distinct(self) -> int:
        """How many different rows read_counts."""
        return self._distinct if self._all is None else self._all.count()

    @property
    def repeated(self) -> int:
        """How many rows read_counts again."""
        return self._repeated if self._all is None else self._all.repeated()


def _time(row: Row, name: str) -> str:
    return str(row.get(name) or "")
