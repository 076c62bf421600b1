"""A pager requests the pages of a read, and adapts it to Zendesk's refusals."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from airbyte_cdk.sources.streams.http.page_size_reduction_exception import PageSizeReductionRequiredException
from requests_mock import Mocker

from source_zendesk import times
from source_zendesk.errors import ConfigError, PaginationError
from source_zendesk.extract.chat_paginators import ChatExportPaginator
from source_zendesk.extract.cursors.base import PageRows
from source_zendesk.extract.cursors.export_cursor import ExportCursor
from source_zendesk.extract.cursors.list_cursor import ListCursor
from source_zendesk.extract.cursors.time_export_cursor import TimeExportCursor
from source_zendesk.extract.export_paginators import CursorExportPaginator
from source_zendesk.extract.list_paginators import CursorPaginator, OffsetPaginator, RecordSearchPaginator
from source_zendesk.extract.page import Page
from source_zendesk.extract.page_requester import PageRequester
from source_zendesk.extract.pager import Pager
from source_zendesk.extract.paginator import Paginator
from source_zendesk.extract.row_counts import ReadCounts, RowCounts
from source_zendesk.http.refusals import ParentSkipped
from source_zendesk.http.response import ParsedResponse
from unit_tests.account import ACCOUNT, requester

Row = dict[str, Any]
CLOCK = 1_704_067_200
GROUPS = f"{ACCOUNT}/api/v2/groups"
REFUSED: Row = {"status_code": 400, "json": {"error": "InvalidPaginationParameter"}}


def pager(
    paginator: Paginator,
    cursor: ListCursor | ExportCursor | TimeExportCursor | None = None,
    state: Row | None = None,
    **values: Any,
) -> Pager:
    cursor = cursor or ListCursor({})
    page_requester = PageRequester(
        "groups", "/api/v2/groups", requester(), optional_params=frozenset(cursor.optional_params)
    )
    counts = RowCounts().start_read(state or {}, values)
    return Pager(cursor.open(state or {}, paginator, ["id"]), paginator, page_requester, counts, values)  # type: ignore[arg-type]


def list_pager(page_size: int = 2, **options: Any) -> Pager:
    return pager(CursorPaginator("groups", {}, page_size), **options)


def extract(made: Pager) -> Callable[[ParsedResponse], PageRows]:
    def extract_rows(response: ParsedResponse) -> PageRows:
        rows = response.body["groups"]
        return PageRows(rows, rows, made.read.select_new(rows), made.paginator.reported_count(response.body))

    return extract_rows


def read(made: Pager) -> list[Page]:
    return list(made.pages(extract(made)))


def ids(pages: list[Page]) -> list[list[int]]:
    return [[row["id"] for row in page.rows] for page in pages]


def page(*ids: int, after: str = "", **more: Any) -> Row:
    return {
        "groups": [{"id": number} for number in ids],
        "meta": {"has_more": bool(after), "after_cursor": after},
        **more,
    }


def cursors(zendesk: Mocker) -> list[str | None]:
    """The page cursor of each request."""
    return [dict(parse_qsl(urlsplit(sent.url).query)).get("page[after]") for sent in zendesk.request_history]


def is_finished(counts: ReadCounts) -> bool:
    return counts.stream_counts.is_full_read


def test_each_page_has_the_states_before_and_after_it(requests_mock: Mocker) -> None:
    requests_mock.get(GROUPS, [{"json": page(1, 2, after="abc")}, {"json": page(3)}])
    made = list_pager()
    pages = read(made)
    assert ids(pages) == [[1, 2], [3]]
    assert pages[0].next_state == pages[1].resume_state
    assert pages[1].resume_state["page"] == {"page[size]": 2, "page[after]": "abc"}
    assert pages[1].next_state == {}
    assert (made.counts.rows, is_finished(made.counts)) == (3, True)


def test_a_page_whose_successor_cannot_be_requested_is_emitted_before_the_error(requests_mock: Mocker) -> None:
    requests_mock.get(GROUPS, json={"groups": [{"id": 1}], "next_page": f"{GROUPS}?page=101"})
    made = pager(OffsetPaginator("groups", {}, 1))
    pages = made.pages(extract(made))
    first = next(pages)
    assert [row["id"] for row in first.rows] == [1]
    assert first.next_state == first.resume_state
    with pytest.raises(PaginationError, match="groups"):
        next(pages)
    assert not is_finished(made.counts)


def test_a_page_of_a_loop_is_not_emitted(requests_mock: Mocker) -> None:
    requests_mock.get(GROUPS, [{"json": page(1, after="a")}, {"json": page(2, after="a")}])
    pages = (made := list_pager()).pages(extract(made))
    assert [row["id"] for row in next(pages).rows] == [1]
    with pytest.raises(PaginationError, match="the same page again"):
        next(pages)


def test_an_expired_cursor_is_retried_once_and_then_restarts_the_read(requests_mock: Mocker) -> None:
    requests_mock.get(
        GROUPS, [{"json": page(1, 2, after="a")}, REFUSED, REFUSED, {"json": page(1, 2, after="a")}, {"json": page(3)}]
    )
    made = list_pager()
    assert ids(read(made)) == [[1, 2], [1, 2], [3]]
    assert cursors(requests_mock) == [None, "a", "a", None, "a"]
    assert (made.counts.rows, made.counts.stream_counts.received) == (3, 5)


def test_a_retried_cursor_is_no_pagination_loop(requests_mock: Mocker) -> None:
    """Each cursor is refused once, and two pages have the same rows, which the guard allows only once in a row."""
    pages = [page(1, 2, after="a"), page(3, 4, after="b"), page(3, 4, after="c"), page(5)]
    requests_mock.get(
        GROUPS, [{"json": pages[0]}, *(each for later in pages[1:] for each in (REFUSED, {"json": later}))]
    )
    assert ids(read(list_pager())) == [[1, 2], [3, 4], [3, 4], [5]]
    assert cursors(requests_mock) == [None, "a", "a", "b", "b", "c", "c"]


def test_pages_of_a_loop_count_across_retried_cursors(requests_mock: Mocker) -> None:
    pages = [page(1, 2, after="a"), REFUSED, page(1, 2, after="b"), REFUSED, page(1, 2, after="c")]
    requests_mock.get(GROUPS, [each if each is REFUSED else {"json": each} for each in pages])
    with pytest.raises(PaginationError, match="the same page again"):
        read(list_pager())


def test_rows_before_a_restart_are_not_taken_for_a_truncated_list(
    requests_mock: Mocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("source_zendesk.extract.list_paginators.RELEVANCE_CEILING", 4)
    requests_mock.get(
        GROUPS, [{"json": page(1, 2, after="a")}, REFUSED, REFUSED, {"json": page(1, 2, after="a")}, {"json": page(3)}]
    )
    assert ids(read(pager(RecordSearchPaginator("groups", {}, 2)))) == [[1, 2], [1, 2], [3]]


def test_a_refused_cursor_of_a_first_page_is_a_refusal(requests_mock: Mocker) -> None:
    requests_mock.get(GROUPS, **REFUSED)
    with pytest.raises(ConfigError, match="groups"):
        read(list_pager())


def test_a_refused_parent_is_skipped(requests_mock: Mocker) -> None:
    requests_mock.get(GROUPS, status_code=404, json={})
    with pytest.raises(ParentSkipped):
        read(list_pager(user_id=7))


def test_refused_parameters_are_dropped(requests_mock: Mocker) -> None:
    refusal = {"status_code": 400, "json": {"error": "since is not allowed"}}
    requests_mock.get(GROUPS, [refusal, {"json": page(1)}])
    made = list_pager(cursor=ListCursor({}, "updated_at", since_parameter="since"), state={"updated_at": 1_700_000_000})
    assert ids(read(made)) == [[1]]
    assert ["since" in sent.qs for sent in requests_mock.request_history] == [True, False]
    assert set(made.read.refused_params) == {"since"}


def test_an_export_that_has_reached_the_present_ends(requests_mock: Mocker) -> None:
    full = {"groups": [{"id": 1}], "after_cursor": "a", "end_of_stream": False}
    requests_mock.get(GROUPS, [{"json": full}, {"status_code": 400, "json": {"error": "StartTimeTooRecent"}}])
    made = pager(CursorExportPaginator("groups", {}, 1), ExportCursor({}, "updated_at"), {"updated_at": 1_700_000_000})
    pages = read(made)
    assert ids(pages) == [[1], []]
    assert pages[1].next_state == pages[0].next_state
    assert is_finished(made.counts)


def test_an_export_starts_earlier_if_zendesks_clock_is_behind(requests_mock: Mocker) -> None:
    refusal = {
        "status_code": 400, "json": {"error": "StartTimeTooRecent"},
        "headers": {"Date": format_datetime(datetime.fromtimestamp(CLOCK, tz=timezone.utc), usegmt=True)},
    }  # fmt: skip
    requests_mock.get(GROUPS, [refusal, {"json": {"groups": [], "end_of_stream": True, "after_cursor": "a"}}])
    read(pager(CursorExportPaginator("groups", {}, 1), ExportCursor({}, "updated_at"), {"updated_at": times.now()}))
    first, second = (int(sent.qs["start_time"][0]) for sent in requests_mock.request_history)
    assert second <= CLOCK - times.YOUNGEST_START < first


def chat_pager(since: int) -> Pager:
    return pager(ChatExportPaginator("groups", {}, 1), TimeExportCursor({}, "updated_at"), {"updated_at": since})


def test_a_page_that_would_start_in_the_refused_time_is_not_requested(requests_mock: Mocker) -> None:
    response = {
        "json": {"groups": [{"id": 1, "updated_at": times.iso(CLOCK - 60)}], "count": 1, "end_time": CLOCK - 60},
        "headers": {"Date": format_datetime(datetime.fromtimestamp(CLOCK, tz=timezone.utc), usegmt=True)},
    }
    requests_mock.get(GROUPS, [response])
    made = chat_pager(CLOCK - 9_000)
    assert ids(read(made)) == [[1]]
    assert is_finished(made.counts)
    assert made.read.state["updated_at"] <= CLOCK - 300


def test_an_export_whose_start_is_too_recent_by_zendesks_clock_starts_earlier(requests_mock: Mocker) -> None:
    date = {"Date": format_datetime(datetime.fromtimestamp(CLOCK, tz=timezone.utc), usegmt=True)}
    refusal = {"status_code": 400, "json": {"error": "BadRequest"}, "headers": date}
    requests_mock.get(GROUPS, [refusal, {"json": {"groups": [], "count": 0}, "headers": date}])
    read(chat_pager(times.now()))
    first, second = (int(sent.qs["start_time"][0]) for sent in requests_mock.request_history)
    assert second < CLOCK - 300 < first


def test_another_refused_start_is_a_refusal(requests_mock: Mocker) -> None:
    date = {"Date": format_datetime(datetime.fromtimestamp(CLOCK, tz=timezone.utc), usegmt=True)}
    requests_mock.get(GROUPS, [{"status_code": 400, "json": {"error": "BadRequest"}, "headers": date}])
    with pytest.raises(ConfigError, match="refuses the request"):
        read(chat_pager(CLOCK - 9_000))


def test_a_read_that_stops_at_old_rows_is_not_a_full_read(requests_mock: Mocker) -> None:
    old = [{"id": 1, "updated_at": "2020-01-01T00:00:00Z"}]
    requests_mock.get(GROUPS, json={**page(after="a"), "groups": old})
    made = list_pager(cursor=ListCursor({}, "updated_at", newest_first=True), state={"updated_at": 1_700_000_000})
    assert ids(read(made)) == [[]]
    assert requests_mock.call_count == 1
    assert not is_finished(made.counts)


class ScriptedRequester(PageRequester):
    """Returns or raises its `outcomes` one after the other, and notes what was asked."""

    outcomes: Iterator[Row | Exception]

    def send(self, query: Row, values: Mapping[str, Any], *, bypass_cache: bool) -> ParsedResponse | requests.Response:
        self.asked = [*getattr(self, "asked", []), (query["page[size]"], bypass_cache)]
        outcome = next(self.outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return ParsedResponse(outcome, 0)


def scripted(*outcomes: Row | Exception) -> tuple[Pager, ScriptedRequester]:
    made, page_requester = list_pager(100), ScriptedRequester("groups", "/api/v2/groups", requester())
    made.requester, page_requester.outcomes = page_requester, iter(outcomes)
    return made, page_requester


def test_a_page_on_which_zendesk_fails_is_requested_with_a_smaller_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    failure = PageSizeReductionRequiredException(error_message="504")
    made, page_requester = scripted(failure, page(2, after="a"), page(1))
    assert ids(read(made)) == [[2], [1]]
    assert page_requester.asked == [(100, False), (50, False), (100, False)]


def test_a_restarted_read_bypasses_the_cache() -> None:
    made, page_requester = scripted(page(2, after="a"), page(1))
    made.read.restarts = 1
    read(made)
    assert page_requester.asked == [(100, True), (100, True)]
