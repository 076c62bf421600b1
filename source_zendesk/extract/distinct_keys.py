"""Counts different primary keys."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from source_zendesk.extract.extractors import Row

# 80 MB of hashes. Two of so many keys share one in 1 of 400,000 cases.
MAX_KEYS = 10_000_000
PARTS = 256


class DistinctKeys:
    """Counts rows by their primary key, so that a repeated row counts once; each row costs eight bytes.

    `is_complete` is False where a row had no key, or where there were more than `MOST_KEYS` rows. Not safe for threads.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._parts: dict[int, array[int]] = defaultdict(lambda: array("q"))
        self._added = 0
        self.is_complete = True

    def add(self, rows: Iterable[Row], values: Mapping[str, Any]) -> None:
        """Add the keys of these rows; `values` of the partition stand in for fields that a row does not have."""
        for row in rows:
            key = [values.get(name) if (value := row.get(name)) is None else value for name in self._names]
            if None in key or self._added >= MAX_KEYS:
                self.is_complete = False
                return
            self._added += 1
            hashed = hash(tuple(map(str, key)))
            self._parts[hashed % PARTS].append(hashed)

    def count(self) -> int:
        """How many different keys there are."""
        return sum(len(set(part)) for part in self._parts.values())

    def repeated(self) -> int:
        """How many rows had a key that another one had before."""
        return self._added - self.count()
