"""Exports of custom object records follow cursors until `meta.has_more` is false."""

from typing import Any

import pytest

from source_zendesk.errors import PaginationError
from source_zendesk.extract.export_paginators import RecordExportPaginator

PAGES = RecordExportPaginator("export_custom_object_records", {}, 1000)
URL = "https://acme/api/v2/incremental/custom_objects/car/cursor?cursor=xyz"
ROWS: list[Any] = [{}]


def page(*, has_more: bool, cursor: str | None = "abc", **more: Any) -> dict[str, Any]:
    return {"meta": {"has_more": has_more, "after_cursor": cursor}, **more}


def test_read_starts_at_a_time_and_follows_cursors() -> None:
    assert PAGES.first_query(10) == {"start_time": 10, "per_page": 1000}
    assert PAGES.next_query({}, page(has_more=True), ROWS) == {"cursor": "abc", "per_page": 1000}


def test_empty_page_with_more_is_not_the_end() -> None:
    assert PAGES.next_query({}, page(has_more=True), []) == {"cursor": "abc", "per_page": 1000}


def test_cursor_may_be_in_the_link() -> None:
    body = page(has_more=True, cursor=None, after_url=URL)
    assert PAGES.next_query({}, body, ROWS) == {"cursor": "xyz", "per_page": 1000}


def test_last_page_is_the_end_and_has_a_cursor_for_the_next_run() -> None:
    body = page(has_more=False, after_url=None)
    assert PAGES.next_query({}, body, ROWS) is None
    assert PAGES.end_cursor({}, body) == "abc"
    assert PAGES.end_cursor({}, page(has_more=False, cursor=None, after_url=None)) is None


def test_more_without_a_cursor_is_an_error() -> None:
    with pytest.raises(PaginationError, match=r"export_custom_object_records.*has no `after_cursor`"):
        PAGES.next_query({}, page(has_more=True, cursor=None), ROWS)


@pytest.mark.parametrize(("ended", "next_query"), [(True, None), (False, {"cursor": "abc", "per_page": 1000})])
def test_shape_of_other_exports_is_followed(*, ended: bool, next_query: Any) -> None:
    assert PAGES.next_query({}, {"after_cursor": "abc", "end_of_stream": ended}, ROWS) == next_query
