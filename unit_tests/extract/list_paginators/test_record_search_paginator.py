"""A record search by relevance is truncated at 10,000 rows, so reaching them is an error."""

import pytest

from source_zendesk.errors import PaginationError
from source_zendesk.extract.list_paginators import RecordSearchPaginator

PAGES = RecordSearchPaginator("search_custom_object_records", {}, 100)


def test_ten_thousand_rows_by_relevance_are_an_error() -> None:
    with pytest.raises(PaginationError, match=r"search_custom_object_records.*no more than 10000 records by relevance"):
        PAGES.check_truncation(10_000, {"query": "r"}, {})


@pytest.mark.parametrize(("served", "params"), [(9_999, {"query": "r"}), (10_000, {"query": "r", "sort": "name"})])
def test_fewer_rows_or_sorted_rows_are_complete(served: int, params: dict[str, str]) -> None:
    PAGES.check_truncation(served, params, {})


def test_pages_are_followed_by_cursor() -> None:
    body = {"meta": {"has_more": True, "after_cursor": "abc"}}
    assert PAGES.next_query({}, body, []) == {"page[size]": 100, "page[after]": "abc"}
