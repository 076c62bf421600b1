"""Selection of parents: the first run reads children of all parents, later runs only those of changed ones."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from integration_tests.compare import assert_same_rows
from integration_tests.emulator import Emulator
from integration_tests.emulator.data.field_types import WITH_OPTIONS
from integration_tests.expected_rows import ExpectedRows
from integration_tests.harness import Result, sync
from source_zendesk.manifest import Manifest

V2 = "/api/v2"
LATE = "2026-01-01T00:00:00Z"
"""A time after the last change of all seeded rows."""
IN_FULL = {
    "user_related": ("user_id", "users"),
    "password_requirements": ("user_id", "users"),
    "show_many_users": ("id", "users"),
    "organization_related": ("organization_id", "organizations"),
    "show_many_organizations": ("id", "organizations"),
}
BY_CHANGE = {
    "show_user": ("id", "users"),
    "list_user_identities": ("user_id", "users"),
    "show_user_identity": ("user_id", "users"),
    "show_organization": ("id", "organizations"),
}
SYSTEM_WITH_OPTIONS = ("status", "tickettype", "priority")
CHILDLESS: dict[str, tuple[str, str, Callable[[dict[str, Any]], bool]]] = {
    "conversation_log": ("tickets", "conversation_log", lambda row: row["from_messaging_channel"] is False),
    "ticket_field_options": ("ticket_fields", "options", lambda row: not _has_options(row)),
    "user_field_options": ("user_fields", "options", lambda row: not _has_options(row)),
    "task_list_template_tasks": ("task_list_templates", "tasks", lambda row: row["task_count"] == 0),
    "task_items": ("ticket_task_lists", "task_items", lambda row: row["task_count"] == 0),
    "ticket_tags": ("tickets", "tags", lambda row: row["tags"] == []),
    "list_user_tags": ("users", "tags", lambda row: row["tags"] == []),
    "list_organization_tags": ("organizations", "tags", lambda row: row["tags"] == []),
    "list_article_labels": ("articles", "labels", lambda row: row["label_names"] == []),
}
"""By substream: the parents, the end of the path of its requests, and whether a parent certainly has no children."""
OF_AGENTS = ("agent_attribute_values", "list_user_skips")


def values(result: Result, stream: str, field: str) -> set[Any]:
    assert result.statuses[stream][-1] == "COMPLETE", result.errors
    return {row[field] for row in result.records[stream]}


def _has_options(field: dict[str, Any]) -> bool:
    return field["type"] in (*WITH_OPTIONS, *SYSTEM_WITH_OPTIONS)


def requested_parents(zendesk: Emulator, end: str) -> set[str]:
    """The ids of the parents whose children were requested."""
    paths = (re.fullmatch(rf".*/([^/]+)/{end}", request.path) for request in zendesk.requests)
    return {found[1] for found in paths if found}


def state(stream: str, stream_state: dict[str, Any]) -> list[dict[str, Any]]:
    described = {"stream_descriptor": {"name": stream}, "stream_state": stream_state}
    return [{"type": "STREAM", "stream": described}]


def exports(zendesk: Emulator) -> list[str]:
    return [request.path for request in zendesk.requests if request.path.startswith(f"{V2}/incremental")]


@pytest.mark.parametrize("stream", IN_FULL)
def test_children_of_parents_older_than_start_date_are_read(stream: str, zendesk: Emulator) -> None:
    field, parents = IN_FULL[stream]
    result = sync(zendesk.config(start_date=LATE), [stream])
    assert values(result, stream, field) == set(zendesk.store.shown(parents))
    assert exports(zendesk) == []


@pytest.mark.parametrize("stream", IN_FULL)
def test_a_parent_export_state_of_an_older_version_restarts_with_the_list(stream: str, zendesk: Emulator) -> None:
    field, parents = IN_FULL[stream]
    left = {"parent": {"updated_at": 1767225600, "cursor": "b2xk"}, "last": {"user_id": 1}}
    result = sync(zendesk.config(), [stream], state(stream, left))
    assert values(result, stream, field) == set(zendesk.store.shown(parents))


@pytest.mark.parametrize("stream", BY_CHANGE)
def test_the_first_run_of_substreams_covers_every_parent(stream: str, zendesk: Emulator) -> None:
    field, parents = BY_CHANGE[stream]
    result = sync(zendesk.config(start_date=LATE), [stream])
    with_children = {row["user_id"] for row in zendesk.store.all("user_identities")}
    expected = set(zendesk.store.shown(parents)) if field == "id" else with_children
    assert values(result, stream, field) >= expected


@pytest.mark.parametrize("stream", BY_CHANGE)
def test_later_runs_read_only_children_of_changed_parents(stream: str, zendesk: Emulator) -> None:
    field, parents = BY_CHANGE[stream]
    first = sync(zendesk.config(start_date=LATE), [stream])
    zendesk.clock.advance(hours=1)
    changed = zendesk.store.shown(parents)[3]
    zendesk.store.update(parents, changed, name="Renamed")
    zendesk.clock.advance(hours=1)
    assert values(sync(zendesk.config(start_date=LATE), [stream], first.state), stream, field) == {changed}


def test_children_of_tickets_are_read_since_start_date(zendesk: Emulator) -> None:
    zendesk.store.update("tickets", 4, subject="Changed")
    zendesk.clock.advance(hours=1)
    assert values(sync(zendesk.config(start_date=LATE), ["show_many_tickets"]), "show_many_tickets", "id") == {4}


@pytest.mark.parametrize("stream", OF_AGENTS)
def test_agent_only_children_are_requested_only_for_agents(stream: str, zendesk: Emulator) -> None:
    sync(zendesk.config(start_date=LATE), [stream])
    agents = {str(row["id"]) for row in zendesk.store.all("users") if row["role"] != "end-user" and row["active"]}
    assert {part for request in zendesk.requests for part in request.path.split("/") if part.isdigit()} == agents
    assert zendesk.requests_to(f"{V2}/users")[0].query["role[]"] == ["agent", "admin"]
    assert exports(zendesk) == []


def test_pages_of_agents_are_read_once_for_all_streams_that_need_them(zendesk: Emulator) -> None:
    sync(zendesk.config(), [*OF_AGENTS, "list_users"])
    assert len(zendesk.requests_to(f"{V2}/users")) == 2


def test_compliance_statuses_are_requested_only_for_deleted_users(zendesk: Emulator) -> None:
    result = sync(zendesk.config(start_date=LATE), ["compliance_deletion_statuses"])
    deleted = {row["id"] for row in zendesk.store.all("users") if row["active"] is False}
    assert values(result, "compliance_deletion_statuses", "user_id") == deleted
    matching = [one for one in zendesk.requests if one.path.endswith("/compliance_deletion_statuses")]
    assert len(matching) == len(deleted)


FIXED = {"zen:user", "zen:ticket", "zen:organization"}
DEFINITIONS = "relationship_filter_definitions"


def test_filter_definitions_are_read_for_every_custom_object(zendesk: Emulator) -> None:
    objects = {f"zen:custom_object:{row['key']}" for row in zendesk.store.all("custom_objects")}
    assert values(sync(zendesk.config(), [DEFINITIONS]), DEFINITIONS, "target_type") == FIXED | objects


def test_filter_definitions_are_read_without_custom_objects(zendesk: Emulator) -> None:
    zendesk.options.plan = "team"
    first = sync(zendesk.config(), [DEFINITIONS])
    assert values(first, DEFINITIONS, "target_type") == FIXED
    assert any("target_type" in warning for warning in first.warnings)
    assert values(sync(zendesk.config(), [DEFINITIONS], first.state), DEFINITIONS, "target_type") == FIXED


@pytest.mark.parametrize("stream", CHILDLESS)
def test_parents_that_certainly_have_no_children_are_not_requested(stream: str, zendesk: Emulator) -> None:
    parents, end, is_childless = CHILDLESS[stream]
    if end == "tags":
        for parent in zendesk.store.shown(parents)[2:7]:
            zendesk.store.update(parents, parent, tags=[])
        zendesk.clock.advance(hours=1)
    expected = ExpectedRows(zendesk).rows(Manifest.load().endpoints[stream])
    assert_same_rows(sync(zendesk.config(), [stream]).records[stream], expected)
    rows = [zendesk.store.table(parents).get(key) or {} for key in zendesk.store.shown(parents)]
    childless, requested = {str(row["id"]) for row in rows if is_childless(row)}, requested_parents(zendesk, end)
    assert childless
    assert requested
    assert requested.isdisjoint(childless)


@pytest.mark.parametrize("stream", [name for name, (_, end, _) in CHILDLESS.items() if end == "tags"])
def test_a_parent_is_requested_once_it_has_children(stream: str, zendesk: Emulator) -> None:
    parents = CHILDLESS[stream][0]
    changed = zendesk.store.shown(parents)[3]
    zendesk.store.update(parents, changed, tags=[])
    zendesk.clock.advance(hours=1)
    first = sync(zendesk.config(), [stream])
    zendesk.store.update(parents, changed, tags=["late"])
    zendesk.clock.advance(hours=1)
    second = sync(zendesk.config(), [stream], first.state)
    assert "late" not in {row["tag"] for row in first.records[stream]}
    assert "late" in {row["tag"] for row in second.records[stream]}


FEATURES = {
    entry.name: parent
    for entry in Manifest.load().endpoints.values()
    for parent in entry.parents
    if parent.unless_empty
}
"""The parents of each stream that are not requested if the account does not use a feature."""
UNREADABLE: dict[str, dict[str, Any]] = {
    "a refusal": {"status": 403},
    "a refusal without a reason": {"kind": "empty_body"},
    "a refusal of an unknown kind": {"status": 403, "body": {"error": "Unexpected"}},
    "a response without the list": {"status": 200, "body": {}},
}
"""Responses after which it is unknown whether the account uses the feature."""


def feature_rows(zendesk: Emulator, stream: str) -> list[Any]:
    """The ids of all records of the feature."""
    return [row["id"] for row in zendesk.store.all(FEATURES[stream].unless_empty)]


@pytest.mark.parametrize("stream", FEATURES)
def test_parents_are_not_requested_without_the_feature(stream: str, zendesk: Emulator) -> None:
    end = Manifest.load().endpoints[stream].path.rpartition("/")[2]
    expected = ExpectedRows(zendesk).rows(Manifest.load().endpoints[stream])
    for key in feature_rows(zendesk, stream):
        zendesk.store.delete(FEATURES[stream].unless_empty, key)
    first = sync(zendesk.config(), [stream])
    assert first.statuses[stream][-1] == "COMPLETE"
    assert (first.records[stream], requested_parents(zendesk, end)) == ([], set())
    assert [line for line in first.logs if f"because the account has no `{FEATURES[stream].unless_empty}`" in line]
    zendesk.store.create(FEATURES[stream].unless_empty, is_active=False)
    later = sync(zendesk.config(), [stream], first.state)
    assert_same_rows(later.records[stream], expected)


@pytest.mark.parametrize("fault", UNREADABLE)
@pytest.mark.parametrize("stream", FEATURES)
def test_parents_are_requested_if_the_list_of_the_feature_cannot_be_read(
    stream: str, fault: str, zendesk: Emulator
) -> None:
    expected = ExpectedRows(zendesk).rows(Manifest.load().endpoints[stream])
    zendesk.faults.add(FEATURES[stream].unless_empty, every=1, **UNREADABLE[fault])
    result = sync(zendesk.config(), [stream])
    assert expected
    assert_same_rows(result.records[stream], expected)
    assert result.statuses[stream][-1] == "COMPLETE"


@pytest.mark.parametrize("stream", FEATURES)
def test_the_state_does_not_advance_without_the_feature(stream: str, zendesk: Emulator) -> None:
    first = sync(zendesk.config(), [stream])
    for key in feature_rows(zendesk, stream):
        zendesk.store.delete(FEATURES[stream].unless_empty, key)
    zendesk.clock.advance(hours=1)
    without = sync(zendesk.config(), [stream], first.state)
    assert without.records[stream] == []
    assert without.state_of(stream) == first.state_of(stream)
