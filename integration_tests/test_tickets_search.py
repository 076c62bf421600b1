"""`tickets_search` emits each ticket once, with search windows, interruptions, a late index and an ignored query."""

from __future__ import annotations

import re
from collections import Counter
from email.utils import formatdate
from typing import Any

import pytest

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.harness import Result, Row, State, sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply
from source_zendesk import times

PATH = "/api/v2/search/export"
START = "2025-01-01T00:00:00Z"
DAY, HOUR = 86_400, 3_600
QUERY = re.compile(r"updated>=(\S+)(?: updated<(\S+))?")


zendesk = account_fixture(seed=5, rows=4, tickets=230, frozen=True)


def state(value: Any) -> State:
    stream = {"stream_descriptor": {"name": "tickets_search"}, "stream_state": {"updated_at": value}}
    return [{"type": "STREAM", "stream": stream}]


def read(account: Emulator, saved: State | None = None, **config: Any) -> Result:
    account.clear_requests()
    result = sync(account.config(**config), ["tickets_search"], saved)
    assert result.errors == []
    return result


def ids(result: Result) -> Counter[int]:
    return Counter(row["id"] for row in result.records["tickets_search"])


def searched(query: str) -> tuple[int, int | None]:
    """The start and end time of a query."""
    found = QUERY.fullmatch(query)
    assert found, query
    start = times.epoch(found[1])
    assert start is not None
    return start, times.epoch(found[2])


def windows(account: Emulator) -> list[tuple[int, int | None]]:
    queries = [request.query for request in account.requests_to(PATH)]
    assert {query["filter[type]"][0] for query in queries} == {"ticket"}
    return list(dict.fromkeys(searched(query["query"][0]) for query in queries))


def test_a_first_read_searches_every_second_since_the_start_once(zendesk: Emulator) -> None:
    read(zendesk, start_date=START)
    found = windows(zendesk)
    assert found[0][0] == times.epoch(START)
    assert [end for _, end in found[:-1]] == [start for start, _ in found[1:]]
    assert {end - start for start, end in found[:-1] if end} == {30 * DAY}
    assert found[-1][1] is None


@pytest.mark.parametrize(("days", "back"), [(None, DAY), (7, 7 * DAY), (0, HOUR)])
@pytest.mark.parametrize("form", [str, int, times.iso])
def test_an_airbyte_state_resumes_less_the_lookback(zendesk: Emulator, days: int | None, back: int, form: Any) -> None:
    saved = times.now() - 10 * DAY
    config = {} if days is None else {"ticket_search_lookback_days": days}
    emitted = read(zendesk, state(form(saved)), **config).state_of("tickets_search")
    assert windows(zendesk) == [(saved - back, None)]
    assert set(emitted) == {"updated_at"}
    assert abs((times.epoch(emitted["updated_at"]) or 0) - zendesk.clock.epoch()) < HOUR


def test_the_next_run_emits_changed_tickets(zendesk: Emulator) -> None:
    first = read(zendesk)
    assert ids(first) == Counter({row["id"]: 1 for row in first.records["tickets_search"]})
    zendesk.clock.advance(hours=60)
    zendesk.store.update("tickets", 7, subject="changed")
    second = read(zendesk, first.state)
    assert [(row["id"], row["subject"]) for row in second.records["tickets_search"]] == [(7, "changed")]


def test_a_run_killed_after_any_state_loses_no_ticket(zendesk: Emulator) -> None:
    for number in range(1, 231):
        zendesk.store.update("tickets", number, subject="on one of the three pages of the last days")
    whole = read(zendesk, start_date="2023-01-01T00:00:00Z")
    everything = set(ids(whole))
    assert len(everything) > 200
    assert any("page" in stream_state for stream_state in whole.states_of("tickets_search"))
    for count in (*range(1, len(whole.states) - 3, 5), *range(len(whole.states) - 3, len(whole.states) + 1)):
        before = records_until(whole, count)
        (saved,) = whole.state_after(count)
        rest = read(zendesk, [saved], start_date="2023-01-01T00:00:00Z")
        assert before | set(ids(rest)) == everything, count
        if "page" in saved["stream"]["stream_state"]:
            assert rest.states_of("tickets_search")[0]["updated_at"] >= saved["stream"]["stream_state"]["updated_at"]


def records_until(result: Result, states: int) -> set[int]:
    """The tickets emitted before this number of states."""
    found: set[int] = set()
    for message in result.messages:
        states -= message["type"] == "STATE"
        if message["type"] == "RECORD":
            found.add(message["record"]["data"]["id"])
        if states == 0:
            break
    return found


def test_an_expired_cursor_restarts_its_search_window(zendesk: Emulator) -> None:
    everything = set(ids(read(zendesk)))
    zendesk.faults.add(PATH, kind="expired_cursor", times=2)
    assert set(ids(read(zendesk))) == everything


class Search:
    """A search server with the indexed times of tickets; without `heeds`, it ignores the query."""

    def __init__(self, tickets: dict[int, int], now: int, *, honors_query: bool = True) -> None:
        self.tickets, self.now, self.honors_query = tickets, now, honors_query
        self.index = dict(tickets)
        self.queries: list[tuple[int, int | None]] = []

    def __call__(self, arrived: RecordedRequest) -> Reply:
        start, end = searched(arrived.query["query"])
        self.queries.append((start, end))
        found = [
            number
            for number, time in self.index.items()
            if not self.honors_query or (start <= time and (end is None or time < end))
        ]
        rows: list[Row] = [
            {"id": number, "updated_at": times.iso(self.tickets[number]), "result_type": "ticket"} for number in found
        ]
        body = {"results": rows, "meta": {"has_more": False, "after_cursor": None}, "links": {"next": None}}
        return Reply(body=body, headers={"Date": formatdate(self.now, usegmt=True)})


def search(server: Search, saved: State | None = None, **config: Any) -> Result:
    with RecordingServer(server) as recorder:
        result = sync({**recorder.config(), "start_date": START, **config}, ["tickets_search"], saved)
    assert result.errors == []
    return result


def test_each_ticket_is_emitted_once_if_the_query_is_ignored() -> None:
    now = times.now()
    server = Search({1: now - 300 * DAY, 2: now - 40 * DAY, 3: now - 2 * DAY}, now, honors_query=False)
    assert ids(search(server)) == Counter({1: 1, 2: 1, 3: 1})
    assert len(server.queries) > 10


def test_a_ticket_with_an_older_indexed_time_is_emitted() -> None:
    now = times.now()
    server = Search({1: now - 60}, now)
    server.index = {1: now - 200 * DAY}
    assert ids(search(server)) == Counter({1: 1})


def test_a_ticket_indexed_late_is_emitted_by_the_next_run() -> None:
    now = times.now()
    server = Search({1: now - 2 * HOUR}, now)
    server.index = {}
    first = search(server)
    assert ids(first) == Counter()
    server.index = dict(server.tickets)
    assert ids(search(server, first.state)) == Counter({1: 1})


def test_future_days_by_zendesks_clock_are_not_marked_as_read() -> None:
    now = times.now() - 45 * DAY
    server = Search({1: now - DAY}, now)
    first = search(server)
    assert times.epoch(first.state_of("tickets_search")["updated_at"]) == pytest.approx(now, abs=60)
    server.now += 10 * DAY
    server.tickets = server.index = {1: now - DAY, 2: now + 5 * DAY}
    assert 2 in ids(search(server, first.state))


def test_every_ticket_is_emitted_before_a_state_that_covers_it() -> None:
    now = times.now()
    server = Search({number: now - number * 20 * DAY for number in range(1, 15)}, now)
    result = search(server)
    reached = 0
    for message in result.messages:
        if message["type"] == "RECORD":
            assert (times.epoch(message["record"]["data"]["updated_at"]) or 0) >= reached
        if message["type"] == "STATE":
            reached = times.epoch(message["state"]["stream"]["stream_state"]["updated_at"]) or 0
    assert set(ids(result)) == set(server.tickets)
