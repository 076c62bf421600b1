"""Lists are filtered by the time of their rows; rows without a time are always emitted."""

from typing import Any

import pytest

from source_zendesk import times
from source_zendesk.extract.cursors.base import IncrementalRead, PageRows
from source_zendesk.extract.cursors.list_cursor import ListCursor
from source_zendesk.extract.list_paginators import CursorPaginator
from source_zendesk.http.response import ParsedResponse

PAGES = CursorPaginator("groups", {}, 100)
CONFIG = {"start_date": "2024-01-01T00:00:00Z"}
SAVED = {"updated_at": "2024-03-01T00:00:00Z"}
FIRST = {"page[size]": 100}
SECOND = {"page[size]": 100, "page[after]": "abc"}


def opened(state: dict[str, Any] | None = None, **options: Any) -> IncrementalRead:
    return ListCursor(CONFIG, cursor_field="updated_at", **options).open(state or {}, PAGES, ["id"])


def rows(*stamps: str | None) -> list[dict[str, Any]]:
    return [{"id": number, "updated_at": stamp} for number, stamp in enumerate(stamps)]


def advance(progress: IncrementalRead, page: list[dict[str, Any]], next_query: dict[str, Any] | None = None) -> None:
    response = ParsedResponse({}, times.now())
    progress.begin(response)
    progress.advance(next_query, response, PageRows(page, page))


def test_first_run_emits_every_row_even_before_the_start_date() -> None:
    page = rows("2001-01-01T00:00:00Z", "2024-05-01T00:00:00Z", None)
    assert opened().select_new(page) == page


def test_later_run_emits_rows_not_older_than_the_state_or_without_a_time() -> None:
    page = rows("2024-02-29T23:59:59Z", "2024-03-01T00:00:00Z", None)
    assert [row["id"] for row in opened(SAVED).select_new(page)] == [1, 2]


def test_state_stays_a_lag_before_the_newest_row() -> None:
    progress = opened(lag=60)
    advance(progress, rows("2024-05-01T00:01:00Z", "2024-04-01T00:00:00Z"))
    assert progress.state == {"updated_at": "2024-05-01T00:00:00Z"}


def test_state_never_moves_back() -> None:
    progress = opened(SAVED)
    advance(progress, rows("2024-03-01T00:00:10Z"))
    assert progress.state == SAVED


def test_row_in_the_future_does_not_move_the_state_there() -> None:
    progress = opened()
    advance(progress, rows("2099-01-01T00:00:00Z"))
    assert (times.epoch(progress.state["updated_at"]) or 0) <= times.now()


def test_empty_list_keeps_its_state() -> None:
    for state in (SAVED, {}):
        progress = opened(state)
        advance(progress, [])
        assert progress.state == state


def test_list_without_a_cursor_field_has_no_state() -> None:
    progress = ListCursor(CONFIG).open({}, PAGES, ["name"])
    advance(progress, [{"name": "vip"}])
    assert progress.state == {}


def test_read_resumes_in_the_middle_of_a_list() -> None:
    progress = opened()
    advance(progress, rows("2024-05-01T00:00:00Z"), SECOND)
    resumed = opened(progress.state)
    assert resumed.query == SECOND
    advance(resumed, rows("2024-04-01T00:00:00Z"))
    assert resumed.state == {"updated_at": "2024-04-30T23:59:00Z"}


def test_newest_first_starts_at_the_start_date_and_stops_at_the_first_old_page() -> None:
    progress = opened(newest_first=True)
    advance(progress, rows("2024-05-01T00:00:00Z", "2023-12-31T00:00:00Z"), SECOND)
    assert progress.query == SECOND
    advance(progress, rows("2023-12-30T00:00:00Z", "2023-12-29T00:00:00Z"), {**SECOND, "page[after]": "def"})
    assert progress.query is None


def test_newest_first_continues_if_rows_are_not_in_order() -> None:
    progress = opened(newest_first=True)
    advance(progress, rows("2023-12-29T00:00:00Z", "2023-12-30T00:00:00Z"), SECOND)
    assert progress.query == SECOND


@pytest.mark.parametrize(
    ("options", "since"),
    [
        ({"since_parameter": "start_time"}, 1709251200),
        ({"since_parameter": "start_time", "since_margin": 1200}, 1709250000),
        ({"since_parameter": "since", "since_format": "iso"}, "2024-03-01T00:00:00Z"),
    ],
)
def test_time_filter_is_sent_on_every_page(options: dict[str, Any], since: Any) -> None:
    progress = opened(SAVED, **options)
    name = options["since_parameter"]
    assert progress.query == {**FIRST, name: since}
    advance(progress, rows("2024-05-01T00:00:00Z"), SECOND)
    assert progress.query == {**SECOND, name: since}


def test_a_list_with_an_end_sends_the_time_of_its_first_request_on_every_page() -> None:
    before = times.now()
    progress = opened(
        SAVED, since_parameter="fromDate", since_format="iso", since_margin=86400, until_parameter="toDate"
    )
    first = dict(progress.query or {})
    assert first["fromDate"] == "2024-02-29T00:00:00Z"
    assert before <= (times.epoch(first["toDate"]) or 0) <= times.now()
    advance(progress, rows("2024-05-01T00:00:00Z"), {"page": 2})
    assert progress.query == {"page": 2, "fromDate": first["fromDate"], "toDate": first["toDate"]}


def test_range_ends_in_the_future() -> None:
    query = opened(SAVED, since_parameter="filter[created_at][]", since_format="range").query or {}
    start, end = query["filter[created_at][]"]
    assert start == "2024-03-01T00:00:00Z"
    assert (times.epoch(end) or 0) > times.now()


def test_cursor_that_stays_refused_restarts_the_list() -> None:
    progress = opened()
    advance(progress, rows("2024-05-01T00:00:00Z"), SECOND)
    assert progress.recover_expired_cursor()
    assert progress.query == SECOND
    assert progress.recover_expired_cursor()
    assert progress.query == FIRST
    assert not progress.recover_expired_cursor()


def test_survey_responses_use_a_filter_in_milliseconds_with_a_margin_and_emit_all() -> None:
    progress = opened(SAVED, since_parameter="filter[x]", since_format="milliseconds", since_margin=60, emits_all=True)
    assert (progress.query or {})["filter[x]"] == ((times.epoch(SAVED["updated_at"]) or 0) - 60) * 1000
    old = rows("2024-02-29T23:59:30Z")
    assert progress.select_new(old) == old


def test_changes_query_is_used_only_with_a_state() -> None:
    newest = {"sort": "-updated_at"}
    assert opened(changes_query=newest).query == FIRST
    progress = opened(SAVED, changes_query=newest)
    assert progress.query == {**FIRST, **newest}
    advance(progress, rows("2024-02-28T00:00:00Z", "2024-02-27T00:00:00Z"), SECOND)
    assert progress.query is None


def test_refused_order_makes_the_read_go_to_the_end() -> None:
    progress = opened(SAVED, changes_query={"sort": "-updated_at"})
    progress.refused_params = {"sort"}
    advance(progress, rows("2024-02-28T00:00:00Z"), SECOND)
    assert progress.query is not None
