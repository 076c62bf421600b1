"""A list ends with a short page without a link."""

from typing import Any

import pytest

from source_zendesk.extract.paginator import Query
from source_zendesk.extract.sell import SellListPaginator
from source_zendesk.http.response import UndocumentedValueError

PAGES = SellListPaginator("sell_contacts", {}, page_size=100)
UNSIZED = SellListPaginator("sell_contact_custom_fields", {})
FULL, SHORT = [{"id": number} for number in range(100)], [{"id": 1}]
LINK = "https://api.getbase.com/v2/lead_conversions"


def linked(query: str) -> dict[str, Any]:
    return {"meta": {"type": "collection", "links": {"self": LINK, "next_page": f"{LINK}?{query}"}}}


def test_the_first_page_is_requested_with_the_largest_size() -> None:
    assert PAGES.first_query(None) == {"per_page": 100}


@pytest.mark.parametrize(
    ("query", "rows", "expected"),
    [
        ({"per_page": 100}, FULL, {"page": 2, "per_page": 100}),
        ({"per_page": 100, "page": 2}, FULL, {"page": 3, "per_page": 100}),
        ({"per_page": 100, "page": 3}, SHORT, None),
        ({"per_page": 100, "page": 3}, [], None),
        ({"per_page": 1, "page": 3}, SHORT, {"page": 4, "per_page": 1}),
        ({"per_page": 100}, FULL[:25], {"page": 2, "per_page": 100}),
        ({"per_page": 100}, FULL[:24], None),
        ({"per_page": 12}, FULL[:11], None),
    ],
    ids=["first", "second", "short", "empty", "full page of a smaller size", "default size", "less", "less than small"],
)
def test_a_page_is_the_last_if_it_is_shorter_than_requested_and_than_the_default_size(
    query: Query, rows: list[Any], expected: Query | None
) -> None:
    assert PAGES.next_query(query, {"meta": {"count": len(rows)}}, rows) == expected


def test_a_link_is_followed_even_after_a_short_page() -> None:
    body = linked("page=2&per_page=100&sort_by=id")
    assert PAGES.next_query({"per_page": 100}, body, SHORT) == {"page": "2", "per_page": "100", "sort_by": "id"}


def test_a_link_can_contain_a_cursor() -> None:
    following = PAGES.next_query({"page": "50", "per_page": "100"}, linked("cursor=xyz&per_page=100"), FULL)
    assert following == {"cursor": "xyz", "per_page": "100"}
    assert PAGES.next_query({"cursor": "xyz", "per_page": "100"}, {"meta": {}}, FULL) is None


def test_a_list_without_a_page_size_ends_without_a_link() -> None:
    assert UNSIZED.first_query(None) == {}
    assert UNSIZED.next_query({}, {"meta": {}}, FULL) is None
    assert UNSIZED.next_query({}, linked("page=2"), FULL) == {"page": "2"}


def test_a_link_that_is_none_is_no_end() -> None:
    with pytest.raises(UndocumentedValueError):
        PAGES.next_query({"per_page": 100}, {"meta": {"links": {"next_page": 7}}}, SHORT)
