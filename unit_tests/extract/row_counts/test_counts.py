"""Distinct rows are counted list by list, and a read is full only if each of its lists is."""

from functools import partial
from typing import Any

import pytest

from source_zendesk import times
from source_zendesk.extract.count_difference import CountDifference
from source_zendesk.extract.cursors.base import IncrementalRead
from source_zendesk.extract.cursors.list_cursor import ListCursor
from source_zendesk.extract.list_paginators import OffsetPaginator
from source_zendesk.extract.row_counts import RowCounts, is_deleted

Row = dict[str, Any]
SINCE = "2024-01-02T00:00:00Z"
NOW = times.now()


def counting(**options: Any) -> RowCounts:
    return RowCounts(keys=["id"], **options)


def open_read(state: Row) -> IncrementalRead:
    return ListCursor({}, "updated_at").open(state, OffsetPaginator("groups", {}), ["id"])


def read(row_counts: RowCounts, *pages: tuple[list[Row], Any], state: Any = None) -> RowCounts:
    list_read = open_read(state or {})
    read_counts = row_counts.start_read(state or {}, {})
    for rows, reported_count in pages:
        read_counts.count_page(
            rows, list_read.select_new(rows), partial(list_read.select_already_emitted, rows), reported_count, NOW
        )
    read_counts.finish()
    return row_counts


def rows_of(*ids: int) -> list[Row]:
    return [{"id": number} for number in ids]


def test_lists_are_summed_with_their_counts() -> None:
    row_counts = read(read(counting(), (rows_of(1), 3), (rows_of(2, 3), 4)), (rows_of(1), 1))
    assert (row_counts.received, row_counts.distinct, row_counts.first_reported, row_counts.last_reported) == (
        4,
        4,
        4,
        5,
    )
    assert row_counts.difference == CountDifference(change=1)
    assert (row_counts.is_full_read, row_counts.has_reported_count) == (True, True)


def test_repeated_row_counts_once_and_hides_no_missing_row() -> None:
    row_counts = read(counting(), (rows_of(1, 2), 4), (rows_of(2, 3), 4))
    assert (row_counts.received, row_counts.distinct, row_counts.repeated, row_counts.difference.missing) == (
        4,
        3,
        1,
        1,
    )


def test_extra_row_of_one_list_hides_no_missing_row_of_another() -> None:
    row_counts = read(read(counting(), (rows_of(1, 2), 1)), (rows_of(1), 2))
    assert (row_counts.distinct, row_counts.difference) == (3, CountDifference(missing=1, extra=1))


def test_repeated_list_counts_once_if_the_stream_is_counted() -> None:
    row_counts = read(read(counting(is_counted=True), (rows_of(1, 2), None)), (rows_of(2, 3), None))
    assert (row_counts.distinct, row_counts.repeated) == (3, 1)


def test_rows_that_an_earlier_run_emitted_count_too() -> None:
    rows = [{"id": 1, "updated_at": "2024-01-01T00:00:00Z"}, {"id": 2, "updated_at": "2024-01-03T00:00:00Z"}]
    assert read(counting(), (rows, 2), state={"updated_at": SINCE}).distinct == 2


def test_row_that_is_neither_emitted_nor_old_does_not_count() -> None:
    row_counts, list_read = counting(), open_read({})
    read_counts = row_counts.start_read({}, {})
    already_emitted = partial(list_read.select_already_emitted, rows_of(1, 2))
    read_counts.count_page(rows_of(1, 2), rows_of(1), already_emitted, 2, NOW)
    read_counts.finish()
    assert (row_counts.received, row_counts.distinct, row_counts.difference.missing) == (2, 1, 1)


def test_rows_created_or_changed_during_the_sync_are_counted_separately(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sync began 300 seconds ago, by a clock that is an hour ahead of Zendesk's, and a minute is allowed for."""
    monkeypatch.setattr(times, "now", lambda: NOW + 3600)
    old, new = times.iso(NOW - 361), times.iso(NOW - 360)
    rows = [{"id": 1, "created_at": old}, {"id": 2, "created_at": new}, {"id": 3, "created_at": old, "updated_at": new}]
    rows += [{"id": 4, "created_at": NOW - 300}, {"id": 5, "created_at": times.iso(NOW - 300).replace("Z", "+00:00")}]
    row_counts = read(counting(sync_start=NOW + 3300), ([*rows, {"id": 6}], 6))
    assert (row_counts.created_during_sync, row_counts.changed) == (3, 4)


def test_one_list_without_a_count_leaves_no_sum() -> None:
    row_counts = read(read(counting(), (rows_of(1), 1)), (rows_of(1), None))
    assert (row_counts.is_full_read, row_counts.has_reported_count) == (True, False)
    assert not read(counting(), (rows_of(1), None), (rows_of(2), 2)).has_reported_count


def test_row_without_a_key_is_detected() -> None:
    assert not read(counting(), ([{"id": 1}, {}], 2)).has_all_keys
    assert not read(counting(is_counted=True), ([{"id": 1}, {}], 2)).has_all_keys
    assert read(counting(), (rows_of(1), 1)).has_all_keys


def test_resumed_or_unfinished_read_is_not_full() -> None:
    assert not read(RowCounts(), (rows_of(1), 9), state={"page": {"page[after]": "a"}}).is_full_read
    unended = read(RowCounts(), (rows_of(1), 1))
    unended.start_read({}, {})
    assert not unended.is_full_read
    assert not RowCounts().is_full_read


def test_restarted_read_counts_distinct_rows_once_and_received_rows_twice() -> None:
    row_counts, list_read = counting(), open_read({})
    read_counts = row_counts.start_read({}, {})
    already_emitted = partial(list_read.select_already_emitted, rows_of(1, 2))
    read_counts.count_page(rows_of(1, 2), rows_of(1, 2), already_emitted, 2, NOW)
    read_counts.restart()
    read_counts.count_page(rows_of(1, 2), rows_of(1, 2), already_emitted, 2, NOW)
    read_counts.finish()
    assert (read_counts.rows, row_counts.distinct, row_counts.received) == (2, 2, 4)


def test_rows_in_the_window_changed_between_its_ends_and_are_not_deleted() -> None:
    window = (1_704_067_200, 1_706_745_600)
    row_counts = counting(tombstone={"status": "deleted"}, window=window, is_counted=True)
    stamps = ["2024-01-01T00:00:00Z", "2024-01-01T00:00:01Z", "2024-01-31T23:59:59Z", "2024-02-01T00:00:00Z", None]
    rows = [{"id": number, "updated_at": stamp, "status": "open"} for number, stamp in enumerate(stamps)]
    read(row_counts, ([*rows, {"id": 9, "updated_at": stamps[1], "status": "deleted"}, rows[1]], None))
    assert (row_counts.distinct, row_counts.changed_recently) == (2, 1)


def test_no_keys_are_kept_without_a_count_to_compare() -> None:
    unread = open_read({})
    for row_counts, reported_count in ((RowCounts(), 2), (counting(), None)):
        read_counts = row_counts.start_read({}, {})
        already_emitted = partial(unread.select_already_emitted, rows_of(1, 2))
        read_counts.count_page(rows_of(1, 2), rows_of(1, 2), already_emitted, reported_count, NOW)
        assert (read_counts.keys.count() if read_counts.keys else 0) == 0


def test_emitted_records_are_counted() -> None:
    row_counts = RowCounts()
    row_counts.count_emitted(rows_of(1, 2))
    assert row_counts.emitted == 2


@pytest.mark.parametrize(
    ("row", "tombstone", "deleted"),
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
def test_deleted_row_matches_its_tombstone(row: dict[str, Any], tombstone: dict[str, Any], deleted: bool) -> None:  # noqa: FBT001
    assert is_deleted(row, tombstone) is deleted
