"""Time exports go on by `next_page`, which is never null, and end where Zendesk says so."""

from typing import Any

import pytest

from source_zendesk.components.reading.pagination.export_time_pages import ExportTimePages
from source_zendesk.errors import PaginationError

PAGES = ExportTimePages("organizations", {}, 100)
ROWS: list[Any] = [{}] * 100
ASKED = {"start_time": 10, "per_page": 100}
NEXT = "https://acme/api/v2/incremental/organizations.json?per_page=100&start_time={}"


def page(start: int, **more: Any) -> dict[str, Any]:
    return {"next_page": NEXT.format(start), "end_time": start, **more}


def test_first_page_starts_at_a_time() -> None:
    assert PAGES.first(10) == ASKED
    assert PAGES.first(None) == {"start_time": 0, "per_page": 100}


def test_next_page_is_followed() -> None:
    assert PAGES.following(ASKED, page(20, end_of_stream=False), ROWS) == {"start_time": 20, "per_page": 100}


def test_the_end_of_the_stream_is_the_end_although_there_is_a_next_page() -> None:
    assert PAGES.following(ASKED, page(20, end_of_stream=True), ROWS) is None


def test_the_end_time_will_do_where_there_is_no_link() -> None:
    body = {"end_time": 20, "end_of_stream": False}
    assert PAGES.following(ASKED, body, ROWS) == {"start_time": 20, "per_page": 100}


def test_more_that_leads_nowhere_is_an_error() -> None:
    with pytest.raises(PaginationError, match="gives no `next_page`"):
        PAGES.following(ASKED, {"end_of_stream": False}, ROWS)


@pytest.mark.parametrize(("body", "rows"), [(page(20), 0), (page(10), 3)])
def test_without_an_end_mark_an_empty_page_or_one_that_leads_to_itself_is_the_end(
    body: dict[str, Any], rows: int
) -> None:
    assert PAGES.following(ASKED, body, ROWS[:rows]) is None


def test_without_an_end_mark_an_answer_that_leads_nowhere_is_the_end() -> None:
    assert PAGES.following(ASKED, {"count": 100}, ROWS) is None


def test_without_an_end_mark_a_page_that_leads_on_is_followed() -> None:
    assert PAGES.following(ASKED, page(20), ROWS) == {"start_time": 20, "per_page": 100}


def test_a_second_that_fills_a_page_is_asked_for_with_more_rows() -> None:
    assert PAGES.following(ASKED, page(10, end_of_stream=False), ROWS) == {"start_time": 10, "per_page": 200}


def test_a_page_stretched_to_hold_its_last_second_ends_that_second() -> None:
    assert PAGES.following(ASKED, page(10, end_of_stream=False), [{}] * 150) == {"start_time": 11, "per_page": 100}


def test_a_second_of_more_rows_than_any_page_holds_is_an_error() -> None:
    body = page(10, end_of_stream=False) | {"next_page": NEXT.format(10).replace("=100&", "=1000&")}
    with pytest.raises(PaginationError, match="more than 1000 rows changed in second 10"):
        PAGES.following({"start_time": 10, "per_page": 1000}, body, [{}] * 1000)


def test_an_answer_in_the_cursor_shape_is_followed_as_such() -> None:
    more = {"meta": {"has_more": True, "after_cursor": "abc"}}
    assert PAGES.following(ASKED, more, ROWS) == {**ASKED, "page[after]": "abc"}
    assert PAGES.following(ASKED, {"meta": {"has_more": False, "after_cursor": "abc"}}, ROWS) is None
    with pytest.raises(PaginationError, match="after_cursor"):
        PAGES.following(ASKED, {"meta": {"has_more": True, "after_cursor": None}}, ROWS)
