"""Searches cover all time since the state in windows of thirty days, and allow for the index lag."""

from typing import Any

import pytest

from source_zendesk import times
from source_zendesk.extract.cursors.base import IncrementalRead, PageRows
from source_zendesk.extract.cursors.search_cursor import INDEX_IN_SECONDS, WINDOW_IN_SECONDS, SearchCursor
from source_zendesk.extract.list_paginators import CursorPaginator
from source_zendesk.http.response import ParsedResponse

PAGES = CursorPaginator("tickets_search", {}, 100)
SIZE = {"page[size]": 100}
LONG_AGO = times.now() - 70 * times.DAY_IN_SECONDS


def opened(state: dict[str, Any] | None = None, *, lookback: int = 0) -> IncrementalRead:
    config = {"start_date": times.iso(LONG_AGO), "ticket_search_lookback_days": lookback}
    return SearchCursor(config, "updated_at").open(state or {}, PAGES, ["id"])


def advance(progress: IncrementalRead, next_query: dict[str, Any] | None = None) -> None:
    response = ParsedResponse({}, times.now())
    progress.begin(response)
    progress.advance(next_query, response, PageRows([], []))


def between(start: int, end: int | None = None) -> str:
    return f"updated>={times.iso(start)}" + ("" if end is None else f" updated<{times.iso(end)}")


def test_windows_are_contiguous_and_the_last_has_no_end() -> None:
    progress, searches = opened(), []
    while progress.query is not None:
        searches.append(progress.query["query"])
        advance(progress)
    second, third = LONG_AGO + WINDOW_IN_SECONDS, LONG_AGO + 2 * WINDOW_IN_SECONDS
    assert searches == [between(LONG_AGO, second), between(second, third), between(third)]


def test_pages_of_a_window_keep_its_search() -> None:
    progress = opened()
    search = (progress.query or {})["query"]
    advance(progress, {**SIZE, "page[after]": "abc"})
    assert progress.query == {**SIZE, "page[after]": "abc", "query": search}
    again = opened(progress.state, lookback=2)
    assert (again.query, again.state) == (progress.query, progress.state)


def test_state_is_the_end_of_the_windows_read() -> None:
    progress = opened()
    advance(progress)
    assert progress.state == {"updated_at": times.iso(LONG_AGO + WINDOW_IN_SECONDS)}


@pytest.mark.parametrize(("lookback", "back"), [(0, INDEX_IN_SECONDS), (2, 2 * times.DAY_IN_SECONDS)])
def test_next_run_starts_before_the_state_since_the_index_lags(lookback: int, back: int) -> None:
    saved = times.now() - times.DAY_IN_SECONDS
    progress = opened({"updated_at": times.iso(saved)}, lookback=lookback)
    assert (progress.query or {})["query"] == between(saved - back)


def test_rows_outside_the_window_are_dropped_unless_they_just_changed() -> None:
    inside, outside = LONG_AGO + 1, LONG_AGO + WINDOW_IN_SECONDS
    rows = [{"updated_at": times.iso(time)} for time in (inside, LONG_AGO - 1, outside, times.now())]
    unknown = {"updated_at": None}
    assert opened().select_new([*rows, unknown]) == [rows[0], rows[3], unknown]


@pytest.mark.parametrize("ahead", [2 * times.DAY_IN_SECONDS, -2 * times.DAY_IN_SECONDS])
def test_the_next_run_starts_at_the_earlier_of_both_clocks(ahead: int) -> None:
    progress = opened({"updated_at": times.iso(times.now() - 3600)})
    answer = ParsedResponse({}, times.now() + ahead)
    progress.begin(answer)
    progress.advance(None, answer, PageRows([], []))
    assert (times.epoch(progress.state["updated_at"]) or 0) <= times.now()
