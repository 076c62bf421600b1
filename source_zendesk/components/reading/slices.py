"""The parents whose children a stream reads."""

import itertools
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from source_zendesk.components.reading.cursors.progress import State
from source_zendesk.components.reading.walk import Page
from source_zendesk.components.requests.answer import UndocumentedValueError
from source_zendesk.components.requests.outcome import StreamSkipped

LOGGER = logging.getLogger("airbyte")

Values = dict[str, Any]
BEHIND_VALUES: State = {"values": "done"}


@dataclass
class Slot:
    """The values that one request for children needs; `before` resumes at it and `after` behind it.

    A slot without values marks the end of a page of parents.
    """

    values: Values | None
    before: State
    after: State


class Walker(Protocol):
    """A stream whose records are parents."""

    def walk(self, state: State) -> Iterator[Page]:
        """Its pages from a state on."""


@dataclass(frozen=True)
class Parent:
    """A stream, a fixed list, or both, that give values to placeholders and query parameters.

    `begin` is the state that the stream is walked from where there is no other. `fields` maps a placeholder to the
    field of the parent's record, or the dotted path to one, that fills it. Rows without a value are left out, and those
    in which a field has the value that `unless` names (`any`: one at all). `batch` puts so many values into one
    request, separated by commas. `pattern` has a group that takes the value out of a text, `prefix` stands before it.
    With `distinct` rows of one page that give the same values count once, when they are read.
    """

    fields: Mapping[str, str]
    walker: Walker | None = None
    values: tuple[Values, ...] = ()
    unless: Mapping[str, Any] | None = None
    batch: int = 0
    pattern: str = ""
    prefix: str = ""
    distinct: bool = False
    begin: State = field(default_factory=dict)

    def _slots(self, page: Page) -> list[Values]:
        slots = [slot for row in page.rows if not self._left_out(row) and (slot := self._filled(row))]
        return self._batched(slots) if self.batch else slots

    def _left_out(self, row: Mapping[str, Any]) -> bool:
        return any(
            row.get(name) == value or (value == "any" and row.get(name)) for name, value in (self.unless or {}).items()
        )

    def _filled(self, row: Mapping[str, Any]) -> Values | None:
        slot = {name: _scalar(source, within(row, source)) for name, source in self.fields.items()}
        if self.pattern:
            slot = {name: self._within(value) for name, value in slot.items()}
        if any(value in (None, "") for value in slot.values()):
            return None
        return {name: f"{self.prefix}{value}" for name, value in slot.items()} if self.prefix else slot

    def _within(self, value: Any) -> str | None:
        found = re.search(self.pattern, str(value))
        return found[1] if found else None

    def _batched(self, slots: list[Values]) -> list[Values]:
        (name,) = self.fields
        chunks = [slots[start : start + self.batch] for start in range(0, len(slots), self.batch)]
        return [{name: ",".join(str(slot[name]) for slot in chunk)} for chunk in chunks]

    def pages(self, state: State) -> Iterator[Page]:
        """The values that the pages of parents give from a state on, the fixed ones first."""
        state = state or self.begin
        if self.walker is None:
            yield Page(list(self.values), state, {})
            return
        if self.values and not state:
            yield Page(list(self.values), state, BEHIND_VALUES)
        try:
            for page in self.walker.walk({} if state == BEHIND_VALUES else state):
                yield Page(self._slots(page), page.before, page.after)
        except StreamSkipped as skipped:
            if not self.values:
                raise
            LOGGER.warning("Of all there may be for %s, the fixed values remain: %s", ", ".join(self.fields), skipped)


def within(row: Any, path: str) -> Any:
    """What a dotted path leads to in a row, None where it ends before."""
    for name in path.split("."):
        row = row.get(name) if isinstance(row, Mapping) else None
    return row


def _scalar(path: str, value: Any) -> Any:
    """What can stand in a request: a text, a number or null."""
    if isinstance(value, bool | float | list | dict):
        raise UndocumentedValueError(path, value, "a text or a whole number")
    return value


def slots(parents: list[Parent], state: State) -> Iterator[Slot]:
    """Every combination of the parents' values; the first parent is walked, the others are read whole.

    State: `{"parent": state of the first parent's page, "last": the combination of that page that was read last}`.
    Where it is no longer on the page, which may have changed since, the whole page is read again. What comes behind it
    is read even if it was before it as well: a parent that two events name may have changed in between.
    """
    first, *others = parents
    rest = [[slot for page in other.pages({}) for slot in page.rows] for other in others]
    last = state.get("last")
    for page in first.pages(state.get("parent", {})):
        combined = [_merged(combination) for combination in itertools.product(page.rows, *rest)]
        due = combined[combined.index(last) + 1 if last in combined else 0 :]
        for values in _distinct(due) if first.distinct else due:
            here = {"parent": page.before, "last": last} if last else {"parent": page.before}
            last = values
            yield Slot(values, here, {"parent": page.before, "last": values})
        last = None
        yield Slot(None, {"parent": page.after}, {"parent": page.after})


def _distinct(slots: list[Values]) -> list[Values]:
    return [dict(values) for values in dict.fromkeys(tuple(slot.items()) for slot in slots)]


def _merged(combination: tuple[Values, ...]) -> Values:
    return {name: value for values in combination for name, value in values.items()}
