"""WFM's paginators continue at links or at the last start, and stop otherwise."""

from typing import Any

import pytest

from source_zendesk.errors import PaginationError
from source_zendesk.extract.wfm_paginators import (
    FULL_PAGE,
    ActivityPaginator,
    MetadataLinkPaginator,
    ShiftPaginator,
    TeamPaginator,
)

Json = dict[str, Any]
LINK = "https://acme.zendesk.com/wfm/public/api/v1/activities?startTime=90"
PAGE = [{"startTime": 10 + n // 100} for n in range(FULL_PAGE)]


def activities() -> ActivityPaginator:
    return ActivityPaginator(config={}, name="wfm_activities")


@pytest.mark.parametrize(
    ("body", "rows", "next_query"),
    [
        ({}, PAGE, {"startTime": 19}),
        ({}, PAGE[1:], None),
        ({"metadata": {"next": LINK}}, PAGE[:1], {"startTime": "90"}),
        ({"metadata": {"next": LINK}}, [], None),
        ({"metadata": {"next": LINK.replace("90", "10")}}, PAGE[:1], None),
        ({}, [], None),
    ],
)
def test_activities_continue_at_the_link_or_the_last_start(body: Json, rows: list[Json], next_query: Json) -> None:
    assert activities().next_query({"startTime": 10}, body, rows) == next_query


@pytest.mark.parametrize("rows", [[{"startTime": 10}] * FULL_PAGE, [{}] * FULL_PAGE])
def test_a_full_page_that_leads_nowhere_is_an_error(rows: list[Json]) -> None:
    with pytest.raises(PaginationError):
        activities().next_query({"startTime": 10}, {}, rows)


@pytest.mark.parametrize(("link", "next_query"), [(LINK, {"startTime": "90"}), (None, None), ("", None)])
def test_a_report_continues_at_its_link(link: str | None, next_query: Json) -> None:
    paginator = MetadataLinkPaginator(config={}, name="wfm_report_rows")
    assert paginator.next_query({}, {"metadata": {"next": link}}, [{}]) == next_query


def test_teams_are_followed_by_the_deleted_ones() -> None:
    paginator = TeamPaginator(config={}, name="wfm_teams")
    assert paginator.next_query({}, {"teams": []}, []) == {"deleted": "true"}
    assert paginator.next_query({"deleted": "true"}, {"teams": [{}]}, [{}]) is None


def shifts() -> ShiftPaginator:
    return ShiftPaginator(config={}, name="wfm_shifts")


@pytest.mark.parametrize(
    ("query", "metadata", "rows", "next_query"),
    [
        ({}, {"currentPage": 1, "total": 4}, [{}], {"page": 2}),
        ({}, {"currentPage": 1, "total": 1}, [{}], None),
        ({}, {"currentPage": 1, "total": 0}, [], None),
        ({"page": 2}, {"currentPage": 2, "total": 4}, [], {"page": 3}),
        ({"page": 4}, {"currentPage": 4, "total": 4}, [{}], None),
        ({"page": "2"}, {"currentPage": 2, "total": 4}, [{}], {"page": 3}),
        # The list has become shorter.
        ({"page": 4}, {"currentPage": 3, "total": 3}, [], None),
        ({"page": 4}, {"currentPage": 4, "total": 3}, [{}], {"page": 5}),
        # Without a number of pages.
        ({}, None, [{}], {"page": 2}),
        ({"page": 2}, {}, [], None),
    ],
)
def test_shifts_are_read_up_to_the_number_of_pages(
    query: Json, metadata: Any, rows: list[Json], next_query: Json
) -> None:
    assert shifts().next_query(query, {"metadata": metadata}, rows) == next_query


def test_another_page_of_shifts_than_the_requested_one_is_an_error() -> None:
    with pytest.raises(PaginationError, match="page 1 instead of 2"):
        shifts().next_query({"page": 2}, {"metadata": {"currentPage": 1, "total": 4}}, [{}])
