"""The emulator's tickets, audits, metrics and metric events are consistent."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from integration_tests.emulator import Emulator
from integration_tests.emulator.data.clock import epoch_of
from integration_tests.emulator.data.history import SeededHistory
from integration_tests.emulator.data.seed_ids import SeedIds
from integration_tests.emulator.data.tickets import SeededTickets
from integration_tests.harness import Row

CENSUS = SeedIds(seed=1, rows=230, tickets=600)
TICKETS = SeededTickets(CENSUS)
HISTORY = SeededHistory(CENSUS, TICKETS)
NUMBERS = range(2, 601)


def events(ticket: int, kind: str, metric: str) -> list[Row]:
    made = [HISTORY.metric_event(ticket, place) for place in range(len(HISTORY.metric_times(ticket)))]
    return [event for event in made if (event["type"], event["metric"]) == (kind, metric)]


def test_tickets_are_created_mostly_in_working_hours() -> None:
    times = [TICKETS.created(number) for number in NUMBERS]
    assert times == sorted(times)
    moments = [datetime.fromtimestamp(time, tz=timezone.utc) for time in times]
    assert sum(moment.weekday() < 5 and 7 <= moment.hour < 19 for moment in moments) > 0.6 * len(moments)


def test_the_first_reply_agrees_in_comment_metric_and_event() -> None:
    replied = 0
    for number in NUMBERS:
        metric = HISTORY.metric(number)["reply_time_in_minutes"]
        fulfilled = events(number, "fulfill", "reply_time")
        assert bool(fulfilled) == (metric["calendar"] is not None) == (HISTORY.length(number) > 1)
        if fulfilled:
            replied += 1
            audit = HISTORY.audit(number, 1)
            assert audit["created_at"] == fulfilled[0]["time"]
            assert audit["events"][0]["public"]
            waited = epoch_of(fulfilled[0]["time"]) - TICKETS.created(number)
            assert metric["calendar"] == max(waited // 60, 1) >= metric["business"] > 0
    assert replied > 500


def test_a_solved_ticket_is_solved_between_first_reply_and_last_update() -> None:
    for number in NUMBERS:
        metric = HISTORY.metric(number)
        solved = metric["solved_at"]
        assert bool(solved) == (TICKETS.status(number) in ("solved", "closed"))
        assert not solved or (HISTORY.service.life(number).replied or 0) <= epoch_of(solved) <= TICKETS.updated(number)
        assert solved or metric["reopens"] == 0


def test_a_breach_is_deleted_if_its_target_was_met() -> None:
    standing = averted = 0
    for number in NUMBERS:
        done = [epoch_of(event["time"]) for event in events(number, "fulfill", "reply_time")]
        for breach in events(number, "breach", "reply_time"):
            (applied,) = events(number, "apply_sla", "reply_time")
            due = TICKETS.created(number) + applied["sla"]["target_in_seconds"]
            assert epoch_of(breach["time"]) == due
            assert breach["deleted"] == any(moment <= due for moment in done)
            averted += breach["deleted"]
            standing += not breach["deleted"]
    assert standing > 20
    assert averted > 20


@pytest.mark.parametrize("status", ["solved", "open"])
def test_a_changed_ticket_has_the_metric_of_its_new_status(status: str) -> None:
    with Emulator() as zendesk:
        changed = zendesk.store.update("tickets", 2, status=status)
        metric = zendesk.store.history.metric(2) or {}
    assert metric["solved_at"] == (changed["updated_at"] if status == "solved" else None)
