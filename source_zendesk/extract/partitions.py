"""The partitions of a stream: the parent values that each request needs."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from source_zendesk.extract.cursors.base import State
from source_zendesk.extract.parent_source import Parent, ParentPage, ParentSource, Values
from source_zendesk.extract.requested_parents import RequestedParents


@dataclass
class Partition:
    """The values that one request for children needs; `resume_state` resumes at it, `next_state` after it.

    A partition without values marks the end of a page of parents.
    """

    values: Values | None
    resume_state: State
    next_state: State


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
        for values, changed_at in _after(last, _combine(page, other_values)):
            if not requested.is_due(values, changed_at, page.requested_at):
                continue
            resume_state = {"parent": page.resume_state, "last": last} if last else {"parent": page.resume_state}
            last = values
            yield Partition(values, resume_state, {"parent": page.resume_state, "last": values})
        last = None
        yield Partition(None, {"parent": page.next_state}, {"parent": page.next_state})


def _combine(page: ParentPage, other_values: list[list[Values]]) -> list[Parent]:
    """Each parent of a page with each combination of the values of the other parents."""
    return [
        ({name: value for each in (values, *others) for name, value in each.items()}, changed_at)
        for values, changed_at in page.parents
        for others in itertools.product(*other_values)
    ]


def _after(last: Values | None, parents: list[Parent]) -> list[Parent]:
    """The parents after `last`; all of them if it is not among them."""
    if not last:
        return parents
    read = next((number for number, (values, _) in enumerate(parents, 1) if values == last), 0)
    return parents[read:]
