"""States use Zendesk's clock, which may differ from the local one and advances during a read."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import Any

import pytest

from integration_tests.emulator import Emulator
from integration_tests.emulator.data.clock import epoch_of, iso
from integration_tests.harness import Result, sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply
from source_zendesk import times

BEGIN = epoch_of("2026-01-01T00:00:00Z")
MINUTE = 60


def is_shortly_before(second: int, bound: int) -> bool:
    """Whether a time is slightly before `bound`: a request is sent before its response, whose `Date` is `bound`."""
    return bound - 30 <= second <= bound


class Groups:
    """Serves two groups on two pages; each response takes a hundred seconds of the account's clock."""

    def __init__(self, *, sends_date: bool = True) -> None:
        self.now, self.sends_date = BEGIN, sends_date
        self.rows = {1: BEGIN - 5000, 2: BEGIN - 4000}
        self.on_second_page: dict[int, int] = {}

    def __call__(self, arrived: RecordedRequest) -> Reply:
        headers = {"Date": formatdate(self.now, usegmt=True) if self.sends_date else ""}
        if not arrived.path.endswith("/groups"):
            number = int(arrived.path.rpartition("/")[2])
            return Reply(body={"group": self.row(number)}, headers=headers)
        is_last = "page[after]" in arrived.query
        self.now += 100
        if is_last:
            self.rows |= self.on_second_page
        meta = {"has_more": not is_last, "after_cursor": "b"}
        return Reply(body={"groups": [self.row(2 if is_last else 1)], "meta": meta}, headers=headers)

    def row(self, number: int) -> dict[str, Any]:
        return {"id": number, "updated_at": iso(self.rows[number])}


def read(groups: Groups, streams: list[str], state: Any = None, **config: Any) -> Result:
    with RecordingServer(groups) as recorder:
        result = sync({**recorder.config(), **config}, streams, state)
    assert not result.errors
    return result


@pytest.mark.parametrize("streams", [["groups"], ["show_group"], ["groups", "show_group"], ["show_group", "groups"]])
def test_a_row_changed_during_the_read_is_emitted_by_the_next_run(streams: list[str]) -> None:
    groups = Groups()
    groups.on_second_page = {1: BEGIN + 150, 2: BEGIN + 300}
    first = read(groups, streams, num_workers=2)
    assert {row["updated_at"] for name in streams for row in first.records[name] if row["id"] == 2} == {
        iso(BEGIN + 300)
    }
    groups.on_second_page = {}
    second = read(groups, streams, first.state)
    for name in streams:
        assert iso(BEGIN + 150) in [row["updated_at"] for row in second.records[name]]


def test_streams_that_share_pages_resume_from_the_request_time() -> None:
    groups = Groups()
    groups.on_second_page = {2: BEGIN + 300}
    result = read(groups, ["groups", "show_group"], num_workers=2)
    own, parent = result.state_of("groups")["updated_at"], result.state_of("show_group")["parent"]["updated_at"]
    assert own == parent
    assert is_shortly_before(epoch_of(own), BEGIN - MINUTE)


def test_the_local_clock_is_used_without_a_date_header() -> None:
    groups = Groups(sends_date=False)
    groups.on_second_page = {2: times.now() + 1000}
    assert epoch_of(read(groups, ["groups"]).state_of("groups")["updated_at"]) <= times.now() - MINUTE


@pytest.mark.parametrize("stream", ["tickets", "users", "organizations", "ticket_events", "ticket_metric_events"])
def test_an_export_refused_as_too_recent_restarts_by_zendesks_clock(stream: str) -> None:
    """Zendesk's clock is ten minutes behind the local one."""
    with Emulator(seed=5, rows=5, tickets=5, now=time.time() - 600) as zendesk:
        result = sync(zendesk.config(start_date=times.iso(times.now())), [stream])
        assert not result.errors
        start_times = [int(one.query["start_time"][0]) for one in zendesk.requests if "/incremental/" in one.path]
        assert len(start_times) == 2
        assert start_times[1] <= zendesk.clock.epoch() - 65


def test_a_start_time_refused_twice_as_too_recent_is_an_error() -> None:
    refusal = Reply(400, {"error": "StartTimeTooRecent", "description": "Too recent start_time."})
    with RecordingServer(lambda _: refusal) as recorder:
        result = sync(recorder.config(), ["organizations"])
    assert "StartTimeTooRecent" in result.stream_errors["organizations"]
    assert len(recorder.requests) <= 2


def export(*rows: dict[str, Any], at: int, end: int, is_last: bool = True) -> Reply:
    link = f"https://acme.zendesk.com/api/v2/incremental/x.json?start_time={end}"
    body = {"end_time": end, "end_of_stream": is_last, "next_page": link, "count": len(rows)}
    lists = {name: list(rows) for name in ("ticket_metric_events", "organizations")}
    return Reply(body=lists | body, headers={"Date": formatdate(at, usegmt=True)})


def test_future_metric_events_do_not_advance_the_state() -> None:
    """A predicted SLA breach has a future time."""
    events = [{"id": 1, "time": iso(BEGIN - 5000)}, {"id": 2, "time": iso(BEGIN + 86400)}]
    with RecordingServer(lambda _: export(*events, at=BEGIN, end=BEGIN + 86400)) as recorder:
        result = sync(recorder.config(), ["ticket_metric_events"])
    assert [row["id"] for row in result.records["ticket_metric_events"]] == [1, 2]
    assert is_shortly_before(result.state_of("ticket_metric_events")["time"], BEGIN - 665)


def test_a_page_that_ends_in_the_last_minute_is_the_last() -> None:
    refusal = Reply(400, {"error": "StartTimeTooRecent"}, {"Date": formatdate(BEGIN, usegmt=True)})

    def respond(arrived: RecordedRequest) -> Reply:
        if arrived.query["start_time"] == str(BEGIN + 86400):
            return refusal
        return export({"id": 1, "time": iso(BEGIN - 5000)}, at=BEGIN, end=BEGIN + 86400, is_last=False)

    with RecordingServer(respond) as recorder:
        result = sync(recorder.config(), ["ticket_metric_events"])
    assert not result.errors
    assert is_shortly_before(result.state_of("ticket_metric_events")["time"], BEGIN - 665)


def test_a_time_export_waits_for_late_rows_by_zendesks_clock() -> None:
    """The local clock is far ahead; rows from before the first page may still be exported."""
    pages = [
        export({"id": 1, "updated_at": iso(BEGIN - 70)}, at=BEGIN, end=BEGIN - 70, is_last=False),
        export({"id": 2, "updated_at": iso(BEGIN + 900)}, at=BEGIN + 1000, end=BEGIN + 900),
    ]
    with RecordingServer(lambda _: pages.pop(0)) as recorder:
        result = sync(recorder.config(), ["organizations"])
    state_times = [state["updated_at"] for state in result.states_of("organizations")]
    assert is_shortly_before(max(state_times), BEGIN - 125)


def test_an_old_export_keeps_its_lag_alone() -> None:
    with RecordingServer(
        lambda _: export({"id": 1, "updated_at": iso(BEGIN - 9000)}, at=BEGIN, end=BEGIN - 9000)
    ) as recorder:
        result = sync(recorder.config(), ["organizations"])
    assert result.state_of("organizations")["updated_at"] == BEGIN - 9000 - MINUTE


def test_a_future_ticket_does_not_advance_the_fallback_time() -> None:
    tickets = [{"id": 1, "generated_timestamp": BEGIN - 500}, {"id": 2, "generated_timestamp": BEGIN + 86400}]
    body = {"tickets": tickets, "after_cursor": "abc", "end_of_stream": True}
    with RecordingServer(lambda _: Reply(body=body, headers={"Date": formatdate(BEGIN, usegmt=True)})) as recorder:
        result = sync(recorder.config(), ["tickets"])
    assert is_shortly_before(result.state_of("tickets")["generated_timestamp"], BEGIN)


FAMILIES = ["tickets", "organizations", "ticket_metric_events", "macros", "audit_logs", "tickets_search", "show_group"]


@pytest.mark.parametrize("ahead", [2 * 3600, 3 * 86400], ids=["hours", "days"])
def test_a_machine_with_a_slow_clock_resumes_from_its_states(ahead: int) -> None:
    with Emulator(seed=5, rows=5, tickets=5, now=time.time() + ahead) as zendesk:
        first = sync(zendesk.config(), FAMILIES)
        second = sync(zendesk.config(), FAMILIES, first.state)
    assert (first.errors, second.errors) == ([], [])
    assert {statuses[-1] for statuses in second.statuses.values()} == {"COMPLETE"}


def single_page(stream: str, *rows: dict[str, Any], at: int) -> Reply:
    """The only page of a list or an export."""
    end = {"end_of_stream": True, "end_time": at - 60, "meta": {"has_more": False}}
    body = {stream: list(rows)} | (end if stream != "users" else {"end_of_stream": True})
    return Reply(body=body, headers={"Date": formatdate(at, usegmt=True)})


@pytest.mark.parametrize("stream", ["organizations", "macros", "users"])
def test_a_state_ahead_of_zendesks_clock_is_reset_to_now(stream: str) -> None:
    """Otherwise rows that change before the state's time are lost."""
    field, now = "updated_at", times.now()
    saved = [{"type": "STREAM", "stream": {
        "stream_descriptor": {"name": stream}, "stream_state": {field: times.iso(now + 40 * 86400)}}}]  # fmt: skip
    with RecordingServer(lambda _: single_page(stream, at=now)) as recorder:
        first = sync(recorder.config(), [stream], saved)
    assert not first.errors
    assert any(f"Stream {stream}: the time " in warning for warning in first.warnings)
    assert (times.epoch(first.state_of(stream)[field]) or 0) <= now
    changed = {"id": 1, field: times.iso(now + 3600)}
    with RecordingServer(lambda _: single_page(stream, changed, at=now + 7200)) as recorder:
        second = sync(recorder.config(), [stream], first.state)
    assert [row["id"] for row in second.records[stream]] == [1]


@pytest.mark.parametrize(
    "stamp", ["1970-01-01T00:00:30Z", "1969-07-20T00:00:00Z", "0001-01-01T00:00:00Z", 1735689600000]
)
@pytest.mark.parametrize("stream", ["macros", "organizations", "users"])
def test_unusual_row_times_leave_states_that_the_next_run_accepts(stream: str, stamp: Any) -> None:
    row = {"id": 1, "updated_at": stamp}

    def respond(arrived: RecordedRequest) -> Reply:
        if "macros" not in arrived.path:
            lists = {stream: [row]}
            return Reply(body=lists | {"end_of_stream": True, "end_time": stamp, "after_cursor": "a"})
        is_last = "page[after]" in arrived.query
        return Reply(body={"macros": [row], "meta": {"has_more": not is_last, "after_cursor": "b"}})

    with RecordingServer(respond) as recorder:
        first = sync(recorder.config(), [stream])
        assert not first.errors
        for count in range(1, len(first.states) + 1):
            assert not sync(recorder.config(), [stream], first.state_after(count)).errors
