"""Differences from Airbyte's connector, as listed in docs/moving-from-airbyte.md."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration_tests.emulator import Emulator
from integration_tests.emulator.data.clock import epoch_of
from integration_tests.harness import Result, Row, State, sync

RECENT = "2025-01-01T00:00:00Z"
AI_AGENTS = {3, 7}
STREAMS = [
    "groups", "macros", "triggers", "ticket_fields", "tickets", "ticket_events", "ticket_comments", "ticket_metrics",
    "ticket_metric_events", "list_user_skips",
]  # fmt: skip


@pytest.fixture(scope="module")
def zendesk() -> Iterator[Emulator]:
    with Emulator(seed=5, rows=40, tickets=60, frozen=True) as account:
        account.account.ai_agent_tickets = AI_AGENTS
        yield account


@pytest.fixture(scope="module")
def everything(zendesk: Emulator) -> Result:
    result = sync(zendesk.config(), STREAMS)
    assert result.errors == []
    return result


def test_deleted_groups_are_requested_and_flagged(zendesk: Emulator, everything: Result) -> None:
    assert {row["deleted"] for row in everything.records["groups"]} == {True, False}
    assert zendesk.requests_to("/api/v2/groups")[0].query["exclude_deleted"] == ["false"]


@pytest.mark.parametrize("stream", ["macros", "triggers", "ticket_fields"])
def test_the_first_read_of_a_list_is_complete(stream: str, zendesk: Emulator, everything: Result) -> None:
    rows = sync(zendesk.config(start_date=RECENT), [stream]).records[stream]
    assert any(row["updated_at"] < RECENT for row in rows)
    assert rows == everything.records[stream]


@pytest.mark.parametrize(
    ("stream", "field"),
    [
        ("tickets", "id"),
        ("ticket_events", "ticket_id"),
        ("ticket_comments", "ticket_id"),
        ("ticket_metrics", "ticket_id"),
    ],
)
def test_tickets_of_ai_agents_are_emitted(stream: str, field: str, everything: Result) -> None:
    assert {row[field] for row in everything.records[stream]} >= AI_AGENTS


def test_metrics_come_from_the_export_since_start_date(zendesk: Emulator) -> None:
    zendesk.clear_requests()
    result = sync(zendesk.config(start_date=RECENT), ["tickets", "ticket_metrics"])
    live = {row["id"] for row in result.records["tickets"] if row["status"] != "deleted"}
    assert {row["ticket_id"] for row in result.records["ticket_metrics"]} == live
    assert 0 < len(live) < 60
    assert {request.path for request in zendesk.requests} == {"/api/v2/incremental/tickets/cursor"}
    assert zendesk.requests[0].query["start_time"] == [str(epoch_of(RECENT))]


def test_metric_event_changes_are_requested(zendesk: Emulator) -> None:
    zendesk.clear_requests()
    sync(zendesk.config(), ["ticket_metric_events"])
    assert {request.query["include_changes"][0] for request in zendesk.requests} == {"true"}


def test_comments_have_an_object_in_via_and_events_a_string(everything: Result) -> None:
    comments, events = everything.records["ticket_comments"], everything.records["ticket_events"]
    assert {type(row["via"]) for row in comments} == {dict}
    assert {row["via"] for row in events} == {"Web form"}


def test_comments_have_the_reference_of_their_event(everything: Result) -> None:
    events = everything.records["ticket_events"]
    references = {(row["ticket_id"], row["timestamp"]): row["via_reference_id"] for row in events}
    rows = everything.records["ticket_comments"]
    assert [row["via_reference_id"] for row in rows] == [references[row["ticket_id"], row["timestamp"]] for row in rows]
    assert any(row["via_reference_id"] for row in rows)


def test_an_airbyte_state_rereads_all_ticket_skips(zendesk: Emulator, everything: Result) -> None:
    foreign: Row = {"stream_descriptor": {"name": "list_user_skips"}, "stream_state": {"updated_at": RECENT}}
    state: State = [{"type": "STREAM", "stream": foreign}]
    result = sync(zendesk.config(), ["list_user_skips"], state)
    assert len(result.records["list_user_skips"]) == len(everything.records["list_user_skips"]) > 0
