"""Exports of Chat follow `next_page`, which is never null, until a page that is not full."""

from typing import Any

import pytest

from source_zendesk.errors import PaginationError
from source_zendesk.extract.chat_paginators import ChatExportPaginator
from source_zendesk.http.response import UndocumentedValueError

PAGES = ChatExportPaginator("chats", {}, 100)
IN_MICROSECONDS = ChatExportPaginator("agent_timeline", {}, 100, units_per_second=1_000_000)
FULL: list[Any] = [{}] * 100
START, NEXT = 1_700_000_000, 1_700_000_100
QUERY = {"start_time": START, "limit": 100}
LINK = "https://acme.zendesk.com/api/v2/chat/incremental/chats?limit=100&fields=chats(*)"


def page(start: Any, start_id: str = "", **more: Any) -> dict[str, Any]:
    return {"next_page": f"{LINK}&start_time={start}" + (f"&start_id={start_id}" if start_id else ""), **more}


def test_the_first_page_starts_at_a_time() -> None:
    assert PAGES.first_query(START) == QUERY
    assert PAGES.first_query(None) == {"start_time": 0, "limit": 100}


def test_a_time_in_microseconds_is_requested_as_such() -> None:
    assert IN_MICROSECONDS.first_query(START)["start_time"] == START * 1_000_000


def test_a_full_page_is_followed_to_the_time_and_the_id_of_its_last_row() -> None:
    followed = {"start_time": NEXT, "start_id": "1.a", "limit": 100}
    assert PAGES.next_query(QUERY, page(NEXT, "1.a"), FULL) == followed | {"start_time": str(NEXT)}
    assert PAGES.next_query(QUERY, {"end_time": NEXT, "end_id": "1.a"}, FULL) == followed


def test_rows_without_ids_are_followed_by_time() -> None:
    time = NEXT * 1_000_000 + 25
    query = {"start_time": START * 1_000_000, "limit": 100}
    assert IN_MICROSECONDS.next_query(query, page(time), FULL) == {"start_time": str(time), "limit": 100}


@pytest.mark.parametrize("rows", [0, 1, 99])
def test_a_page_that_is_not_full_is_the_last(rows: int) -> None:
    assert PAGES.next_query(QUERY, page(NEXT, "1.a", count=rows), FULL[:rows]) is None


def test_a_page_is_full_if_its_count_is_the_limit() -> None:
    assert PAGES.next_query(QUERY, page(NEXT, count=100), FULL[:60]) == {"start_time": str(NEXT), "limit": 100}


def test_rows_of_one_time_are_followed_by_id() -> None:
    query = {"start_time": str(START), "start_id": "1.a", "limit": 100}
    assert PAGES.next_query(query, page(START, "1.b"), FULL) == {**query, "start_id": "1.b"}


def test_a_full_page_of_rows_of_one_time_without_ids_is_an_error() -> None:
    with pytest.raises(PaginationError, match=rf"chats: .*100 rows have the time {START}"):
        PAGES.next_query(QUERY, page(START), FULL)


def test_a_full_page_without_a_time_to_continue_from_is_an_error() -> None:
    with pytest.raises(PaginationError, match=r"chats: .*`start_time`.*`end_time`"):
        PAGES.next_query(QUERY, {"count": 100}, FULL)


@pytest.mark.parametrize("time", ["soon", -5, 10**30, "1e99"])
def test_a_value_that_is_no_time_of_the_past_is_an_error(time: Any) -> None:
    with pytest.raises(UndocumentedValueError, match="start_time"):
        PAGES.next_query(QUERY, page(time), FULL)


@pytest.mark.parametrize(("pages", "unit"), [(PAGES, 1), (IN_MICROSECONDS, 1_000_000)])
def test_a_start_in_the_last_five_minutes_is_too_recent(pages: ChatExportPaginator, unit: int) -> None:
    assert pages.is_too_recent({"start_time": (NEXT - 300) * unit}, NEXT)
    assert not pages.is_too_recent({"start_time": (NEXT - 306) * unit}, NEXT)
