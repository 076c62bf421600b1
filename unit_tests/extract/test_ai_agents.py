"""The days that a read of the exports of AI agents requests, by this machine's clock and by Zendesk's."""

from typing import Any

import pytest

from source_zendesk import times
from source_zendesk.errors import ResponseError
from source_zendesk.extract.ai_agents import ExportDayCursor, ExportDayPaginator, FileAddressExtractor
from source_zendesk.extract.cursors.base import PageRows
from source_zendesk.http.response import ParsedResponse

NOW = "2026-04-15T12:00:00Z"
PAGINATOR = ExportDayPaginator(name="conversations", config={})


def seconds(text: str) -> int:
    return times.epoch(text) or 0


def open_read(state: dict[str, Any], start_date: str = "2020-01-01") -> Any:
    cursor = ExportDayCursor({"start_date": start_date}, cursor_field="export_date")
    return cursor.open(state, PAGINATOR, [])


def advance(read: Any, now: str = NOW) -> None:
    read.advance(PAGINATOR.next_query(read.query, {}, []), ParsedResponse({}, seconds(now)), PageRows([], []))


# Zendesk's example: on 15 April, the oldest day is 16 March.
STARTS = [
    ({}, "2020-01-01", NOW, "2026-03-16", None),
    ({}, "2026-04-01T15:00:00Z", NOW, "2026-04-01", None),
    ({}, "2026-04-15", NOW, None, None),
    ({}, "2026-04-14", NOW, "2026-04-14", None),
    ({"export_date": "2026-04-14"}, "2020-01-01", NOW, "2026-04-12", None),
    ({"export_date": "2026-04-14"}, "2026-04-14", NOW, "2026-04-12", None),
    ({"export_date": "2026-03-15"}, "2020-01-01", NOW, "2026-03-16", None),
    ({"export_date": "2026-03-14"}, "2020-01-01", NOW, "2026-03-16", ("2026-03-15", "2026-03-15")),
    ({"export_date": "2025-12-31"}, "2020-01-01", NOW, "2026-03-16", ("2026-01-01", "2026-03-15")),
    # In the last minute of a day, the next day's oldest one.
    ({}, "2020-01-01", "2026-04-15T23:58:59Z", "2026-03-16", None),
    ({}, "2020-01-01", "2026-04-15T23:59:30Z", "2026-03-17", None),
]


@pytest.mark.parametrize(("state", "start_date", "now", "day", "lost"), STARTS)
def test_a_read_starts_at_the_oldest_day_that_may_have_changed(
    state: dict[str, Any], start_date: str, now: str, day: str | None, lost: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(times, "now", lambda: seconds(now))
    read = open_read(state, start_date)
    assert read.query == ({"date": day} if day else None)
    assert read.lost_days == lost
    assert read.state == state


def test_a_read_ends_with_the_last_complete_day_and_its_state_never_moves_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(times, "now", lambda: seconds(NOW))
    read, days, states = open_read({"export_date": "2026-04-13"}), [], []
    while read.query:
        days.append(read.query["date"])
        advance(read)
        states.append(read.state["export_date"])
    assert days == ["2026-04-11", "2026-04-12", "2026-04-13", "2026-04-14"]
    assert states == ["2026-04-13", "2026-04-13", "2026-04-13", "2026-04-14"]


def test_a_day_that_ends_during_the_read_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(times, "now", lambda: seconds("2026-04-14T23:59:00Z"))
    read = open_read({"export_date": "2026-04-13"}, "2026-04-13")
    for _ in range(3):
        advance(read, "2026-04-15T00:00:00Z")
    assert read.query == {"date": "2026-04-14"}


@pytest.mark.parametrize(
    ("zendesk", "day", "is_retried"),
    [(NOW, "2026-03-16", False), ("2026-04-16T00:00:00Z", "2026-03-17", True), ("2026-01-01", "2025-12-02", True)],
)
def test_a_refused_first_day_is_chosen_by_the_clock_of_zendesk(
    zendesk: str,
    day: str,
    is_retried: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(times, "now", lambda: seconds(NOW))
    read = open_read({})
    assert read.retry_earlier(seconds(zendesk)) is is_retried
    assert read.query == {"date": day}


def test_a_later_refused_day_is_not_chosen_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(times, "now", lambda: seconds(NOW))
    read = open_read({})
    advance(read)
    assert not read.retry_earlier(seconds("2026-01-01"))


@pytest.mark.parametrize("body", [{}, {"urls": None}, {"urls": {}}, {"urls": ["a", None]}, [], None])
def test_a_response_without_a_list_of_addresses_is_an_error(body: Any) -> None:
    extractor = FileAddressExtractor(name="conversations", record_key="urls")
    with pytest.raises(ResponseError, match="no list of addresses `urls`"):
        extractor.extract(body)
    assert extractor.extract({"urls": ["a", "b"]}) == ["a", "b"]
