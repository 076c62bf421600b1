"""How many rows of a stream came in a sync, and for how many requests."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from source_zendesk import times
from source_zendesk.components.reading.cursors.progress import UNREMARKABLE_SECONDS, State
from source_zendesk.components.reading.difference import Difference
from source_zendesk.components.reading.distinct_keys import DistinctKeys
from source_zendesk.components.reading.extraction.base import Row


def is_gone(row: Row, tombstone: Mapping[str, Any]) -> bool:
    """Whether a row says that it was deleted: a field has the value that `tombstone` names.

    `any` stands for one at all, a list for one of it.
    """
    return any(_is_said(row.get(name), value) for name, value in tombstone.items())


def _is_said(found: Any, value: Any) -> bool:
    if value == "any":
        return found is not None
    return found in value if isinstance(value, list) else bool(found == value)


@dataclass
class Came:
    """What came in one read through the pages of a list; `values` are those of its partition.

    `first` and `last` are the numbers of rows that the first page and the last one give for the whole list, where
    every page gives one (`is_told`). `keys` are those of the rows, None where they are not counted.
    """

    is_whole: bool
    values: Mapping[str, Any]
    keys: DistinctKeys | None
    rows: int = 0
    first: int | None = None
    last: int = 0
    is_told: bool = True

    def forget(self) -> None:
        """The read begins again: its rows come once more."""
        self.rows = 0


@dataclass
class Arrivals:
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
    begun_at: int = 0
    is_counted: bool = False
    emitted: int = 0
    received: int = 0
    requests: int = 0
    fresh: int = 0
    changed: int = 0
    left: int = 0
    first: int = 0
    last: int = 0
    difference: Difference = field(default_factory=Difference)
    _told: int = 0
    _begun: int = 0
    _ended: int = 0
    _distinct: int = 0
    _repeated: int = 0
    _has_keys: bool = True
    _is_whole: bool = True
    _all: DistinctKeys | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def of(self, rows: list[Row]) -> list[Row]:
        """Count the records that are emitted; they stay as they are."""
        with self._lock:
            self.emitted += len(rows)
        return rows

    def answered(self, *_: Any, **__: Any) -> None:
        """Count a request that was answered."""
        with self._lock:
            self.requests += 1

    def begin(self, state: State, values: Mapping[str, Any]) -> Came:
        """A read begins; one that goes on in the middle of a list does not bring all of it."""
        with self._lock:
            self._begun += 1
            return Came("page" not in state, values, self._keys())

    def _keys(self) -> DistinctKeys | None:
        if self.is_counted and self._all is None:
            self._all = DistinctKeys(self.keys)
        return self._all if self.is_counted else DistinctKeys(self.keys) if self.keys else None

    def page(self, came: Came, rows: list[Row], told: int | None) -> None:
        """Count the rows of a page, and note how many rows the list has by Zendesk's count."""
        with self._lock:
            self.received += len(rows)
        came.rows += len(rows)
        if told is not None:
            came.first = told if came.first is None else came.first
            came.last = told
        else:
            came.is_told = False

    def compare(self, came: Came, emitted: list[Row], older: Callable[[], list[Row]], asked_at: int) -> None:
        """Count the different rows of a page, which Zendesk was asked for at this second of its clock."""
        if came.keys is None or not (came.is_told or self.is_counted):
            return
        rows = [*emitted, *older()]
        due = rows if self.window is None else [row for row in rows if self._is_due(row, *self.window)]
        begun = times.iso(max(asked_at - (times.now() - self.begun_at) - UNREMARKABLE_SECONDS, 0))
        with self._lock:
            came.keys.add(due, came.values)
            self.fresh += sum(_time(row, "created_at") >= begun for row in due)
            self.changed += sum(max(_time(row, "created_at"), _time(row, "updated_at")) >= begun for row in rows)
            if self.window:
                self.left += sum(_time(row, "updated_at") >= self.window[1] for row in rows)

    def _is_due(self, row: Row, begin: str, end: str) -> bool:
        return begin < str(row.get("updated_at")) < end and not is_gone(row, self.tombstone)

    def end(self, came: Came) -> None:
        """A read came to its end."""
        with self._lock:
            self._ended += 1
            self._is_whole &= came.is_whole
            if self.is_counted or came.keys is None or came.first is None or not came.is_told:
                return
            rows, self._repeated = came.keys.count(), self._repeated + came.keys.repeated()
            self._told += 1
            self._distinct += rows
            self._has_keys &= came.keys.is_complete
            self.first, self.last = self.first + came.first, self.last + came.last
            self.difference += Difference.between(rows, came.first, came.last)

    @property
    def is_begun(self) -> bool:
        """Whether any list was read."""
        return self._begun > 0

    @property
    def is_whole(self) -> bool:
        """Whether every list that was begun came from its beginning to its end."""
        return self._is_whole and 0 < self._begun == self._ended

    @property
    def is_told(self) -> bool:
        """Whether each list gave its own number of rows."""
        return 0 < self._told == self._ended

    @property
    def has_all_keys(self) -> bool:
        """Whether every row was counted by its key."""
        return self._has_keys if self._all is None else self._all.is_complete

    @property
    def distinct(self) -> int:
        """How many different rows came."""
        return self._distinct if self._all is None else self._all.count()

    @property
    def repeated(self) -> int:
        """How many rows came again."""
        return self._repeated if self._all is None else self._all.repeated()


def _time(row: Row, name: str) -> str:
    return str(row.get(name) or "")
