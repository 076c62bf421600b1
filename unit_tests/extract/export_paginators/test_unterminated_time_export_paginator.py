"""Exports without `end_of_stream` end by a null `next_page`, or by a page that is not full."""

from typing import Any

import pytest

from source_zendesk.errors import PaginationError
from source_zendesk.extract.export_paginators import UnterminatedTimeExportPaginator

ARTICLES = UnterminatedTimeExportPaginator("articles", {})
CALLS = UnterminatedTimeExportPaginator("calls", {}, full_page=1000)
FULL: list[Any] = [{}] * 1000
QUERY = {"start_time": 10}


def page(start: int | None, **more: Any) -> dict[str, Any]:
    link = None if start is None else f"https://acme/api/v2/channels/voice/stats/incremental/calls?start_time={start}"
    return {"next_page": link, **more}


def test_read_starts_at_a_time() -> None:
    assert ARTICLES.first_query(10) == QUERY
    assert ARTICLES.first_query(None) == {"start_time": 0}


@pytest.mark.parametrize("pages", [ARTICLES, CALLS])
def test_full_page_is_followed(pages: UnterminatedTimeExportPaginator) -> None:
    assert pages.next_query(QUERY, page(20), FULL) == {"start_time": 20}


def test_without_a_full_page_size_any_row_is_followed() -> None:
    assert ARTICLES.next_query(QUERY, page(20), [{}]) == {"start_time": 20}


@pytest.mark.parametrize(
    ("pages", "body", "rows"),
    [
        (ARTICLES, page(None, end_time=20), 3),
        (ARTICLES, page(None, end_time=1), 0),
        (ARTICLES, page(20), 0),
        (CALLS, page(10), 999),
        (CALLS, page(10, count=999), 999),
        (CALLS, page(10), 0),
        (CALLS, page(None), 1000),
    ],
)
def test_end(pages: UnterminatedTimeExportPaginator, body: dict[str, Any], rows: int) -> None:
    assert pages.next_query(QUERY, body, FULL[:rows]) is None


@pytest.mark.parametrize("more", [{"count": 350}, {"count": 350.5}, {"count": 100}, {}])
def test_page_that_is_not_full_is_followed_whatever_its_count(more: dict[str, Any]) -> None:
    assert CALLS.next_query(QUERY, page(20, **more), FULL[:100]) == {"start_time": 20}


def test_second_with_a_larger_count_is_an_error() -> None:
    with pytest.raises(PaginationError, match=r"calls.*100 rows changed in second 10"):
        CALLS.next_query(QUERY, page(10, count=350), FULL[:100])


@pytest.mark.parametrize("start", [10, "10"])
def test_full_page_within_one_second_is_an_error(start: Any) -> None:
    with pytest.raises(PaginationError, match=r"calls.*1000 rows changed in second 10"):
        CALLS.next_query({"start_time": start}, page(10), FULL)


def test_end_time_is_used_if_the_link_has_no_time() -> None:
    body = {"next_page": "https://acme/api?cursor=a", "end_time": 20}
    assert CALLS.next_query(QUERY, body, FULL) == {"cursor": "a", "start_time": 20}


def test_more_without_a_time_is_an_error() -> None:
    with pytest.raises(PaginationError, match=r"calls.*has no `start_time`"):
        CALLS.next_query(QUERY, {"next_page": "https://acme/api"}, FULL)
