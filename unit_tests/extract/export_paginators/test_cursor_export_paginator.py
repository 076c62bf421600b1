"""Cursor exports end at `end_of_stream`."""

from typing import Any

import pytest

from source_zendesk.errors import PaginationError
from source_zendesk.extract.export_paginators import CursorExportPaginator

PAGES = CursorExportPaginator("tickets", {"export_page_size": 500}, "{{ config['export_page_size'] }}")


def test_page_size_is_that_of_the_config() -> None:
    assert PAGES.first_query(7) == {"start_time": 7, "per_page": 500}


def test_cursor_is_requested_without_a_time() -> None:
    assert PAGES.resume("abc") == {"cursor": "abc", "per_page": 500}


@pytest.mark.parametrize(
    "body", [{"after_cursor": "abc"}, {"after_cursor": None, "after_url": "https://acme/?cursor=abc&per_page=1"}]
)
def test_cursor_is_followed(body: dict[str, Any]) -> None:
    assert PAGES.next_query({}, {**body, "end_of_stream": False}, []) == {"cursor": "abc", "per_page": 500}


def test_end_of_stream_is_the_end() -> None:
    assert PAGES.next_query({}, {"after_cursor": "abc", "end_of_stream": True}, []) is None
    assert PAGES.end_cursor({}, {"after_cursor": "abc", "end_of_stream": True}) == "abc"


def test_last_response_may_have_no_cursor() -> None:
    assert PAGES.next_query({}, {"after_cursor": None, "end_of_stream": True}, []) is None
    assert PAGES.end_cursor({}, {"after_cursor": None, "end_of_stream": True}) is None


@pytest.mark.parametrize("mark", [{}, {"end_of_stream": None}])
def test_without_end_of_stream_only_a_new_cursor_is_followed(mark: dict[str, Any]) -> None:
    assert PAGES.next_query({"cursor": "abc"}, {"after_cursor": "def", **mark}, []) == {
        "cursor": "def",
        "per_page": 500,
    }
    assert PAGES.next_query({"cursor": "abc"}, {"after_cursor": "abc", **mark}, []) is None
    assert PAGES.next_query({"cursor": "abc"}, {"after_cursor": None, **mark}, []) is None


def test_more_without_a_cursor_is_an_error() -> None:
    with pytest.raises(PaginationError, match="after_cursor"):
        PAGES.next_query({}, {"end_of_stream": False}, [])
