"""How many rows of a stream came in a sync, and for how many requests."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from source_zendesk.components.reading.cursors.progress import State
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
    """What came in one walk through pages, of which `fresh` rows were made since the sync began.

    `first` and `last` are what Zendesk said, on its pages, the list to hold.
    """

    is_whole: bool
    rows: int = 0
    within: int = 0
    fresh: int = 0
    first: int | None = None
    last: int | None = None

    def forget(self) -> None:
        """The walk begins again: its rows come once more."""
        self.rows = self.within = self.fresh = 0


@dataclass
class Arrivals:
    """Counts a stream's rows and requests. Safe for threads.

    With `since` those are counted that were made after that time. The rows `within` are those that were changed between
    the times of the `window` and are not deleted, which the `tombstone` tells.
    """

    tombstone: Mapping[str, Any] = field(default_factory=dict)
    window: tuple[str, str] | None = None
    since: str = ""
    emitted: int = 0
    received: int = 0
    requests: int = 0
    came: Came = field(default_factory=lambda: Came(is_whole=True))
    told: int = 0
    begun: int = 0
    ended: int = 0
    restarts: int = 0
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

    def begin(self, state: State) -> Came:
        """A walk begins; one that goes on in the middle of a list does not bring all of it."""
        with self._lock:
            self.begun += 1
        return Came(is_whole="page" not in state)

    def page(self, came: Came, rows: list[Row], told: int | None) -> None:
        """Count the rows of a page, and note how many Zendesk says the list to hold."""
        with self._lock:
            self.received += len(rows)
        came.rows += len(rows)
        if told is not None:
            came.first = told if came.first is None else came.first
            came.last = told
        if self.since:
            came.fresh += sum(str(row.get("created_at")) > self.since for row in rows)
        if self.window:
            begin, end = self.window
            came.within += sum(
                begin < str(row.get("updated_at")) < end for row in rows if not is_gone(row, self.tombstone)
            )

    def end(self, came: Came, restarts: int) -> None:
        """A walk came to its end, after so many beginnings anew."""
        with self._lock:
            total = self.came
            self.ended += 1
            self.restarts += restarts
            total.is_whole &= came.is_whole
            total.rows += came.rows
            total.within += came.within
            total.fresh += came.fresh
            if came.first is not None and came.last is not None:
                self.told += 1
                total.first = (total.first or 0) + came.first
                total.last = (total.last or 0) + came.last

    @property
    def is_whole(self) -> bool:
        """Whether every list that was begun came from its beginning to its end."""
        return self.came.is_whole and 0 < self.begun == self.ended

    @property
    def is_told(self) -> bool:
        """Whether each list said how many rows it holds."""
        return 0 < self.told == self.ended
