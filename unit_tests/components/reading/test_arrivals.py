"""What came is added up walk by walk, and is whole only where each walk was."""

from typing import Any

import pytest

from source_zendesk.components.reading.arrivals import Arrivals, is_gone


def walked(arrivals: Arrivals, *pages: tuple[list[dict[str, Any]], Any], state: Any = None) -> Arrivals:
    came = arrivals.begin(state or {})
    for rows, told in pages:
        arrivals.page(came, rows, told)
    arrivals.end(came, 0)
    return arrivals


def test_walks_are_added_up_with_what_their_lists_tell() -> None:
    arrivals = walked(walked(Arrivals(), ([{}], 3), ([{}, {}], 4)), ([{}], 1))
    assert (arrivals.received, arrivals.came.rows, arrivals.came.first, arrivals.came.last) == (4, 4, 4, 5)
    assert (arrivals.is_whole, arrivals.is_told) == (True, True)


def test_rows_that_were_made_since_are_told_apart() -> None:
    rows = [{"created_at": "2024-01-01T00:00:00Z"}, {"created_at": "2024-01-03T00:00:00Z"}]
    assert walked(Arrivals(since="2024-01-02T00:00:00Z"), (rows, 2)).came.fresh == 1
    assert walked(Arrivals(), (rows, 2)).came.fresh == 0


def test_one_list_that_tells_nothing_is_enough_for_the_sum_to_tell_nothing() -> None:
    arrivals = walked(walked(Arrivals(), ([{}], 1)), ([{}], None))
    assert (arrivals.is_whole, arrivals.is_told) == (True, False)


def test_a_walk_that_goes_on_in_the_middle_or_does_not_end_is_not_whole() -> None:
    assert not walked(Arrivals(), ([{}], 9), state={"page": {"page": 2}}).is_whole
    unended = walked(Arrivals(), ([{}], 1))
    unended.begin({})
    assert not unended.is_whole
    assert not Arrivals().is_whole


def test_a_walk_that_begins_again_counts_its_rows_once_and_what_was_received_twice() -> None:
    arrivals = Arrivals()
    came = arrivals.begin({})
    arrivals.page(came, [{}, {}], 2)
    came.forget()
    arrivals.page(came, [{}, {}], 2)
    arrivals.end(came, 1)
    assert (arrivals.came.rows, arrivals.received, arrivals.restarts) == (2, 4, 1)


def test_rows_within_the_window_are_those_changed_between_its_ends_and_not_deleted() -> None:
    arrivals = Arrivals({"status": "deleted"}, window=("2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z"))
    stamps = ["2024-01-01T00:00:00Z", "2024-01-01T00:00:01Z", "2024-01-31T23:59:59Z", "2024-02-01T00:00:00Z", None]
    rows = [{"updated_at": stamp, "status": "open"} for stamp in stamps]
    walked(arrivals, ([*rows, {"updated_at": stamps[1], "status": "deleted"}], None))
    assert arrivals.came.within == 2


def test_emitted_records_stay_as_they_are() -> None:
    arrivals, rows = Arrivals(), [{"id": 1}, {"id": 2}]
    assert (arrivals.of(rows), arrivals.emitted) == (rows, 2)


@pytest.mark.parametrize(
    ("row", "tombstone", "gone"),
    [
        ({"active": False}, {"active": False}, True),
        ({"active": None}, {"active": False}, False),
        ({"deleted_at": "2024-01-01T00:00:00Z"}, {"deleted_at": "any"}, True),
        ({"deleted_at": None}, {"deleted_at": "any"}, False),
        ({"type": "b"}, {"type": ["a", "b"]}, True),
        ({"type": "c"}, {"type": ["a", "b"]}, False),
        ({}, {}, False),
    ],
)
def test_a_deleted_row_says_so(row: dict[str, Any], tombstone: dict[str, Any], gone: bool) -> None:  # noqa: FBT001
    assert is_gone(row, tombstone) is gone
