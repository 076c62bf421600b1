"""Different rows are counted list by list, and are whole only where each list was."""

from functools import partial
from typing import Any

import pytest

from source_zendesk import times
from source_zendesk.components.reading.arrivals import Arrivals, is_gone
from source_zendesk.components.reading.cursors.list_cursor import ListCursor
from source_zendesk.components.reading.cursors.progress import Progress
from source_zendesk.components.reading.difference import Difference
from source_zendesk.components.reading.pagination.offset_pages import OffsetPages

Row = dict[str, Any]
SINCE = "2024-01-02T00:00:00Z"
NOW = times.now()


def counting(**options: Any) -> Arrivals:
    return Arrivals(keys=["id"], **options)


def progress(state: Row) -> Progress:
    return ListCursor({}, "updated_at").open(state, OffsetPages("groups", {}), ["id"])


def read(arrivals: Arrivals, *pages: tuple[list[Row], Any], state: Any = None) -> Arrivals:
    opened = progress(state or {})
    came = arrivals.begin(state or {}, {})
    for rows, told in pages:
        arrivals.page(came, rows, told)
        arrivals.compare(came, opened.keep(rows), partial(opened.older, rows), NOW)
    arrivals.end(came)
    return arrivals


def rows_of(*ids: int) -> list[Row]:
    return [{"id": number} for number in ids]


def test_lists_are_added_up_with_the_counts_that_they_give() -> None:
    arrivals = read(read(counting(), (rows_of(1), 3), (rows_of(2, 3), 4)), (rows_of(1), 1))
    assert (arrivals.received, arrivals.distinct, arrivals.first, arrivals.last) == (4, 4, 4, 5)
    assert arrivals.difference == Difference(change=1)
    assert (arrivals.is_whole, arrivals.is_told) == (True, True)


def test_a_row_that_comes_again_counts_once_and_hides_none_that_is_missing() -> None:
    arrivals = read(counting(), (rows_of(1, 2), 4), (rows_of(2, 3), 4))
    assert (arrivals.received, arrivals.distinct, arrivals.repeated, arrivals.difference.missing) == (4, 3, 1, 1)


def test_an_extra_row_of_one_list_hides_none_that_is_missing_from_another() -> None:
    arrivals = read(read(counting(), (rows_of(1, 2), 1)), (rows_of(1), 2))
    assert (arrivals.distinct, arrivals.difference) == (3, Difference(missing=1, extra=1))


def test_where_the_stream_is_counted_a_list_that_comes_again_counts_once() -> None:
    arrivals = read(read(counting(is_counted=True), (rows_of(1, 2), None)), (rows_of(2, 3), None))
    assert (arrivals.distinct, arrivals.repeated) == (3, 1)


def test_rows_that_an_earlier_run_emitted_count_as_well() -> None:
    rows = [{"id": 1, "updated_at": "2024-01-01T00:00:00Z"}, {"id": 2, "updated_at": "2024-01-03T00:00:00Z"}]
    assert read(counting(), (rows, 2), state={"updated_at": SINCE}).distinct == 2


def test_a_row_that_is_neither_emitted_nor_old_does_not_count() -> None:
    arrivals, opened = counting(), progress({})
    came = arrivals.begin({}, {})
    arrivals.page(came, rows_of(1, 2), 2)
    arrivals.compare(came, rows_of(1), partial(opened.older, rows_of(1, 2)), NOW)
    arrivals.end(came)
    assert (arrivals.received, arrivals.distinct, arrivals.difference.missing) == (2, 1, 1)


def test_rows_that_were_created_or_changed_since_are_counted_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sync began 300 seconds ago, by a clock that is an hour ahead of Zendesk's, and a minute is allowed for."""
    monkeypatch.setattr(times, "now", lambda: NOW + 3600)
    old, new = times.iso(NOW - 361), times.iso(NOW - 360)
    rows = [{"id": 1, "created_at": old}, {"id": 2, "created_at": new}, {"id": 3, "created_at": old, "updated_at": new}]
    arrivals = read(counting(begun_at=NOW + 3300), ([*rows, {"id": 4}], 4))
    assert (arrivals.fresh, arrivals.changed) == (1, 2)


def test_one_list_without_a_count_is_enough_for_the_sum_to_be_none() -> None:
    arrivals = read(read(counting(), (rows_of(1), 1)), (rows_of(1), None))
    assert (arrivals.is_whole, arrivals.is_told) == (True, False)
    assert not read(counting(), (rows_of(1), None), (rows_of(2), 2)).is_told


def test_a_row_without_a_key_is_noticed() -> None:
    assert not read(counting(), ([{"id": 1}, {}], 2)).has_all_keys
    assert not read(counting(is_counted=True), ([{"id": 1}, {}], 2)).has_all_keys
    assert read(counting(), (rows_of(1), 1)).has_all_keys


def test_a_read_that_goes_on_in_the_middle_or_does_not_end_is_not_whole() -> None:
    assert not read(Arrivals(), (rows_of(1), 9), state={"page": {"page[after]": "a"}}).is_whole
    unended = read(Arrivals(), (rows_of(1), 1))
    unended.begin({}, {})
    assert not unended.is_whole
    assert not Arrivals().is_whole


def test_a_read_that_begins_again_counts_its_rows_once_and_what_was_received_twice() -> None:
    arrivals, opened = counting(), progress({})
    came = arrivals.begin({}, {})
    arrivals.page(came, rows_of(1, 2), 2)
    arrivals.compare(came, rows_of(1, 2), partial(opened.older, rows_of(1, 2)), NOW)
    came.forget()
    arrivals.page(came, rows_of(1, 2), 2)
    arrivals.compare(came, rows_of(1, 2), partial(opened.older, rows_of(1, 2)), NOW)
    arrivals.end(came)
    assert (came.rows, arrivals.distinct, arrivals.received) == (2, 2, 4)


def test_rows_in_the_window_are_those_changed_between_its_ends_and_not_deleted() -> None:
    window = ("2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z")
    arrivals = counting(tombstone={"status": "deleted"}, window=window, is_counted=True)
    stamps = ["2024-01-01T00:00:00Z", "2024-01-01T00:00:01Z", "2024-01-31T23:59:59Z", "2024-02-01T00:00:00Z", None]
    rows = [{"id": number, "updated_at": stamp, "status": "open"} for number, stamp in enumerate(stamps)]
    read(arrivals, ([*rows, {"id": 9, "updated_at": stamps[1], "status": "deleted"}, rows[1]], None))
    assert (arrivals.distinct, arrivals.left) == (2, 1)


def test_nothing_is_kept_of_rows_that_nothing_is_compared_with() -> None:
    unread = progress({})
    for arrivals, told in ((Arrivals(), 2), (counting(), None)):
        came = arrivals.begin({}, {})
        arrivals.page(came, rows_of(1, 2), told)
        arrivals.compare(came, rows_of(1, 2), partial(unread.older, rows_of(1, 2)), NOW)
        assert (came.keys.count() if came.keys else 0) == 0


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
