"""Windows of dates cover the time from the state to the future, and each row belongs to one of them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from source_zendesk import times
from source_zendesk.extract.cursors.base import IncrementalRead, PageRows
from source_zendesk.extract.cursors.date_window_cursor import DAY, WINDOW_IN_SECONDS, DateWindowCursor
from source_zendesk.extract.wfm_paginators import ShiftPaginator
from source_zendesk.http.response import ParsedResponse

State = dict[str, Any]
PAGES = ShiftPaginator("wfm_shifts", {})
NOW = times.now()
START = (NOW // DAY - 100) * DAY + 3600
MARGIN, AHEAD = 31 * DAY, 90
DATES: State = {
    "since_parameter": "startDate",
    "until_parameter": "endDate",
    "since_margin": MARGIN,
    "days_ahead": AHEAD,
}
SECOND_PAGE = {"page": 2}


def opened(state: State | None = None, start: int = START) -> IncrementalRead:
    cursor = DateWindowCursor({"start_date": times.iso(start)}, "startTime", **DATES)
    return cursor.open(state or {}, PAGES, ["id"])


def advance(
    progress: IncrementalRead, page: list[State] | None = None, next_query: State | None = None, at: int = NOW
) -> None:
    response = ParsedResponse({}, at)
    progress.begin(response)
    progress.advance(next_query, response, PageRows(page or [], page or []))


def dates(progress: IncrementalRead) -> tuple[int, int]:
    """The midnights of the requested dates."""
    query = progress.query or {}
    since, until = times.epoch(query["startDate"]), times.epoch(query["endDate"])
    assert since is not None
    assert until is not None
    return since, until


def windows(progress: IncrementalRead) -> list[tuple[int, int]]:
    found = []
    while progress.query is not None:
        found.append(dates(progress))
        advance(progress)
    return found


def day(time: int) -> int:
    return time // DAY * DAY


def test_windows_share_two_days_from_the_day_before_the_start_date_to_the_day_after_the_last() -> None:
    found = windows(opened())
    assert found[0][0] == day(START) - DAY
    assert found[-1][1] == day(NOW) + (AHEAD + 2) * DAY
    assert [earlier[1] - later[0] for earlier, later in pairwise(found)] == [2 * DAY] * (len(found) - 1)
    assert {until - since for since, until in found[:-1]} == {28 * DAY}


def test_a_window_emits_the_rows_that_start_in_it_or_have_no_time() -> None:
    progress = opened()
    end = day(START) + WINDOW_IN_SECONDS
    rows = [{"id": n, "startTime": time} for n, time in enumerate((START - 1, START, end - 1, end, None))]
    assert progress.select_new(rows) == [rows[1], rows[2], rows[4]]
    advance(progress)
    assert progress.select_new(rows) == [rows[3], rows[4]]


@pytest.mark.parametrize(
    ("saved", "first"),
    [(NOW - 5 * DAY, NOW - 5 * DAY - MARGIN), (NOW + 5 * DAY, NOW - MARGIN), (10 * DAY, 0)],
    ids=["past", "future", "less than the margin"],
)
def test_a_later_run_starts_before_the_state_and_never_in_the_future(saved: int, first: int) -> None:
    progress = opened({"startTime": times.iso(saved)})
    assert dates(progress)[0] == day(first) - DAY
    assert windows(progress)[-1][1] == day(NOW) + (AHEAD + 2) * DAY
    assert progress.state == {"startTime": times.iso(NOW)}


def test_the_state_of_a_run_is_the_time_of_its_first_request_even_if_it_was_interrupted() -> None:
    progress = opened()
    advance(progress, at=NOW - DAY)
    resumed = opened(progress.state)
    assert resumed.query == progress.query
    windows(resumed)
    assert resumed.state == {"startTime": times.iso(NOW - DAY)}


def test_an_interrupted_run_has_the_bound_of_its_rows_in_the_state() -> None:
    progress = opened({"startTime": times.iso(NOW)})
    advance(progress)
    assert progress.state["startTime"] == times.iso(NOW - MARGIN)
    assert opened(progress.state).state["startTime"] == times.iso(NOW - MARGIN)


def test_a_run_without_a_response_keeps_its_state() -> None:
    assert opened().state == {}
    assert opened({"startTime": times.iso(NOW)}).state == {"startTime": times.iso(NOW)}


def test_a_window_with_pages_is_read_again_and_only_its_missing_rows_are_emitted() -> None:
    progress = opened()
    first, rows = progress.query, [{"id": n, "startTime": START + n} for n in range(4)]
    advance(progress, rows[:2], SECOND_PAGE)
    assert progress.query == {**(first or {}), **SECOND_PAGE}
    advance(progress, rows[3:])
    assert (progress.query, progress.restarts) == (first, 1)
    assert progress.select_new(rows) == [rows[2]]
    advance(progress, rows[:2], SECOND_PAGE)
    advance(progress, rows[2:])
    assert (progress.query, progress.restarts) == (first, 2)
    advance(progress, rows[:2], SECOND_PAGE)
    advance(progress, rows[2:])
    assert dates(progress)[0] == day(START) + WINDOW_IN_SECONDS - DAY


def test_a_read_resumes_at_the_page_of_its_window() -> None:
    progress, rows = opened(), [{"id": n, "startTime": START + n} for n in range(4)]
    advance(progress, rows[:2], SECOND_PAGE)
    resumed = opened(progress.state)
    assert (resumed.query, resumed.state) == (progress.query, progress.state)
    advance(resumed, rows[2:])
    assert "page" not in (resumed.query or {})
    assert dates(resumed) == dates(opened())


@pytest.mark.parametrize(
    "damage", [{"startDate": "x"}, {"startDate": None}, {"endDate": 0}, {"endDate": []}, {"endDate": 10**30}]
)
def test_a_state_without_dates_restarts_at_its_time(damage: State) -> None:
    progress = opened()
    advance(progress, [{"id": 1, "startTime": START}], SECOND_PAGE)
    state = progress.state
    assert opened({**state, "page": {**state["page"], **damage}}).query == opened().query


def test_a_page_number_without_the_order_of_rows_restarts_its_window() -> None:
    progress = opened()
    advance(progress)
    window = progress.query
    advance(progress, [{"id": 1}], SECOND_PAGE)
    state = {name: value for name, value in progress.state.items() if name != "drift"}
    assert opened(state).query == window


def test_the_last_window_follows_the_later_clock() -> None:
    progress = opened()
    advance(progress, at=NOW + 10 * DAY)
    assert windows(progress)[-1][1] == day(NOW + 10 * DAY) + (AHEAD + 2) * DAY
