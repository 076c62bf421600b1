"""A sync interrupted anywhere resumes from its last state: every row is emitted, and at most one page twice."""

from typing import Any

import pytest

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.harness import Result, sync
from integration_tests.interrupted_syncs import (
    NOW,
    Destination,
    keys,
    killed_read,
    successful_requests,
    truncated,
    truncations_at_states,
)

PAGE = 70
# The row whose second is on two pages of a time-based export.
BOUNDARY = 1
V2 = "/api/v2"
EVENTS = f"{V2}/incremental/ticket_events"
# The paged endpoint by stream.
EXPORTS = {
    "tickets": f"{V2}/incremental/tickets/cursor",
    "ticket_metrics": f"{V2}/incremental/tickets/cursor",
    "users": f"{V2}/incremental/users/cursor",
    "user_identities": f"{V2}/incremental/users/cursor",
    "organizations": f"{V2}/incremental/organizations",
    "export_tickets_by_time": f"{V2}/incremental/tickets",
    "ticket_events": EVENTS,
    "ticket_comments": EVENTS,
}
LISTS = {
    "ticket_metric_events": f"{V2}/incremental/ticket_metric_events",
    "export_routing_instance_values": f"{V2}/incremental/routing/instance_values",
    "group_memberships": f"{V2}/group_memberships",
    "satisfaction_ratings": f"{V2}/satisfaction_ratings",
    "audit_logs": f"{V2}/audit_logs",
    "active_views": f"{V2}/views/active",
    "tags": f"{V2}/tags",
}


zendesk = account_fixture(scope="module", seed=3, rows=210, tickets=150, now=NOW)


def read(zendesk: Emulator, stream: str, state: Any = None) -> Result:
    zendesk.clear_requests()
    result = sync(zendesk.config(export_page_size=2 * PAGE if EXPORTS.get(stream) == EVENTS else PAGE), [stream], state)
    assert not result.errors
    return result


@pytest.mark.parametrize(("stream", "path"), [*EXPORTS.items(), *LISTS.items()])
def test_a_resumed_sync_emits_every_row_and_at_most_one_page_twice(zendesk: Emulator, stream: str, path: str) -> None:
    config = zendesk.config()
    whole = read(zendesk, stream)
    everything, page_count = set(keys(config, stream, whole.records[stream])), len(successful_requests(zendesk, path))
    assert everything
    for page_number, (shortest, longest) in enumerate(truncations_at_states(whole), start=1):
        rest = read(zendesk, stream, shortest.state)
        again = set(keys(config, stream, rest.records[stream]))
        assert set(keys(config, stream, shortest.records[stream])) | again == everything
        if page_number < page_count:  # after the last page, lists restart
            assert len(successful_requests(zendesk, path)) <= page_count - page_number + 1
            repeated = set(keys(config, stream, longest.records[stream])) & again
            assert len(repeated) <= rows_a_page(whole, stream) + BOUNDARY


def rows_a_page(whole: Result, stream: str) -> int:
    counts = [
        len(longest.records[stream]) - len(shortest.records[stream])
        for shortest, longest in truncations_at_states(whole)
    ]
    first = len(next(truncations_at_states(whole))[0].records[stream])
    return max([first, *counts])


def test_a_state_follows_the_rows_of_each_page(zendesk: Emulator) -> None:
    whole = read(zendesk, "tickets")
    counts = [len(shortest.records["tickets"]) for shortest, _ in truncations_at_states(whole)]
    assert counts[:3] == [70, 140, 150]


def test_a_state_of_any_age_resumes(zendesk: Emulator) -> None:
    whole = read(zendesk, "tickets")
    first = next(truncations_at_states(whole))[0]
    for _ in range(3):
        assert len(read(zendesk, "tickets", first.state).records["tickets"]) == 80


CHILDREN = (
    "list_ticket_comments",
    "list_audits_for_ticket",
    "ticket_field_options",
    "trigger_revisions",
    "custom_object_records",
    "show_group",
    "show_many_users",
    "show_ticket_audit",
)


family = account_fixture(scope="module", seed=3, rows=12, tickets=20, now=NOW)


@pytest.mark.parametrize("stream", CHILDREN)
def test_children_resume_after_completed_parents(family: Emulator, stream: str) -> None:
    config = family.config(export_page_size=5)
    whole = sync(config, [stream])
    everything = set(keys(config, stream, whole.records[stream]))
    assert everything
    for shortest, _ in truncations_at_states(whole):
        rest = sync(config, [stream], shortest.state)
        assert not rest.errors
        emitted = set(keys(config, stream, shortest.records[stream]))
        assert emitted | set(keys(config, stream, rest.records[stream])) == everything


def test_children_of_completed_parents_are_not_requested_again(family: Emulator) -> None:
    config = family.config(export_page_size=5)
    whole = sync(config, ["list_ticket_comments"])
    parents = {request.path for request in family.requests if request.path.endswith("/comments")}
    done = [shortest for shortest, _ in truncations_at_states(whole)]
    family.clear_requests()
    sync(config, ["list_ticket_comments"], done[1].state)
    paths = {request.path for request in family.requests if request.path.endswith("/comments")}
    assert len(paths) <= len(parents) - 5


def test_a_parent_removed_from_its_page_loses_no_child_of_the_others() -> None:
    """Tickets that change before the resume move to the end of the export, and the others move up."""
    with Emulator(seed=3, rows=12, tickets=250, now=NOW) as zendesk:
        config = zendesk.config(export_page_size=200)
        whole = sync(config, ["show_ticket"])
        halfway = next(
            shortest for shortest, _ in truncations_at_states(whole) if len(shortest.records["show_ticket"]) >= 90
        )
        zendesk.clock.advance(hours=1)
        for number in range(1, 60):
            zendesk.store.update("tickets", number, subject="Changed")
        zendesk.clock.advance(hours=1)
        rest = sync(config, ["show_ticket"], halfway.state)
        emitted = {row["id"]: row for result in (halfway, rest) for row in result.records["show_ticket"]}
        expected = [row for row in zendesk.store.all("tickets") if row["status"] != "deleted"]
        assert sorted(emitted) == sorted(row["id"] for row in expected)
        assert [emitted[number]["subject"] for number in (1, 59)] == ["Changed", "Changed"]


def test_a_killed_process_is_resumed(zendesk: Emulator) -> None:
    streams = ["tickets", "organizations", "group_memberships"]
    config = zendesk.config(export_page_size=PAGE)
    destination = Destination(config, streams)
    destination.load(killed_read(config, streams, 150))
    destination.sync()
    tickets = zendesk.expected("GET", f"{V2}/incremental/tickets/cursor?support_type_scope=all")
    assert destination.differences("tickets", tickets) == []
    assert destination.differences("organizations", zendesk.store.all("organizations")) == []
    assert destination.differences("group_memberships", zendesk.store.all("group_memberships")) == []


def test_a_repeatedly_killed_process_completes(zendesk: Emulator) -> None:
    config = zendesk.config(export_page_size=PAGE)
    destination = Destination(config, ["tickets"])
    for _ in range(3):
        destination.load(killed_read(config, ["tickets"], 90, destination.state))
    tickets = zendesk.expected("GET", f"{V2}/incremental/tickets/cursor?support_type_scope=all")
    assert destination.differences("tickets", tickets) == []


def test_a_run_killed_before_its_first_state_restarts(zendesk: Emulator) -> None:
    whole = read(zendesk, "tickets")
    assert truncated(whole, 5).state == []
    assert len(read(zendesk, "tickets", []).records["tickets"]) == 150
