"""Shifts of Zendesk WFM: windows of dates up to the future, and numbered pages that move."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
import requests

from integration_tests.compare import assert_same_rows
from integration_tests.emulator import Emulator
from integration_tests.emulator.data.clock import epoch_of, iso
from integration_tests.emulator.products.wfm import shifts
from integration_tests.emulator_auth import EmulatorAuth
from integration_tests.harness import Result, Row, State, sync

DAY, HOUR = 86_400, 3600
STREAM, PATH = "wfm_shifts", "/wfm/public/api/v1/shifts/fetch"
AT_ONCE = {"Retry-After": "0"}
MONTH, AHEAD = 31 * DAY, 90


@pytest.fixture
def zendesk() -> Iterator[Emulator]:
    """An account without shifts, whose time stands still."""
    with Emulator(rows=3, tickets=3) as emulator:
        emulator.clock.freeze()
        for row in emulator.store.all(STREAM):
            emulator.store.delete(STREAM, row["id"])
        yield emulator


def today(zendesk: Emulator) -> int:
    """The last midnight."""
    return int(zendesk.clock.epoch()) // DAY * DAY


def add(zendesk: Emulator, name: str, start: int, **fields: Any) -> None:
    known = {"id": name, "startTime": start, "endTime": start + 8 * HOUR, "published": True, "parentId": None}
    zendesk.store.create(STREAM, **{**known, "agentId": 7, "tasks": [], **fields})


def read(zendesk: Emulator, state: State | None = None, days: int = 120, **options: Any) -> Result:
    config = zendesk.config(start_date=iso(today(zendesk) - days * DAY))
    return sync(config, [STREAM], state, **options)


def names(result: Result) -> list[str]:
    return sorted(row["id"] for row in result.records[STREAM])


def bodies(zendesk: Emulator) -> list[Row]:
    return [request.json() for request in zendesk.requests_to(PATH)]


def resume_time(result: Result) -> int:
    """The epoch second in the state after a complete read."""
    state = result.state_of(STREAM)
    assert "page" not in state
    return epoch_of(state["startTime"])


def days_of(body: Row) -> tuple[date, date]:
    return date.fromisoformat(body["startDate"]), date.fromisoformat(body["endDate"])


def test_windows_overlap_and_cover_the_time_from_the_start_date_to_ninety_days_ahead(zendesk: Emulator) -> None:
    read(zendesk)
    windows = [days_of(body) for body in bodies(zendesk)]
    first, last = date.fromisoformat(iso(today(zendesk) - 120 * DAY)[:10]), iso(today(zendesk) + AHEAD * DAY)[:10]
    assert windows[0][0] < first
    assert windows[-1][1] > date.fromisoformat(last)
    assert all(earlier[1] > later[0] for earlier, later in pairwise(windows))
    assert all((end - begin).days <= 28 for begin, end in windows)


@pytest.mark.parametrize("includes_last_date", [True, False])
@pytest.mark.parametrize("utc_offset", [-12, 0, 14])
def test_a_shift_at_any_time_is_emitted_once_however_zendesk_reads_dates(
    zendesk: Emulator, monkeypatch: pytest.MonkeyPatch, utc_offset: int, includes_last_date: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    monkeypatch.setattr(shifts, "UTC_OFFSET", utc_offset)
    monkeypatch.setattr(shifts, "LAST_DATE_INCLUDED", includes_last_date)
    begin, end = today(zendesk) - 60 * DAY, today(zendesk) + (AHEAD + 1) * DAY
    for time in range(begin, end, 12 * HOUR):
        add(zendesk, f"{time}", time)
        add(zendesk, f"{time}-last", time + 12 * HOUR - 1)
    add(zendesk, "too early", begin - 1)
    add(zendesk, "too late", end)
    expected = {row["id"] for row in zendesk.store.all(STREAM)} - {"too early", "too late"}
    assert names(read(zendesk, days=60)) == sorted(expected)


def test_published_shifts_and_drafts_are_emitted(zendesk: Emulator) -> None:
    add(zendesk, "published", today(zendesk))
    add(zendesk, "draft", today(zendesk), published=False, parentId=5)
    result = read(zendesk)
    assert names(result) == ["draft", "published"]
    assert [row["parentId"] for row in result.records[STREAM] if row["id"] == "draft"] == ["5"]


def test_a_later_run_emits_the_shifts_from_a_month_before_the_last_run_on_again(zendesk: Emulator) -> None:
    now = int(zendesk.clock.epoch())
    for name, start in {"old": now - MONTH - HOUR, "recent": now - MONTH, "planned": now + 60 * DAY}.items():
        add(zendesk, name, start)
    first = read(zendesk)
    assert names(first) == ["old", "planned", "recent"]
    assert now - 60 < resume_time(first) <= now
    zendesk.clock.advance(hours=3)
    zendesk.store.update(STREAM, "recent", published=False)
    second = read(zendesk, first.state)
    assert_same_rows(second.records[STREAM], [row for row in zendesk.store.all(STREAM) if row["id"] != "old"])
    assert resume_time(second) > now


def test_a_shift_is_emitted_when_it_is_ninety_days_ahead(zendesk: Emulator) -> None:
    add(zendesk, "in summer", today(zendesk) + 130 * DAY)
    first = read(zendesk)
    assert names(first) == []
    zendesk.clock.advance(days=40)
    assert names(read(zendesk, first.state)) == ["in summer"]


def test_an_account_without_shifts_has_a_state_of_the_run(zendesk: Emulator) -> None:
    first = read(zendesk)
    assert first.statuses[STREAM][-1] == "COMPLETE"
    assert 0 <= int(zendesk.clock.epoch()) - resume_time(first) < 60
    zendesk.clear_requests()
    read(zendesk, first.state)
    assert len(bodies(zendesk)) == -(-(31 + 1 + AHEAD) // 26)


@pytest.fixture
def pages_of_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shifts, "PAGE", 10)


def add_many(zendesk: Emulator, count: int) -> None:
    """Shifts that all start in one second."""
    for number in range(count):
        add(zendesk, f"s{number:02}", today(zendesk))


def during_page(zendesk: Emulator, page: int, change: Callable[[], object]) -> None:
    """Apply a change before the first response with a page of this number."""
    changes = [change]

    def apply() -> None:
        if changes and bodies(zendesk) and bodies(zendesk)[-1].get("page") == page:
            changes.pop()()

    zendesk.account.before_response = apply


@pytest.mark.usefixtures("pages_of_ten")
@pytest.mark.parametrize("page", [2, 3])
def test_shifts_that_move_to_an_earlier_page_are_emitted(zendesk: Emulator, page: int) -> None:
    add_many(zendesk, 35)
    during_page(zendesk, page, lambda: [zendesk.store.delete(STREAM, name) for name in ("s00", "s03")])
    found = names(read(zendesk))
    assert {row["id"] for row in zendesk.store.all(STREAM)} <= set(found)
    assert len(found) == len(set(found))


@pytest.mark.usefixtures("pages_of_ten")
def test_pages_are_requested_up_to_their_number(zendesk: Emulator) -> None:
    add_many(zendesk, 35)
    add(zendesk, "later", today(zendesk) + 60 * DAY)
    assert len(names(read(zendesk))) == 36
    numbers = [body.get("page", 1) for body in bodies(zendesk)]
    assert [number for number in numbers if number > 1] == [2, 3, 4, 2, 3, 4]
    assert {str(body["orderBy"]) for body in bodies(zendesk)} == {"{'column': 'startTime', 'direction': 'asc'}"}


FAILURES = [
    {"status": 429, "headers": AT_ONCE},
    {"status": 500, "headers": AT_ONCE},
    {"status": 503, "headers": AT_ONCE},
    {"kind": "reset"},
    {"kind": "cut_json"},
]


@pytest.mark.usefixtures("pages_of_ten")
@pytest.mark.parametrize("after", [0, 3, 6])
@pytest.mark.parametrize("failure", FAILURES, ids=str)
def test_a_failed_request_is_repeated(zendesk: Emulator, failure: Row, after: int) -> None:
    add_many(zendesk, 25)
    zendesk.faults.add(PATH, after=after, **failure)
    result = read(zendesk)
    assert result.errors == []
    assert names(result) == sorted(row["id"] for row in zendesk.store.all(STREAM))


@pytest.mark.usefixtures("pages_of_ten")
@pytest.mark.parametrize("after", range(14))
def test_a_failed_read_resumes_at_its_window_and_page(zendesk: Emulator, after: int) -> None:
    add_many(zendesk, 25)
    for number, days in enumerate((-119, -100, -60, -34, 40, 89)):
        add(zendesk, f"t{number}", today(zendesk) + days * DAY)
    zendesk.faults.add(PATH, after=after, status=404, times=99)
    failed = read(zendesk)
    refused = bodies(zendesk)[-1]
    zendesk.faults.clear()
    zendesk.clear_requests()
    resumed = read(zendesk, failed.state)
    assert bodies(zendesk)[0] == refused
    assert {*names(failed), *names(resumed)} == {row["id"] for row in zendesk.store.all(STREAM)}
    assert resume_time(resumed) <= int(zendesk.clock.epoch())


@pytest.mark.usefixtures("pages_of_ten")
def test_an_empty_page_is_not_the_last(zendesk: Emulator) -> None:
    add_many(zendesk, 35)
    zendesk.faults.add(PATH, kind="empty", after=1)
    assert names(read(zendesk, days=5)) == sorted(row["id"] for row in zendesk.store.all(STREAM))


@pytest.mark.usefixtures("pages_of_ten")
def test_a_page_instead_of_another_is_an_error_and_the_next_run_resumes_there(zendesk: Emulator) -> None:
    add_many(zendesk, 35)
    zendesk.faults.add(PATH, kind="repeat", after=2)
    failed = read(zendesk, days=5)
    assert "Zendesk returned page 1 instead of 3" in failed.stream_errors[STREAM]
    zendesk.faults.clear()
    resumed = read(zendesk, failed.state, days=5)
    assert {*names(failed), *names(resumed)} == {row["id"] for row in zendesk.store.all(STREAM)}


ORDER = {"orderBy": {"column": "startTime", "direction": "asc"}}
BODIES = [
    ({"startDate": "2026-01-31", "endDate": "2026-02-28", **ORDER}, 200),
    ({"startDate": "2026-01-31", "endDate": "2026-03-01", **ORDER}, 422),
    ({"startDate": "2026-08-15", "endDate": "2026-09-15", **ORDER}, 200),
    ({"startDate": "2026-08-15", "endDate": "2026-09-16", **ORDER}, 422),
    ({"startDate": "2026-08-15", "endDate": "2026-08-14", **ORDER}, 422),
    ({"startDate": "2026-08-15", "endDate": "2026-08-20"}, 422),
    ({"startDate": "2026-08-15", **ORDER}, 422),
    ({"startDate": "2026-08-15T00:00:00Z", "endDate": "2026-08-20", **ORDER}, 422),
]


@pytest.mark.parametrize(("body", "status"), BODIES)
def test_the_emulator_refuses_more_than_a_month_and_a_request_without_order(
    zendesk: Emulator, body: Row, status: int
) -> None:
    auth = EmulatorAuth(zendesk)
    assert requests.post(zendesk.base_url + PATH, json=body, auth=auth, timeout=120).status_code == status
