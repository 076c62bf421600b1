"""Routing exports have no start time and end without a next page."""

from typing import Any

import pytest

from source_zendesk.extract.export_paginators import RoutingExportPaginator

PAGES = RoutingExportPaginator("export_routing_attributes", {})
LINK = "https://acme/api/v2/incremental/routing/attributes?cursor=abc"
ROWS: list[Any] = [{}]


def test_read_starts_without_parameters_and_follows_cursors() -> None:
    assert PAGES.first_query(10) == {}
    assert PAGES.resume("abc") == {"cursor": "abc"}


def test_next_page_is_followed_and_its_cursor_saved() -> None:
    assert PAGES.next_query({}, {"next_page": LINK}, ROWS) == {"cursor": "abc"}
    assert PAGES.end_cursor({}, {"next_page": LINK}) == "abc"
    assert PAGES.end_cursor({}, {"next_page": None}) is None


def test_last_response_is_resumed_by_the_requested_cursor() -> None:
    assert PAGES.end_cursor({"cursor": "abc"}, {"next_page": None}) == "abc"


@pytest.mark.parametrize(
    ("body", "rows"),
    [({"next_page": None}, ROWS), ({"next_page": LINK}, []), ({"next_page": LINK, "end_of_stream": True}, ROWS)],
)
def test_end(body: dict[str, Any], rows: list[Any]) -> None:
    assert PAGES.next_query({}, body, rows) is None


def test_next_page_that_repeats_the_request_is_the_end() -> None:
    assert PAGES.next_query({"cursor": "abc"}, {"next_page": LINK}, ROWS) is None
