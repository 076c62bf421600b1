"""Counts distinct primary keys."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from source_zendesk.extract.extractors import Row

# 80 MB of hashes; the probability that two of these keys have the same hash is 1 in 400,000.
MAX_KEYS = 10_000_000
PARTS = 256


class DistinctKeys:
    """Counts rows by primary key, so that a repeated row counts once; uses eight bytes per row.

    `is_complete` is False if a row has no key, or if there are more than `MAX_KEYS` rows. Not thread-safe.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._parts: dict[int, array[int]] = defaultdict(lambda: array("q"))
        self._added = 0
        self.is_complete = True

    def add(self, rows: Iterable[Row], values: Mapping[str, Any]) -> None:
        """Add the keys of these rows; the partition's `values` replace missing fields of a row."""
        for row in rows:
            key = [values.get(name) if (value := row.get(name)) is None else value for name in self._names]
            if None in key or self._added >= MAX_KEYS:
                self.is_complete = False
                return
            self._added += 1
            hashed = hash(tuple(map(str, key)))
            self._parts[hashed % PARTS].append(hashed)

    def count(self) -> int:
        """The number of distinct keys."""
        return sum(len(set(part)) for part in self._parts.values())

    def repeated(self) -> int:
        """The number of rows whose key was added before."""
        return self._added - self.count()
