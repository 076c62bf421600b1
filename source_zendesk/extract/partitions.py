"""The partitions of a stream: the parent values that each request needs."""

import itertools
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk import times
from source_zendesk.extract.cursors.base import State
from source_zendesk.extract.extractors import Row
from source_zendesk.extract.requested_parents import RequestedParents
from source_zendesk.http.refusals import StreamSkipped
from source_zendesk.http.response import UndocumentedValueError
from source_zendesk.json_values import value_at
from source_zendesk.manifest import ParentRef


@dataclass
class Page:
    """The new rows of one response; `resume_state` resumes a read at this page, `next_state` after it.

    `requested_at` is the epoch second of the request by Zendesk's clock, `reported_count` is Zendesk's count of the
    whole list, None if it has none.
    """

    rows: list[Row]
    resume_state: State
    next_state: State
    requested_at: int = 0
    reported_count: int | None = None


LOGGER = logging.getLogger("airbyte")

Values = dict[str, Any]
AFTER_FIXED_VALUES: State = {"values": "done"}


@dataclass
class Partition:
    """The values that one request for children needs; `resume_state` resumes at it, `next_state` after it.

    A partition without values marks the end of a page of parents.
    """

    values: Values | None
    resume_state: State
    next_state: State


@dataclass
class ParentPage:
    """The values of the parents on a page, each with the epoch second of its last change, None if it has no time.

    States and `requested_at` are those of the `Page`.
    """

    parents: list[tuple[Values, int | None]]
    resume_state: State
    next_state: State
    requested_at: int = 0


class PageReader(Protocol):
    """Reads the pages of a parent stream."""

    def read_pages(self, state: State) -> Iterator[Page]:
        """The pages from a state on."""


class ChildReader(Protocol):
    """Reads the pages of a substream for one parent."""

    def read_pages(self, state: State, values: Mapping[str, Any]) -> Iterator[Page]:
        """The pages from a state on, for the parent with these values."""


@dataclass(frozen=True)
class ParentSource:
    """The values of a parent for placeholders and query parameters.

    `reader` reads the parent stream, if there is one; rows without a value are skipped. `inputs` contains fixed values
    for several parameters, and `inputs_of_rows` those that are combined with each row. If Zendesk refuses the parent
    stream, they are used without it. `initial_state` is the state of the parent stream if there is no other.
    `time_field` is the field of its rows with the time of their last change, empty if they have none.

    `feature` reads the parent's stream `unless_empty`: if it has no rows, the parent stream is not read, and its state
    does not advance. If it cannot be read, the parent stream is.
    """

    parent: ParentRef
    reader: PageReader | None = None
    inputs: tuple[Values, ...] = ()
    inputs_of_rows: tuple[Values, ...] = ()
    initial_state: State = field(default_factory=dict)
    time_field: str = ""
    feature: PageReader | None = None

    @property
    def fixed_values(self) -> list[Values]:
        """The values that do not come from the parent stream."""
        return [*self.inputs, *({name: value} for value in self.parent.values for name in self.parent.fields)]

    def _parent_page(self, page: Page) -> ParentPage:
        return ParentPage(self._parents_of_rows(page.rows), page.resume_state, page.next_state, page.requested_at)

    def _parents_of_rows(self, rows: list[Row]) -> list[tuple[Values, int | None]]:
        found = [
            (values, times.epoch(row.get(self.time_field)))
            for row in rows
            if not self._is_excluded(row) and (values := self._values_of_row(row))
        ]
        if self.inputs_of_rows:
            return [
                ({**inputs, **values}, changed_at) for values, changed_at in found for inputs in self.inputs_of_rows
            ]
        return _without_times(self._batch_values([values for values, _ in found])) if self.parent.batch else found

    def _is_feature_unused(self) -> bool:
        """Whether the account has no row of the feature; False if the request fails: it only saves other requests."""
        if self.feature is None:
            return False
        try:
            if any(page.rows for page in self.feature.read_pages({})):
                return False
        except (StreamSkipped, AirbyteTracedException) as failure:
            LOGGER.info(
                "Requesting the children of all `%s`: whether the account has any `%s` is unknown (%s)",
                self.parent.stream,
                self.parent.unless_empty,
                failure,
            )
            return False
        LOGGER.info(
            "Requesting no children of `%s`, because the account has no `%s`. If it deleted them, children may remain: "
            "create one, and the next run requests the children of all parents",
            self.parent.stream,
            self.parent.unless_empty,
        )
        return True

    def _is_excluded(self, row: Mapping[str, Any]) -> bool:
        return any(_matches(row.get(name), excluded) for name, excluded in self.parent.unless.items())

    def _values_of_row(self, row: Mapping[str, Any]) -> Values | None:
        partition = {
            name: _scalar(source, value_at(row, source.split("."))) for name, source in self.parent.fields.items()
        }
        if self.parent.pattern:
            partition = {name: self._match_pattern(value) for name, value in partition.items()}
        if any(value in (None, "") for value in partition.values()):
            return None
        prefix = self.parent.prefix
        return {name: f"{prefix}{value}" for name, value in partition.items()} if prefix else partition

    def _match_pattern(self, value: Any) -> str | None:
        match = re.search(self.parent.pattern, str(value))
        return match[1] if match else None

    def _batch_values(self, partitions: list[Values]) -> list[Values]:
        (name,), size = self.parent.fields, self.parent.batch
        chunks = [partitions[start : start + size] for start in range(0, len(partitions), size)]
        return [{name: ",".join(str(partition[name]) for partition in chunk)} for chunk in chunks]

    def pages(self, state: State) -> Iterator[ParentPage]:
        """The values of each page of parents from a state on, the fixed values first."""
        state, fixed_values = state or self.initial_state, _without_times(self.fixed_values)
        if self.reader is None:
            yield ParentPage(fixed_values, state, {})
            return
        if fixed_values and not state:
            yield ParentPage(fixed_values, state, AFTER_FIXED_VALUES)
        if self._is_feature_unused():
            yield ParentPage([], state, state)
            return
        try:
            # A variable would keep the rows of a page in memory until the next page is parsed.
            yield from map(self._parent_page, self.reader.read_pages({} if state == AFTER_FIXED_VALUES else state))
        except StreamSkipped as skipped:
            if not fixed_values and not self.inputs_of_rows:
                raise
            LOGGER.warning(
                "Cannot list the values for %s (%s); using only the fixed values",
                ", ".join(self.parent.fields),
                skipped,
            )
            if self.inputs_of_rows:
                yield ParentPage(_without_times([*self.inputs_of_rows]), state, {})


def _matches(value: Any, excluded: Any) -> bool:
    if excluded == "any":
        return bool(value)
    return bool(value == excluded) or (isinstance(excluded, list) and value in excluded)


def _scalar(path: str, value: Any) -> Any:
    """A value that a request can contain: a string, an integer or null."""
    if isinstance(value, bool | float | list | dict):
        raise UndocumentedValueError(path, value, "a string or an integer")
    return value


def _without_times(found: list[Values]) -> list[tuple[Values, int | None]]:
    return [(values, None) for values in found]


def iter_partitions(parents: list[ParentSource], state: State) -> Iterator[Partition]:
    """Every combination of the parents' values; reads the first parent page by page, the others in full.

    A combination that occurs again is left out, unless its first parent changed after the page with which the
    combination was requested, or has no time: see `RequestedParents`.

    State: `{"parent": state of the first parent's page, "last": the last combination of that page that was read}`.
    If the page no longer contains `last`, the whole page is read again. Combinations after `last` are read even if
    they also occur before it: a parent that two events refer to may have changed in between.
    """
    first, *others = parents
    other_values = [[values for page in other.pages({}) for values, _ in page.parents] for other in others]
    last, requested = state.get("last"), RequestedParents()
    for page in first.pages(state.get("parent", {})):
        combined = [
            (_merged((values, *rest)), changed_at)
            for values, changed_at in page.parents
            for rest in itertools.product(*other_values)
        ]
        read = next((index for index, (values, _) in enumerate(combined, 1) if values == last), 0) if last else 0
        for values, changed_at in combined[read:]:
            if not requested.is_due(values, changed_at, page.requested_at):
                continue
            resume_state = {"parent": page.resume_state, "last": last} if last else {"parent": page.resume_state}
            last = values
            yield Partition(values, resume_state, {"parent": page.resume_state, "last": values})
        last = None
        yield Partition(None, {"parent": page.next_state}, {"parent": page.next_state})


def _merged(combination: tuple[Values, ...]) -> Values:
    return {name: value for values in combination for name, value in values.items()}
