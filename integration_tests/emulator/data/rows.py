"""A row, and the rows of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

Row = dict[str, Any]


@dataclass
class Rows:
    """The records of a list in order, serialized only when a page contains them."""

    ids: Sequence[Any]
    json: Callable[[Any], bytes]

    def dicts(self, ids: Iterable[Any] | None = None) -> list[Row]:
        return [orjson.loads(self.json(i)) for i in (self.ids if ids is None else ids)]

    def where(self, keep: Callable[[Row], bool]) -> Rows:
        """The records that match a filter."""
        return Rows([i for i in self.ids if keep(orjson.loads(self.json(i)))], self.json)

    def only_fields(self, names: Sequence[str]) -> Rows:
        """The records with some of their fields; all fields if no name is given."""
        if not names:
            return self
        return Rows(self.ids, lambda identifier: orjson.dumps(_only(orjson.loads(self.json(identifier)), names)))

    def sorted_by(self, name: str, *, descending: bool = False) -> Rows:
        """The records sorted by a field; null values come first, equal values keep their order."""

        def key(pair: tuple[Row, Any]) -> tuple[int, float, str]:
            value = pair[0].get(name)
            number = value if isinstance(value, (int, float)) else 0
            return (value is not None, number, value if isinstance(value, str) else "")

        pairs = sorted(zip(self.dicts(), self.ids, strict=True), key=key, reverse=descending)
        return Rows([i for _, i in pairs], self.json)


def _only(row: Row, names: Sequence[str]) -> Row:
    return {name: row[name] for name in names}


def listing(rows: Iterable[Row]) -> Rows:
    """Rows generated for one response."""
    serialized = [orjson.dumps(row) for row in rows]
    return Rows(range(len(serialized)), serialized.__getitem__)
