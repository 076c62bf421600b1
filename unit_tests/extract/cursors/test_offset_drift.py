"""A list with offset pages is read again if its rows may have moved past a page boundary."""

import logging
import time
from typing import Any

import orjson
import pytest

from source_zendesk.extract.cursors.offset_drift import MAX_PASSES, OffsetDriftDetector

Row = dict[str, Any]
BEGUN = 1714521600


def rows(*ids: int, **fields: Any) -> list[Row]:
    return [{"id": number, "created_at": "2024-04-30T23:59:59Z", **fields} for number in ids]


def read(watch: OffsetDriftDetector, *pages: tuple[int | None, list[Row]]) -> bool:
    """Whether the list must be read again after these pages, each with the count that it reports."""
    for count, page in pages:
        watch.record_page(BEGUN, count, page)
    return watch.should_restart()


def test_list_without_drift_is_read_once() -> None:
    assert not read(OffsetDriftDetector("views", ["id"]), (3, rows(1, 2)), (3, rows(3)))


@pytest.mark.parametrize(
    "pages",
    [
        ((3, rows(1, 2)), (2, rows(3))),
        ((3, rows(1, 2)), (3, rows(2, 3))),
        ((3, rows(1, 2)), (3, rows(3, created_at="2024-05-01T00:00:00Z"))),
    ],
)
def test_changed_count_repeated_row_or_new_row_is_drift(pages: Any) -> None:
    assert read(OffsetDriftDetector("views", ["id"]), *pages)


def test_the_times_of_a_row_may_have_other_names() -> None:
    reviews = [{"id": 1, "lastUpdatedISO": "2024-04-30T23:59:59Z"}]
    changed = [{"id": 2, "lastUpdatedISO": "2024-05-01T00:00:00Z"}]
    named = [OffsetDriftDetector("reviews", ["id"], time_fields=("lastUpdatedISO",)) for _ in range(2)]
    assert not read(named[0], (2, reviews), (2, [{**reviews[0], "id": 2}]))
    assert read(named[1], (2, reviews), (2, changed))
    assert read(OffsetDriftDetector("reviews", ["id"]), (1, reviews))


def test_row_changed_during_the_read_is_drift() -> None:
    changed = rows(3, updated_at="2024-05-01T00:00:00Z")
    assert read(OffsetDriftDetector("views", ["id"]), (3, rows(1, 2)), (3, changed))


@pytest.mark.parametrize(("count", "created_at"), [(None, "2024-04-30T23:59:59Z"), (2, None)])
def test_without_counts_or_times_two_passes_must_return_the_same_rows(
    count: int | None, created_at: str | None
) -> None:
    watch, still = OffsetDriftDetector("views", ["id"]), OffsetDriftDetector("views", ["id"])
    assert read(watch, (count, rows(1, 2, created_at=created_at)))
    assert read(watch, (count, rows(1, 3, created_at=created_at)))
    assert read(still, (count, rows(1, 2, created_at=created_at)))
    assert not read(still, (count, rows(1, 2, created_at=created_at)))


def test_later_pass_emits_only_changed_rows() -> None:
    watch = OffsetDriftDetector("views", ["id"])
    read(watch, (3, rows(1, 2)), (2, rows(3)))
    again: list[Row] = [*rows(1), *rows(2, title="new"), *rows(4)]
    assert watch.select_new(again) == again[1:]


def test_rows_without_a_key_are_compared_by_content() -> None:
    watch = OffsetDriftDetector("views", [])
    read(watch, (2, [{"a": 1}]), (1, [{"a": 2}]))
    assert watch.select_new([{"a": 1}, {"a": 3}]) == [{"a": 3}]


def test_list_that_keeps_drifting_is_given_up_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    watch = OffsetDriftDetector("views", ["id"])
    with caplog.at_level(logging.WARNING, "airbyte"):
        passes = [read(watch, (3, rows(1)), (2, rows(2))) for _ in range(MAX_PASSES)]
    assert passes == [True, True, False]
    assert "Stream views: the list changed during each of 3 passes" in caplog.text


def test_a_row_that_every_pass_returns_twice_is_drift(caplog: pytest.LogCaptureFixture) -> None:
    watch = OffsetDriftDetector("wfm_shifts", ["id"])
    with caplog.at_level(logging.WARNING, "airbyte"):
        passes = [read(watch, (None, rows(1, 2)), (None, rows(2))) for _ in range(MAX_PASSES)]
    assert passes == [True, True, False]
    assert "rows may be missing" in caplog.text


def test_equal_rows_without_a_key_are_no_drift() -> None:
    watch = OffsetDriftDetector("wfm_report_rows", [])
    assert [read(watch, (None, [{"a": 1}]), (None, [{"a": 1}])) for _ in range(2)] == [True, False]


def test_resumed_read_uses_the_count_of_its_state() -> None:
    assert read(OffsetDriftDetector("views", ["id"], 3, BEGUN), (2, rows(3)))
    assert not read(OffsetDriftDetector("views", ["id"], 3, BEGUN), (3, rows(3)))


def test_rows_in_another_order_are_drift() -> None:
    watch = OffsetDriftDetector("views", ["id"])
    assert read(watch, (None, rows(1, 2)), (None, rows(3)))
    assert read(watch, (None, rows(2, 1)), (None, rows(3)))
    assert not read(watch, (None, rows(2)), (None, rows(1, 3)))


def test_without_a_count_rows_that_follow_the_known_ones_are_new() -> None:
    watch = OffsetDriftDetector("sell_contacts", ["id"])
    assert read(watch, (None, rows(1, 2)), (None, rows(3)))
    assert not read(watch, (None, rows(1)), (None, rows(2, 3, 4)), (None, rows(5)))


@pytest.mark.parametrize("known", [(1, 2, 3), (1, 3), (2, 3, 4)])
def test_without_a_count_a_known_row_that_is_missing_or_a_row_between_is_drift(known: tuple[int, ...]) -> None:
    watch = OffsetDriftDetector("sell_contacts", ["id"])
    assert read(watch, (None, rows(*known)))
    other = {(1, 2, 3): (1, 3, 4), (1, 3): (1, 2, 3), (2, 3, 4): (2, 3)}[known]
    assert read(watch, (None, rows(*other)))


@pytest.mark.parametrize(("second", "passes"), [((1, 2, 3, 4), 2), ((1, 3, 4), 3)])
def test_a_pass_that_is_resumed_after_each_page_is_compared_like_any_other(
    second: tuple[int, ...], passes: int
) -> None:
    watch = OffsetDriftDetector("sell_contacts", ["id"])
    assert watch.position is None
    for number in (1, 2, 3):
        watch = _resumed_after(watch, number)
    assert watch.should_restart()
    for number in second:
        watch = _resumed_after(watch, number)
    assert watch.should_restart() == (passes > 2)


def _resumed_after(watch: OffsetDriftDetector, number: int) -> OffsetDriftDetector:
    watch.record_page(BEGUN, None, rows(number))
    resumed = OffsetDriftDetector("sell_contacts", ["id"])
    resumed.resume(orjson.loads(orjson.dumps(watch.position)))
    return resumed


def test_a_list_with_a_count_has_no_position() -> None:
    watch = OffsetDriftDetector("views", ["id"])
    read(watch, (3, rows(1, 2)), (2, rows(3)))
    assert watch.position is None


def test_with_a_count_and_without_times_further_rows_are_drift() -> None:
    watch = OffsetDriftDetector("views", ["id"])
    assert read(watch, (2, rows(1, 2, created_at=None)))
    assert read(watch, (3, rows(1, 2, 3, created_at=None)))


def test_newest_first_only_a_deletion_is_drift() -> None:
    watch = OffsetDriftDetector("sell_contacts", ["id"])
    for ids, moved in (((3, 2, 1), True), ((4, 1, 3, 2), False), ((4, 3, 2), True)):
        watch.passes = 0
        watch.record_page(BEGUN, None, rows(*ids))
        assert watch.should_restart(is_newest_first=True) == moved


def test_time_per_page_does_not_grow_with_the_list() -> None:
    watch = OffsetDriftDetector("sell_contacts", ["id"])

    def seconds_of_pages(first: int) -> float:
        pages = [rows(*range(page * 10, page * 10 + 10)) for page in range(first, first + 250)]
        begun = time.process_time()
        for page in pages:
            watch.record_page(BEGUN, None, page)
        return time.process_time() - begun

    seconds = [seconds_of_pages(first) for first in range(0, 4000, 250)]
    assert min(seconds[-4:]) < 3 * min(seconds[:2])
