"""Cursor pages end if `has_more` is false, even with a cursor or after an empty page."""

from typing import Any

import pytest

from source_zendesk.errors import PaginationError
from source_zendesk.extract.list_paginators import CursorPaginator

PAGES = CursorPaginator("groups", {}, 100)


def test_first_page_has_a_size() -> None:
    assert PAGES.first_query(None) == {"page[size]": 100}


def test_cursor_is_followed() -> None:
    body = {"groups": [], "meta": {"has_more": True, "after_cursor": "abc"}, "links": {"next": "https://x/?y=1"}}
    assert PAGES.next_query({}, body, []) == {"page[size]": 100, "page[after]": "abc"}


def test_cursor_without_more_is_the_end() -> None:
    body = {
        "groups": [{"id": 1}],
        "meta": {"has_more": False, "after_cursor": "abc"},
        "links": {"next": "https://x/?y=1"},
    }
    assert PAGES.next_query({}, body, []) is None


def test_link_is_followed_if_there_is_no_cursor() -> None:
    body = {
        "meta": {"has_more": True, "after_cursor": None},
        "links": {"next": "https://acme/?page%5Bafter%5D=b%3D%3D"},
    }
    assert PAGES.next_query({}, body, []) == {"page[after]": "b=="}


def test_more_without_a_cursor_is_an_error() -> None:
    with pytest.raises(PaginationError, match="has no cursor"):
        PAGES.next_query({}, {"meta": {"has_more": True}, "links": {"next": None}}, [])


def test_offset_pages_are_followed() -> None:
    assert PAGES.next_query({}, {"next_page": "https://acme/?page=2&per_page=100"}, []) == {
        "page": "2",
        "per_page": "100",
    }
    assert PAGES.next_query({}, {"next_page": None}, []) is None


def test_response_with_links_only_is_followed() -> None:
    assert PAGES.next_query({}, {"links": {"next": "https://acme/?cursor=2"}}, []) == {"cursor": "2"}
    assert PAGES.next_query({}, {"links": {"next": None}}, []) is None


@pytest.mark.parametrize("body", [{}, {"meta": None}, {"meta": {}}, {"count": 300}])
def test_a_page_requested_by_cursor_without_pagination_fields_is_an_error(body: dict[str, Any]) -> None:
    with pytest.raises(PaginationError, match="no pagination fields"):
        PAGES.next_query({"page[size]": 100, "page[after]": "c1"}, body, [{}] * 100)
