"""Pages by number until an empty page, or at `nextCursor`."""

from typing import Any

import pytest

from source_zendesk.extract.numbered_paginators import CountedPaginator, NextCursorPaginator

PAGES = CountedPaginator("qa_reviews", {}, 100)
UNSIZED = CountedPaginator("wfm_shifts", {}, pagination_key="metadata")
CURSORS = NextCursorPaginator("qa_autoqa_ratings", {}, 100)
FULL, SHORT = range(100), range(30)


def body(total: int | None, size: int = 100, **more: object) -> dict[str, Any]:
    pagination = {"page": 1, "pageSize": size} | ({} if total is None else {"total": total})
    return {"pagination": pagination, **more}


def test_the_next_number_is_requested_whatever_the_size_of_the_page() -> None:
    assert PAGES.first_query(None) == {"pageSize": 100}
    assert PAGES.next_query({}, body(130), FULL) == {"page": 2, "pageSize": 100}
    assert PAGES.next_query({"page": 2}, body(130, size=30), SHORT) == {"page": 3, "pageSize": 100}


@pytest.mark.parametrize("page", [{}, {"page": 7}])
def test_an_empty_page_is_the_last(page: dict[str, int]) -> None:
    assert PAGES.next_query(page, body(900), []) is None


def test_without_a_total_only_an_empty_page_is_the_last() -> None:
    assert PAGES.next_query({"page": 2}, body(None), SHORT) == {"page": 3, "pageSize": 100}
    assert PAGES.next_query({"page": 2}, {}, SHORT) == {"page": 3, "pageSize": 100}


def test_a_list_without_a_size_is_requested_without_one() -> None:
    assert UNSIZED.first_query(None) == {}
    assert UNSIZED.next_query({}, {"metadata": {"total": 60}}, SHORT) == {"page": 2}


@pytest.mark.parametrize(("link", "query"), [("/wfm/public/api/v2/timeOff?page=3", {"page": 3}), (None, None)])
def test_a_link_decides_before_the_total(link: str | None, query: object) -> None:
    assert UNSIZED.next_query({"page": 2}, {"metadata": {"next": link, "total": 900}}, SHORT) == query


def test_the_total_is_the_reported_count() -> None:
    assert PAGES.reported_count(body(130)) == 130
    assert PAGES.reported_count(body(None)) is None
    assert PAGES.reported_count({"pagination": {"total": None}}) is None
    assert PAGES.reported_count([]) is None


def test_a_cursor_is_followed_until_it_is_empty() -> None:
    assert CURSORS.next_query({}, body(900, nextCursor="a"), FULL) == {"cursor": "a", "pageSize": 100}
    assert CURSORS.next_query({"cursor": "a"}, body(900, nextCursor="b"), []) == {"cursor": "b", "pageSize": 100}
    assert CURSORS.next_query({"cursor": "b"}, body(900, nextCursor=""), FULL) is None


def test_without_a_first_cursor_the_pages_have_numbers() -> None:
    assert CURSORS.next_query({}, body(130, nextCursor=""), FULL) == {"page": 2, "pageSize": 100}
    assert CURSORS.next_query({"page": 2}, body(130), SHORT) == {"page": 3, "pageSize": 100}
    assert CURSORS.next_query({"page": 3}, body(130), []) is None
