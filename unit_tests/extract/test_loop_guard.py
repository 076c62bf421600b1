"""A pagination loop is an error; pages that are only similar are not."""

import weakref
from typing import Any

import pytest

from source_zendesk.errors import PaginationError
from source_zendesk.extract.loop_guard import PaginationLoopGuard
from source_zendesk.extract.paginator import MAX_EMPTY_PAGES

SAME: list[Any] = [{"id": 1}, {"id": 2}]


def test_repeated_query_is_an_error() -> None:
    loop_guard = PaginationLoopGuard("groups")
    loop_guard.check({"page": 1}, {"page": 2}, [1])
    with pytest.raises(PaginationError, match=r"groups.*returned the same page again"):
        loop_guard.check({"page": 2}, {"page": 1}, [2])


def test_order_of_parameters_does_not_matter() -> None:
    with pytest.raises(PaginationError, match="the same page again"):
        PaginationLoopGuard("groups").check({"a": 1, "b": 2}, {"b": 2, "a": 1}, [1])


def test_same_rows_may_be_returned_twice_and_not_three_times() -> None:
    loop_guard = PaginationLoopGuard("groups")
    loop_guard.check({"page": 1}, {"page": 2}, SAME)
    loop_guard.check({"page": 2}, {"page": 3}, SAME)
    with pytest.raises(PaginationError, match="the same page again"):
        loop_guard.check({"page": 3}, {"page": 4}, SAME)


def test_last_page_is_never_a_loop() -> None:
    loop_guard = PaginationLoopGuard("groups")
    for page in range(3):
        loop_guard.check({"page": page}, None, SAME)


@pytest.mark.parametrize("rows", [[], [{"id": 1}]])
def test_hundred_pages_without_a_new_row_are_a_loop(rows: list[Any]) -> None:
    loop_guard = PaginationLoopGuard("groups")
    loop_guard.check({}, {"page": 0}, rows)
    loop_guard.check({}, {"page": 0}, [{"id": 9}])
    for page in range(MAX_EMPTY_PAGES - 1):
        loop_guard.check({"page": page}, {"page": page + 1}, rows)
    with pytest.raises(PaginationError, match="returned no new row on 100 pages"):
        loop_guard.check({"page": MAX_EMPTY_PAGES - 1}, {"page": MAX_EMPTY_PAGES}, rows)


def test_a_paginator_may_allow_more_pages_without_a_new_row() -> None:
    loop_guard = PaginationLoopGuard("events", MAX_EMPTY_PAGES + 1)
    for page in range(MAX_EMPTY_PAGES):
        loop_guard.check({"position": page}, {"position": page + 1}, [])
    with pytest.raises(PaginationError, match="returned no new row on 101 pages"):
        loop_guard.check({"position": MAX_EMPTY_PAGES}, {"position": MAX_EMPTY_PAGES + 1}, [])


def test_restarted_read_may_repeat_its_queries() -> None:
    loop_guard = PaginationLoopGuard("groups")
    loop_guard.check({"page": 1}, {"page": 2}, SAME)
    loop_guard.reset()
    loop_guard.check({"page": 2}, {"page": 1}, SAME)


def test_empty_pages_before_a_restart_do_not_count() -> None:
    loop_guard = PaginationLoopGuard("groups")
    for page in range(MAX_EMPTY_PAGES - 1):
        loop_guard.check({"page": page}, {"page": page + 1}, [])
    loop_guard.reset()
    loop_guard.check({"page": 0}, {"page": 1}, [])


class _Rows(list[dict[str, int]]):
    """A list to which weak references are possible."""


def test_the_guard_keeps_no_page_in_memory() -> None:
    guard, rows = PaginationLoopGuard("tickets"), _Rows([{"id": 1}, {"id": 2}])
    is_kept = weakref.ref(rows)
    guard.check({"page": 1}, {"page": 2}, rows)
    del rows
    assert is_kept() is None


def test_two_pages_with_the_same_keys_are_a_loop_if_pages_have_numbers() -> None:
    loop_guard = PaginationLoopGuard("agents", distinct_by=["id", "time"])
    loop_guard.check({"page": 1}, {"page": 2}, [{"id": 1, "read_at": 5}])
    with pytest.raises(PaginationError, match="the same page again"):
        loop_guard.check({"page": 2}, None, [{"id": 1, "read_at": 6}])


@pytest.mark.parametrize(
    "pages",
    [([], []), ([{"a": 1}], [{"a": 2}]), ([{"id": 1}, {"id": 2}], [{"id": 2}])],
    ids=["empty", "keyless", "moved"],
)
def test_other_pages_with_numbers_are_no_loop(pages: tuple[list[Any], list[Any]]) -> None:
    loop_guard = PaginationLoopGuard("agents", distinct_by=["id"])
    for number, rows in enumerate(pages):
        loop_guard.check({"page": number}, {"page": number + 1}, rows)
