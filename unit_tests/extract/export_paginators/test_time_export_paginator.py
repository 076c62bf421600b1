"""Time exports follow `next_page`, which is never null, until `end_of_stream`."""

from typing import Any

import pytest

from source_zendesk.errors import PaginationError
from source_zendesk.extract.export_paginators import TimeExportPaginator

PAGES = TimeExportPaginator("organizations", {}, 100)
ROWS: list[Any] = [{}] * 100
QUERY = {"start_time": 10, "per_page": 100}
NEXT = "https://acme/api/v2/incremental/organizations.json?per_page=100&start_time={}"


def page(start: int, **more: Any) -> dict[str, Any]:
    return {"next_page": NEXT.format(start), "end_time": start, **more}


def test_first_page_starts_at_a_time() -> None:
    assert PAGES.first_query(10) == QUERY
    assert PAGES.first_query(None) == {"start_time": 0, "per_page": 100}


def test_next_page_is_followed() -> None:
    assert PAGES.next_query(QUERY, page(20, end_of_stream=False), ROWS) == {"start_time": 20, "per_page": 100}


def test_end_of_stream_is_the_end_despite_a_next_page() -> None:
    assert PAGES.next_query(QUERY, page(20, end_of_stream=True), ROWS) is None


def test_end_time_is_used_without_a_link() -> None:
    body = {"end_time": 20, "end_of_stream": False}
    assert PAGES.next_query(QUERY, body, ROWS) == {"start_time": 20, "per_page": 100}


def test_more_without_a_next_page_is_an_error() -> None:
    with pytest.raises(PaginationError, match="has no `next_page`"):
        PAGES.next_query(QUERY, {"end_of_stream": False}, ROWS)


@pytest.mark.parametrize(("body", "rows"), [(page(20), 0), (page(10), 3)])
def test_without_end_of_stream_an_empty_or_repeated_page_is_the_end(body: dict[str, Any], rows: int) -> None:
    assert PAGES.next_query(QUERY, body, ROWS[:rows]) is None


def test_without_end_of_stream_a_missing_next_page_is_the_end() -> None:
    assert PAGES.next_query(QUERY, {"count": 100}, ROWS) is None


def test_without_end_of_stream_a_next_page_is_followed() -> None:
    assert PAGES.next_query(QUERY, page(20), ROWS) == {"start_time": 20, "per_page": 100}


def test_second_that_fills_a_page_is_requested_with_more_rows() -> None:
    assert PAGES.next_query(QUERY, page(10, end_of_stream=False), ROWS) == {"start_time": 10, "per_page": 1000}


@pytest.mark.parametrize("rows", [150, 1000])
def test_more_rows_than_requested_do_not_prove_that_the_second_is_complete(rows: int) -> None:
    next_query = PAGES.next_query(QUERY, page(10, end_of_stream=False), [{}] * rows)
    assert next_query == {"start_time": 10, "per_page": 1000}


def test_page_of_more_rows_than_the_largest_page_ends_its_second() -> None:
    query = {"start_time": 10, "per_page": 1000}
    next_query = PAGES.next_query(query, page(10, end_of_stream=False), [{}] * 1001)
    assert next_query == {"start_time": 11, "per_page": 100}


@pytest.mark.parametrize("size", [100, 1000])
def test_second_of_as_many_rows_as_the_largest_page_is_an_error(size: int) -> None:
    body = page(10, end_of_stream=False) | {"next_page": NEXT.format(10).replace("=100&", f"={size}&")}
    with pytest.raises(PaginationError, match="1000 or more rows changed in second 10"):
        PAGES.next_query({"start_time": 10, "per_page": 1000}, body, [{}] * 1000)


def test_without_end_of_stream_a_larger_count_is_not_the_end() -> None:
    assert PAGES.next_query(QUERY, page(20, count=9), []) == {"start_time": 20, "per_page": 100}
    assert PAGES.next_query(QUERY, page(10, count=9), [{}] * 3) == {"start_time": 10, "per_page": 1000}


def test_cursor_shape_is_followed() -> None:
    more = {"meta": {"has_more": True, "after_cursor": "abc"}}
    assert PAGES.next_query(QUERY, more, ROWS) == {**QUERY, "page[after]": "abc"}
    assert PAGES.next_query(QUERY, {"meta": {"has_more": False, "after_cursor": "abc"}}, ROWS) is None
    with pytest.raises(PaginationError, match="after_cursor"):
        PAGES.next_query(QUERY, {"meta": {"has_more": True, "after_cursor": None}}, ROWS)
