"""Cursor exports end where Zendesk says so, and nowhere else."""

from typing import Any

import pytest

from source_zendesk.components.pagination.export_cursor_pages import ExportCursorPages
from source_zendesk.errors import PaginationError

PAGES = ExportCursorPages("tickets", {"export_page_size": 500}, "{{ config['export_page_size'] }}")


def test_the_page_size_comes_from_the_config() -> None:
    assert PAGES.first(7) == {"start_time": 7, "per_page": 500}


def test_a_cursor_is_asked_for_without_a_time() -> None:
    assert PAGES.resume("abc") == {"cursor": "abc", "per_page": 500}


@pytest.mark.parametrize(
    "body", [{"after_cursor": "abc"}, {"after_cursor": None, "after_url": "https://acme/?cursor=abc&per_page=1"}]
)
def test_the_cursor_is_followed(body: dict[str, Any]) -> None:
    assert PAGES.following({}, {**body, "end_of_stream": False}) == {"cursor": "abc", "per_page": 500}


def test_the_end_of_the_stream_is_the_end() -> None:
    assert PAGES.following({}, {"after_cursor": "abc", "end_of_stream": True}) is None
    assert PAGES.end({"after_cursor": "abc", "end_of_stream": True}) == "abc"


@pytest.mark.parametrize(
    ("body", "missing"), [({"after_cursor": "abc"}, "end_of_stream"), ({"end_of_stream": False}, "after_cursor")]
)
def test_an_answer_that_lacks_what_leads_on_is_an_error(body: dict[str, Any], missing: str) -> None:
    with pytest.raises(PaginationError, match=missing):
        PAGES.following({}, body)
