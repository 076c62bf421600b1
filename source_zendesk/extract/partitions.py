"""The partitions of a stream: the parent values that each request needs."""

import itertools
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from source_zendesk.extract.cursors.base import State
from source_zendesk.extract.extractors import Row
from source_zendesk.http.refusals import StreamSkipped
from source_zendesk.http.response import UndocumentedValueError


@dataclass
class Page:
    """The new rows of one answer; `before` resumes a walk at this page and `after` behind it."""

    rows: list[Row]
    resume_state: State
    next_state: State
    body: Any = field(default=None, repr=False)


LOGGER = logging.getLogger("airbyte")

Values = dict[str, Any]
AFTER_FIXED_VALUES: State = {"values": "done"}


@dataclass
class Partition:
    """The values that one request for children needs; `before` resumes at it and `after` behind it.

    A slot without values marks the end of a page of parents.
    """

    values: Values | None
    resume_state: State
    next_state: State


class PageReader(Protocol):
    """A stream whose records are parents."""

    def read_pages(self, state: State) -> Iterator[Page]:
        """Its pages from a state on."""


@dataclass(frozen=True)
class ParentSource:
    """A stream, a fixed list, or both, that give values to placeholders and query parameters.

    `begin` is the state that the stream is walked from where there is no other. `fields` maps a placeholder to the
    field of the parent's record, or the dotted path to one, that fills it. Rows without a value are left out, and those
    in which a field has the value that `unless` names (`any`: one at all). `batch` puts so many values into one
    request, separated by commas. `pattern` has a group that takes the value out of a text, `prefix` stands before it.
    With `distinct` rows of one page that give the same values count once, when they are read.
    """

    fields: Mapping[str, str]
    reader: PageReader | None = None
    values: tuple[Values, ...] = ()
    unless: Mapping[str, Any] | None = None
    batch: int = 0
    pattern: str = ""
    prefix: str = ""
    distinct: bool = False
    initial_state: State = field(default_factory=dict)

    def _partition_values(self, page: Page) -> list[Values]:
        partitions = [
            partition for row in page.rows if not self._is_excluded(row) and (partition := self._values_of_row(row))
        ]
        return self._batch_values(partitions) if self.batch else partitions

    def _is_excluded(self, row: Mapping[str, Any]) -> bool:
        return any(
            row.get(name) == value or (value == "any" and row.get(name)) for name, value in (self.unless or {}).items()
        )

    def _values_of_row(self, row: Mapping[str, Any]) -> Values | None:
        partition = {name: _scalar(source, value_at_path(row, source)) for name, source in self.fields.items()}
        if self.pattern:
            partition = {name: self._match_pattern(value) for name, value in partition.items()}
        if any(value in (None, "") for value in partition.values()):
            return None
        return {name: f"{self.prefix}{value}" for name, value in partition.items()} if self.prefix else partition

    def _match_pattern(self, value: Any) -> str | None:
        found = re.search(self.pattern, str(value))
        return found[1] if found else None

    def _batch_values(self, partitions: list[Values]) -> list[Values]:
        (name,) = self.fields
        chunks = [partitions[start : start + self.batch] for start in range(0, len(partitions), self.batch)]
        return [{name: ",".join(str(partition[name]) for partition in chunk)} for chunk in chunks]

    def pages(self, state: State) -> Iterator[Page]:
        """The values that the pages of parents give from a state on, the fixed ones first."""
        state = state or self.initial_state
        if self.reader is None:
            yield Page(list(self.values), state, {})
            return
        if self.values and not state:
            yield Page(list(self.values), state, AFTER_FIXED_VALUES)
        try:
            for page in self.reader.read_pages({} if state == AFTER_FIXED_VALUES else state):
                yield Page(self._partition_values(page), page.resume_state, page.next_state)
        except StreamSkipped as skipped:
            if not self.values:
                raise
            LOGGER.warning("Of all there may be for %s, the fixed values remain: %s", ", ".join(self.fields), skipped)


def value_at_path(row: Any, path: str) -> Any:
    """What a dotted path leads to in a row, None where it ends before."""
    for name in path.split("."):
        row = row.get(name) if isinstance(row, Mapping) else None
    return row


def _scalar(path: str, value: Any) -> Any:
    """What can stand in a request: a text, a number or null."""
    if isinstance(value, bool | float | list | dict):
        raise UndocumentedValueError(path, value, "a text or a whole number")
    return value


def iter_partitions(parents: list[ParentSource], state: State) -> Iterator[Partition]:
    """Every combination of the parents' values; the first parent is walked, the others are read whole.

    State: `{"parent": state of the first parent's page, "last": the combination of that page that was read last}`.
    Where it is no longer on the page, which may have changed since, the whole page is read again. What comes behind it
    is read even if it was before it as well: a parent that two events name may have changed in between.
    """
    first, *others = parents
    rest = [[partition for page in other.pages({}) for partition in page.rows] for other in others]
    last = state.get("last")
    for page in first.pages(state.get("parent", {})):
        combined = [_merged(combination) for combination in itertools.product(page.rows, *rest)]
        due = combined[combined.index(last) + 1 if last in combined else 0 :]
        for values in _distinct(due) if first.distinct else due:
            here = {"parent": page.resume_state, "last": last} if last else {"parent": page.resume_state}
            last = values
            yield Partition(values, here, {"parent": page.resume_state, "last": values})
        last = None
        yield Partition(None, {"parent": page.next_state}, {"parent": page.next_state})


def _distinct(partitions: list[Values]) -> list[Values]:
    return [dict(values) for values in dict.fromkeys(tuple(partition.items()) for partition in partitions)]


def _merged(combination: tuple[Values, ...]) -> Values:
    return {name: value for values in combination for name, value in values.items()}
