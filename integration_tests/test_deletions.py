"""Deleted, archived and system-updated rows are emitted; children of deleted ones are not requested."""

import pytest

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.harness import Result, sync
from integration_tests.interrupted_syncs import NOW

V2 = "/api/v2"


zendesk = account_fixture(seed=9, rows=12, tickets=20, now=NOW)


def by_id(result: Result, stream: str) -> dict[int, dict[str, object]]:
    assert not result.errors
    return {row["id"]: row for row in result.records[stream]}


def requested_parents(zendesk: Emulator, collection: str) -> set[int]:
    """The ids of parents whose children were requested."""
    start = f"{V2}/{collection}/"
    parts = [one.path.removeprefix(start).split("/")[0] for one in zendesk.requests if one.path.startswith(start)]
    return {int(part) for part in parts if part.isdigit()}


def test_a_system_updated_ticket_is_emitted(zendesk: Emulator) -> None:
    """Automations change `generated_timestamp` but not `updated_at`."""
    first = sync(zendesk.config(), ["tickets"])
    before = by_id(first, "tickets")[4]
    zendesk.clock.advance(hours=1)
    moved = int(zendesk.clock.epoch())
    zendesk.store.update("tickets", 4, updated_at=before["updated_at"], priority="urgent", generated_timestamp=moved)
    zendesk.clock.advance(hours=1)
    second = by_id(sync(zendesk.config(), ["tickets"], first.state), "tickets")
    assert list(second) == [4]
    assert second[4]["updated_at"] == before["updated_at"]
    assert second[4]["priority"] == "urgent"


def test_metrics_of_a_system_updated_ticket_are_emitted(zendesk: Emulator) -> None:
    first = sync(zendesk.config(), ["ticket_metrics"])
    updated = (zendesk.store.get("tickets", 4) or {})["updated_at"]
    zendesk.clock.advance(hours=1)
    moved = int(zendesk.clock.epoch())
    zendesk.store.update("tickets", 4, updated_at=updated, generated_timestamp=moved)
    zendesk.clock.advance(hours=1)
    second = sync(zendesk.config(), ["ticket_metrics"], first.state)
    assert [row["ticket_id"] for row in second.records["ticket_metrics"]] == [4]


@pytest.mark.parametrize("stream", ["tickets", "export_tickets_by_time"])
def test_a_deleted_ticket_is_emitted_as_deleted(zendesk: Emulator, stream: str) -> None:
    first = sync(zendesk.config(), [stream])
    zendesk.clock.advance(hours=1)
    zendesk.store.delete("tickets", 5)
    zendesk.clock.advance(hours=1)
    assert by_id(sync(zendesk.config(), [stream], first.state), stream)[5]["status"] == "deleted"


@pytest.mark.parametrize(
    ("stream", "name", "field", "value"),
    [
        ("users", "users", "active", False),
        ("groups", "groups", "deleted", True),
        ("brands", "brands", "is_deleted", True),
    ],
)
def test_a_deleted_row_is_emitted_with_its_deletion_flag(
    zendesk: Emulator, stream: str, name: str, field: str, value: object
) -> None:
    first = sync(zendesk.config(), [stream])
    victim = [row["id"] for row in zendesk.store.all(name) if row[field] is not value][-1]
    zendesk.clock.advance(hours=1)
    zendesk.store.delete(name, victim)
    zendesk.clock.advance(hours=1)
    assert by_id(sync(zendesk.config(), [stream], first.state), stream)[victim][field] is value


def test_a_deleted_organization_is_emitted_with_deleted_at(zendesk: Emulator) -> None:
    first = sync(zendesk.config(), ["organizations"])
    victim = next(row["id"] for row in zendesk.store.all("organizations") if row["deleted_at"] is None)
    zendesk.clock.advance(hours=1)
    zendesk.store.delete("organizations", victim)
    zendesk.clock.advance(hours=1)
    second = by_id(sync(zendesk.config(), ["organizations"], first.state), "organizations")
    assert second[victim]["deleted_at"]


def test_deleted_tickets_are_listed(zendesk: Emulator) -> None:
    zendesk.store.delete("tickets", 7)
    listed = by_id(sync(zendesk.config(), ["deleted_tickets"]), "deleted_tickets")
    assert sorted(listed) == sorted(row["id"] for row in zendesk.store.all("tickets") if row["status"] == "deleted")


def test_children_of_deleted_tickets_are_not_requested(zendesk: Emulator) -> None:
    for number in (2, 5):
        zendesk.store.delete("tickets", number)
    zendesk.clock.advance(hours=1)
    result = sync(zendesk.config(), ["list_ticket_comments", "show_ticket"])
    assert not result.errors
    live = {row["id"] for row in zendesk.store.all("tickets") if row["status"] != "deleted"}
    assert requested_parents(zendesk, "tickets") == live


def test_children_of_deleted_organizations_are_not_requested(zendesk: Emulator) -> None:
    victim = next(row["id"] for row in zendesk.store.all("organizations") if row["deleted_at"] is None)
    zendesk.store.delete("organizations", victim)
    zendesk.clock.advance(hours=1)
    assert not sync(zendesk.config(), ["organization_related"]).errors
    assert victim not in requested_parents(zendesk, "organizations")


@pytest.mark.parametrize("status", [403, 404, 410, 422])
@pytest.mark.parametrize("kind", ["status", "empty_body"])
def test_a_refused_parent_loses_only_its_own_children(zendesk: Emulator, status: int, kind: str) -> None:
    zendesk.faults.add("tickets/6/comments", status=status, kind=kind, times=100)
    result = sync(zendesk.config(), ["list_ticket_comments"])
    assert not result.errors
    assert result.statuses["list_ticket_comments"][-1] == "COMPLETE"
    parents = {row["ticket_id"] for row in result.records["list_ticket_comments"]}
    live = {row["id"] for row in zendesk.store.all("tickets") if row["status"] != "deleted"}
    assert parents == {number for number in live if zendesk.store.children("comments", ticket_id=number)} - {6}
    assert any("list_ticket_comments" in line and "1 parent " in line for line in result.warnings)


def test_a_ticket_deleted_between_its_page_and_its_children_is_skipped(zendesk: Emulator) -> None:
    zendesk.faults.add("tickets/3", status=404, times=100)
    result = sync(zendesk.config(), ["show_ticket"])
    assert not result.errors
    assert 3 not in by_id(result, "show_ticket")
    assert len(by_id(result, "show_ticket")) > 10


def test_the_export_contains_archived_tickets(zendesk: Emulator) -> None:
    """Substreams of tickets use the export as parent, so children of archived tickets are read."""
    result = sync(zendesk.config(), ["list_ticket_comments", "list_audits_for_ticket"])
    assert not result.errors
    assert {one.path for one in zendesk.requests if one.path.startswith(f"{V2}/incremental")} == {
        f"{V2}/incremental/tickets/cursor"
    }
    assert zendesk.requests_to(f"{V2}/tickets") == []


def test_only_children_of_changed_parents_are_read(zendesk: Emulator) -> None:
    first = sync(zendesk.config(), ["list_ticket_comments"])
    zendesk.clock.advance(hours=1)
    zendesk.store.update("tickets", 8, comment={"body": "One more"})
    zendesk.store.delete("tickets", 9)
    zendesk.clock.advance(hours=1)
    zendesk.clear_requests()
    second = sync(zendesk.config(), ["list_ticket_comments"], first.state)
    assert requested_parents(zendesk, "tickets") == {8}
    assert "One more" in [row["body"] for row in second.records["list_ticket_comments"]]


@pytest.mark.parametrize("changed", [0, 1, 12, 40])
def test_a_run_after_changes_requests_only_their_pages(changed: int) -> None:
    with Emulator(seed=9, rows=12, tickets=60, now=NOW) as zendesk:
        streams, config = ["tickets", "ticket_metrics", "users", "organizations"], zendesk.config(export_page_size=10)
        first = sync(config, streams)
        zendesk.clock.advance(hours=1)
        for number in range(1, changed + 1):
            zendesk.store.update("tickets", number, subject="Changed")
        zendesk.clock.advance(hours=1)
        zendesk.clear_requests()
        second = sync(config, streams, first.state)
        assert len(second.records["tickets"]) == changed
        assert len(zendesk.requests_to(f"{V2}/incremental/tickets/cursor")) <= changed // 10 + 1
        assert len(zendesk.requests) <= changed // 10 + 3
