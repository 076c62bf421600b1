"""Offset pages end at a null link, and a truncated list is an error."""

from typing import Any

import pytest

from source_zendesk.errors import PaginationError
from source_zendesk.extract.list_paginators import OffsetPaginator

PAGES = OffsetPaginator("groups", {}, 100)
LINK = "https://acme.zendesk.com/api/v2/groups.json?page={}&per_page=100"


def test_first_page_has_a_size() -> None:
    assert PAGES.first_query(None) == {"per_page": 100}


def test_list_without_a_page_size_gets_none() -> None:
    assert OffsetPaginator("groups", {}).first_query(None) == {}


def test_next_page_is_followed_by_its_query() -> None:
    body = {"next_page": "https://evil.example.com/other?page=2&per_page=100"}
    assert PAGES.next_query({}, body, []) == {"page": "2", "per_page": "100"}


def test_the_link_can_have_another_key() -> None:
    pages = OffsetPaginator("list_chats", {}, link_key="next_url")
    assert pages.next_query({}, {"next_url": "https://acme.zendesk.com/api/v2/chat/chats?cursor=a"}, []) == {
        "cursor": "a"
    }
    assert pages.next_query({}, {"next_url": None, "next_page": LINK}, []) is None


@pytest.mark.parametrize("body", [{"next_page": None}, {"next_page": ""}, {}])
def test_missing_next_page_is_the_end(body: dict[str, Any]) -> None:
    assert PAGES.next_query({}, body, []) is None


def test_hundredth_page_is_requested() -> None:
    assert PAGES.next_query({"page": "99"}, {"next_page": LINK.format(100)}, []) == {"page": "100", "per_page": "100"}


def test_page_after_the_hundredth_is_an_error_without_a_request() -> None:
    with pytest.raises(PaginationError, match=r"groups.*more than 100 pages"):
        PAGES.next_query({"page": "100"}, {"next_page": LINK.format(101)}, [])


@pytest.mark.parametrize(("row_count", "reported"), [(1_000, 1_001), (10_000, 10_001)])
def test_end_at_a_search_ceiling_with_more_rows_is_an_error(row_count: int, reported: int) -> None:
    with pytest.raises(PaginationError, match=f"of {reported} rows"):
        PAGES.check_truncation(row_count, {}, {"count": reported})


@pytest.mark.parametrize(("row_count", "body"), [(1_000, {"count": 1_000}), (1_000, {}), (999, {"count": 1_001})])
def test_a_list_is_complete_below_the_ceiling_or_with_the_reported_rows(row_count: int, body: dict[str, Any]) -> None:
    PAGES.check_truncation(row_count, {}, body)
