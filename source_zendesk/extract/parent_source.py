"""The sources of parent values: records of a parent stream, fixed values, and values of `inputs`."""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk import times
from source_zendesk.extract.cursors.base import State
from source_zendesk.extract.extractors import Row
from source_zendesk.extract.page import Page, PageReader
from source_zendesk.http.refusals import StreamSkipped
from source_zendesk.http.response import UndocumentedValueError
from source_zendesk.json_values import value_at
from source_zendesk.manifest import ParentRef

LOGGER = logging.getLogger("airbyte")
Values = dict[str, Any]
Parent = tuple[Values, int | None]
"""The values of a parent, and the epoch second of its last change, None if it has no time."""
AFTER_FIXED_VALUES: State = {"values": "done"}


@dataclass
class ParentPage:
    """The parents on a page; states and `requested_at` are those of the `Page`."""

    parents: list[Parent]
    resume_state: State
    next_state: State
    requested_at: int = 0


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

    def _parent_page(self, page: Page) -> ParentPage:
        return ParentPage(self._parents_of_rows(page.rows), page.resume_state, page.next_state, page.requested_at)

    def _parents_of_rows(self, rows: list[Row]) -> list[Parent]:
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
        """The values of a parent's record, None if it lacks one of them."""
        values = {name: _scalar(path, value_at(row, path.split("."))) for name, path in self.parent.fields.items()}
        if self.parent.pattern:
            values = {name: self._match_pattern(value) for name, value in values.items()}
        if any(value in (None, "") for value in values.values()):
            return None
        prefix = self.parent.prefix
        return {name: f"{prefix}{value}" for name, value in values.items()} if prefix else values

    def _match_pattern(self, value: Any) -> str | None:
        match = re.search(self.parent.pattern, str(value))
        return match[1] if match else None

    def _batch_values(self, parents: list[Values]) -> list[Values]:
        (name,), size = self.parent.fields, self.parent.batch
        batches = [parents[start : start + size] for start in range(0, len(parents), size)]
        return [{name: ",".join(str(values[name]) for values in batch)} for batch in batches]


def _matches(value: Any, excluded: Any) -> bool:
    if excluded == "any":
        return bool(value)
    return bool(value == excluded) or (isinstance(excluded, list) and value in excluded)


def _scalar(path: str, value: Any) -> Any:
    """A value that a request can contain: a string, an integer or null."""
    if isinstance(value, bool | float | list | dict):
        raise UndocumentedValueError(path, value, "a string or an integer")
    return value


def _without_times(found: list[Values]) -> list[Parent]:
    return [(values, None) for values in found]
