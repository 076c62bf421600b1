"""Exports of custom object records go on by cursor and end by `meta.has_more`."""

from typing import Any

import pytest

from source_zendesk.errors import PaginationError
from source_zendesk.extract.export_paginators import RecordExportPaginator

PAGES = RecordExportPaginator("export_custom_object_records", {}, 1000)
URL = "https://acme/api/v2/incremental/custom_objects/car/cursor?cursor=xyz"
ROWS: list[Any] = [{}]


def page(*, has_more: bool, cursor: str | None = "abc", **more: Any) -> dict[str, Any]:
    return {"meta": {"has_more": has_more, "after_cursor": cursor}, **more}


def test_a_read_begins_at_a_time_and_goes_on_by_cursor() -> None:
    assert PAGES.first_query(10) == {"start_time": 10, "per_page": 1000}
    assert PAGES.next_query({}, page(has_more=True), ROWS) == {"cursor": "abc", "per_page": 1000}


def test_an_empty_page_with_more_behind_it_is_no_end() -> None:
    assert PAGES.next_query({}, page(has_more=True), []) == {"cursor": "abc", "per_page": 1000}


def test_the_cursor_may_stand_in_the_link() -> None:
    body = page(has_more=True, cursor=None, after_url=URL)
    assert PAGES.next_query({}, body, ROWS) == {"cursor": "xyz", "per_page": 1000}


def test_without_more_it_is_the_end_and_the_cursor_is_kept_for_the_next_run() -> None:
    body = page(has_more=False, after_url=None)
    assert PAGES.next_query({}, body, ROWS) is None
    assert PAGES.end({}, body) == "abc"
    assert PAGES.end({}, page(has_more=False, cursor=None, after_url=None)) is None


def test_more_without_a_cursor_is_an_error() -> None:
    with pytest.raises(PaginationError, match=r"export_custom_object_records.*has no `after_cursor`"):
        PAGES.next_query({}, page(has_more=True, cursor=None), ROWS)


@pytest.mark.parametrize(("ended", "following"), [(True, None), (False, {"cursor": "abc", "per_page": 1000})])
def test_an_answer_in_the_form_of_other_exports_is_followed_as_such(*, ended: bool, following: Any) -> None:
    assert PAGES.next_query({}, {"after_cursor": "abc", "end_of_stream": ended}, ROWS) == following
