"""Parents provide the values of their children's requests, and the state resumes at the next one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from source_zendesk.extract.page import Page
from source_zendesk.extract.parent_source import ParentSource
from source_zendesk.extract.partitions import Partition, iter_partitions
from source_zendesk.manifest import ParentRef

State = dict[str, Any]
IDS = ParentRef(fields={"ticket_id": "id"})


@dataclass
class StubReader:
    """Two pages of parents, which resume by their number."""

    pages: tuple[list[dict[str, Any]], ...]

    def read_pages(self, state: State) -> Iterator[Page]:
        for number in range(state.get("page", 0), len(self.pages)):
            yield Page(self.pages[number], {"page": number}, {"page": number + 1})


@dataclass
class TimedReader:
    """Pages of rows, each with the time of its request."""

    pages: list[tuple[int, list[dict[str, Any]]]]

    def read_pages(self, state: State) -> Iterator[Page]:
        for requested_at, rows in self.pages:
            yield Page(rows, {}, {}, requested_at)


def numbered(*pages: list[int]) -> StubReader:
    return StubReader(tuple([{"id": number, "status": "open"} for number in page] for page in pages))


def values_of(found: Iterator[Partition]) -> list[Any]:
    return [partition.values for partition in found if partition.values is not None]


def test_each_parent_is_one_partition() -> None:
    assert values_of(iter_partitions([ParentSource(IDS, numbered([1, 2], [3]))], {})) == [
        {"ticket_id": n} for n in (1, 2, 3)
    ]


def test_every_combination_of_two_parents_occurs_once() -> None:
    fixed = ParentSource(ParentRef(fields={"type": "type"}, values=["a", "b"]))
    found = values_of(iter_partitions([ParentSource(IDS, numbered([1], [2])), fixed], {}))
    assert found == [{"ticket_id": n, "type": t} for n in (1, 2) for t in ("a", "b")]


@pytest.mark.parametrize("count", range(6))
def test_read_resumes_after_the_last_partition_wherever_it_stopped(count: int) -> None:
    reader = numbered([1, 2], [3], [4, 5])
    everything = values_of(iter_partitions([ParentSource(IDS, reader)], {}))
    done: list[Any] = []
    state: State = {}
    for partition in iter_partitions([ParentSource(IDS, reader)], {}):
        if len(done) == count:
            break
        state = partition.next_state
        done += [partition.values] if partition.values else []
    assert done + values_of(iter_partitions([ParentSource(IDS, reader)], state)) == everything


def test_page_is_read_again_if_it_no_longer_contains_the_last_parent() -> None:
    state = {"parent": {"page": 0}, "last": {"ticket_id": 9}}
    assert values_of(iter_partitions([ParentSource(IDS, numbered([1, 2]))], state)) == [
        {"ticket_id": 1},
        {"ticket_id": 2},
    ]


def test_final_state_resumes_at_new_parents() -> None:
    *_, last = iter_partitions([ParentSource(IDS, numbered([1], [2]))], {})
    assert values_of(iter_partitions([ParentSource(IDS, numbered([1], [2], [3]))], last.next_state)) == [
        {"ticket_id": 3}
    ]


def test_parent_on_several_pages_is_a_partition_again_only_if_it_changed() -> None:
    pages = [(100, [(1, 40), (2, 50), (1, 60)]), (200, [(1, 99), (3, 99), (2, 100)]), (300, [(2, 150), (2, 250)])]
    reader = TimedReader([(requested_at, [{"id": i, "at": at} for i, at in rows]) for requested_at, rows in pages])
    found = values_of(iter_partitions([ParentSource(IDS, reader, time_field="at")], {}))
    assert [values["ticket_id"] for values in found] == [1, 2, 3, 2, 2]
    assert len(values_of(iter_partitions([ParentSource(IDS, reader)], {}))) == 8


def test_read_that_resumes_behind_a_parent_requests_it_again_for_its_later_row() -> None:
    reader = TimedReader([(100, [{"id": i, "at": 40} for i in (1, 2, 1)])])
    found = values_of(
        iter_partitions([ParentSource(IDS, reader, time_field="at")], {"parent": {}, "last": {"ticket_id": 1}})
    )
    assert [values["ticket_id"] for values in found] == [2, 1]
