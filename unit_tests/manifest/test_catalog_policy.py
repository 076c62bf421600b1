"""The recommended catalog has every record once; each excluded stream names the stream that has its records."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.catalog_policy import Exclusion, find_exclusion, parent_endpoints, resolve_preferred_stream

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "zendesk-api" / "reference.json"
ENTRIES = Manifest.load().endpoints
READABLE = [entry for entry in ENTRIES.values() if entry.kind in ("read", "sideload")]
EXCLUDED = {entry.name: exclusion for entry in READABLE if (exclusion := find_exclusion(entry, ENTRIES))}

TICKETS = {"name": "tickets", "get": "/api/v2/incremental/tickets/cursor", "schema": "ticket",
    "family": "cursor_export"}  # fmt: skip
LIST = {"name": "list_tickets", "get": "/api/v2/tickets", "family": "cursor_list", "schema": "ticket",
    "preferred_stream": "tickets"}  # fmt: skip
MACROS = {"name": "macros", "get": "/api/v2/macros", "family": "cursor_list", "schema": "macro"}
CHILD = {"name": "child", "get": "/api/v2/tickets/{ticket_id}/child", "family": "child_object", "schema": "view"}
OF_MACRO = {**CHILD, "get": "/api/v2/macros/{macro_id}/child", "parents": "macros"}

GROWS = "its requests grow with the records of `{}`"
IDS = {"get": "/api/v2/children"}
BATCH = {"fields": {"ids": "id"}, "batch": 100}
AGENTS = {"query": {"role[]": ["agent"]}}

CASES: dict[str, tuple[dict[str, Any], str]] = {
    "a list": (MACROS | {"name": "child"}, ""),
    "a preferred stream": (MACROS | {"name": "child", "preferred_stream": "macros"}, "`macros` has its records"),
    "a count": ({"name": "child", "get": "/api/v2/macros/count", "family": "count", "counts": "macros"},
        "counts records of `macros`"),
    "a count for each parent": (OF_MACRO | {"family": "child_count", "schema": "count", "counts": "views"},
        "counts records of `views`"),
    "a show of a list": (OF_MACRO | {"schema": "macro"}, "repeats records of `macros`"),
    "a batch of a list": (OF_MACRO | {"schema": "macro", "family": "batch_list", "record_key": "macros"},
        "repeats records of `macros`"),
    "a show of something else": (OF_MACRO, ""),
    "a show with more fields": (OF_MACRO | {"schema": "macro", "query": {"include": "usage_24h"}}, ""),
    "every pair": (
        CHILD | {"get": "/api/v2/tickets/{ticket_id}/{macro_id}", "cursor_field": "", "parents": ["macros", "tickets"]},
        "one request for each combination with `tickets`"),
    "a parent with fixed values": (
        CHILD | {"get": "/api/v2/macros/{macro_id}/{word}", "cursor_field": "",
            "parents": ["macros", {"values": ["a"], "fields": {"word": "word"}}]}, ""),
    "one for each of many, always": (CHILD | {"parents": "tickets", "cursor_field": ""}, GROWS.format("tickets")),
    "one for each of many that changed": (CHILD | {"parents": "tickets"}, GROWS.format("tickets")),
    "one for some of many, by a field": (
        CHILD | {"parents": {"stream": "tickets", "unless": {"from_messaging_channel": False}}},
        GROWS.format("tickets")),
    "one for a hundred of many": (CHILD | IDS | {"parents": {"stream": "tickets", **BATCH}}, GROWS.format("tickets")),
    "the plain list of many": (CHILD | {"parents": "list_tickets", "cursor_field": ""}, GROWS.format("list_tickets")),
    "one for each of a few, by a query": (CHILD | {"parents": {"stream": "list_tickets", **AGENTS}},
        GROWS.format("list_tickets")),
    "one for a hundred of a few, by a query": (
        CHILD | IDS | {"parents": {"stream": "list_tickets", **AGENTS, **BATCH}}, ""),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_an_entry_determines_its_exclusion(case: str) -> None:
    entry, reason = CASES[case]
    assert reason_of_child([TICKETS, LIST, MACROS, entry]) == reason


def reason_of_child(streams: list[dict[str, Any]]) -> str:
    content = Manifest.load().content
    entries = Manifest({**content, "streams": streams}, {}).endpoints
    return str(find_exclusion(entries["child"], entries) or "")


def test_a_request_for_each_brand_is_no_combination() -> None:
    brands = {"name": "brands", "get": "/api/v2/brands", "family": "cursor_list", "schema": "brand"}
    assert reason_of_child([brands, MACROS, OF_MACRO | {"family": "brand_child_object"}]) == ""


def test_a_child_of_children_of_a_growing_stream_is_excluded() -> None:
    middle = CHILD | {"name": "middle", "parents": "tickets"}
    leaf: dict[str, Any] = {
        **CHILD,
        "get": "/api/v2/tickets/{ticket_id}/child/{id}",
        "cursor_field": "",
        "schema": "macro",
    }
    leaf["parents"] = {"stream": "middle", "fields": {"ticket_id": "ticket_id", "id": "id"}}
    assert reason_of_child([TICKETS, middle, leaf]) == GROWS.format("tickets")


@pytest.mark.parametrize("name", EXCLUDED)
def test_a_recommended_stream_has_the_records_of_an_excluded_one(name: str) -> None:
    """Or the chain ends at a stream that needs too many requests itself."""
    exclusion: Exclusion | None = EXCLUDED[name]
    source = name
    while exclusion and exclusion.source_has_records:
        source = exclusion.source
        exclusion = find_exclusion(ENTRIES[source], ENTRIES)
    assert ENTRIES[source].kind in ("read", "sideload")
    assert exclusion is None or not exclusion.source_has_records


def test_excluded_streams_without_a_replacement_are_listed() -> None:
    """Their requests grow with tickets, users, organizations or records; review each addition."""
    assert {name for name, exclusion in EXCLUDED.items() if not exclusion.source_has_records} == {
        "compliance_deletion_statuses", "conversation_log", "custom_object_record_attachments",
        "custom_object_record_events", "email_notifications", "fulfilled_ticket_ids",
        "list_ticket_group_sla_policy_metrics", "list_ticket_sla_policy_metrics", "messaging_clients",
        "messaging_conversations", "messaging_devices", "messaging_messages", "messaging_participants",
        "messaging_users", "organization_merges", "password_requirements", "qa_quiz_response",
        "sell_associated_contacts", "sell_contact_documents", "sell_deal_documents", "sell_lead_documents",
        "sell_line_items", "show_user_suspension", "side_conversations", "task_items", "ticket_related",
        "ticket_task_lists", "user_entitlements", "user_subscriptions", "user_user_segments", "visitors",
        "webhook_invocation_attempts",
    }  # fmt: skip


def test_a_list_that_other_streams_split_by_kind_is_excluded() -> None:
    parts = {entry.name for entry in READABLE if entry.path == ENTRIES["votes"].path} - {"votes"}
    assert len(parts) == 4
    assert parts & set(EXCLUDED) == set()
    assert str(EXCLUDED["votes"]) == "`post_comment_votes` and similar streams have its records"


SHARED_SCHEMAS = {
    "content_subscription": {
        "article_subscriptions", "section_subscriptions", "post_subscriptions", "topic_subscriptions"},
    # The export has deleted records, the list has photos.
    "custom_object_record": {"custom_object_records", "export_custom_object_records"},
    "custom_field_option": {"ticket_field_options", "user_field_options"},
    "dashboard_activity": {"dashboard_account_activity", "dashboard_queue_activity"},
    "locale": {"locales", "public_locales"},
    "object_limit": {"custom_object_fields_limit", "custom_object_records_limit", "custom_objects_limit"},
    # Different types of objects of Sell have fields, sources, reasons, outcomes and events of the same form.
    "sell_custom_field": {
        "sell_contact_custom_fields", "sell_deal_custom_fields", "sell_lead_custom_fields",
        "sell_prospect_and_customer_custom_fields"},
    "sell_event": {each.name for each in READABLE if each.schema == "sell_event"},
    "sell_outcome": {"sell_call_outcomes", "sell_visit_outcomes"},
    "sell_reason": {"sell_deal_unqualified_reasons", "sell_lead_unqualified_reasons", "sell_loss_reasons"},
    "sell_source": {"sell_deal_sources", "sell_lead_sources"},
    "qa_user": {"qa_users", "qa_workspace_users"},
    "vote": {"article_comment_votes", "article_votes", "post_comment_votes", "post_votes"},
}  # fmt: skip
"""Recommended streams that share a schema, but not their records or fields."""


def test_no_two_recommended_streams_have_the_same_records() -> None:
    kinds: dict[str, set[str]] = {}
    for entry in READABLE:
        if entry.name not in EXCLUDED:
            kinds.setdefault(entry.schema, set()).add(entry.name)
    assert {kind: names for kind, names in kinds.items() if len(names) > 1} == SHARED_SCHEMAS


def test_streams_with_fields_that_no_other_stream_has_are_recommended() -> None:
    """Featured articles, photos of records, settings of phone numbers, and tasks of templates."""
    wanted = {"featured_articles", "custom_object_records", "show_phone_number", "task_list_template_tasks"}
    assert wanted & set(EXCLUDED) == set()


def test_the_main_streams_are_recommended() -> None:
    wanted = {"tickets", "ticket_comments", "ticket_metrics", "users", "user_identities", "organizations", "groups"}
    assert wanted & set(EXCLUDED) == set()
    assert {"list_tickets", "show_ticket", "count_tickets", "view_tickets", "ticket_tags"} <= set(EXCLUDED)


def test_no_count_is_recommended() -> None:
    assert [entry.name for entry in READABLE if entry.schema == "count" and entry.name not in EXCLUDED] == []


def test_the_preferred_stream_of_a_list_is_its_export() -> None:
    assert resolve_preferred_stream(ENTRIES["list_tickets"], ENTRIES) is ENTRIES["tickets"]


def fields_of(entry: Endpoint, described: Mapping[tuple[str, str], Any]) -> set[str]:
    """The fields of its records in Zendesk's API description."""
    operation = described.get(("GET", re.sub("{[^}]*}", "{}", entry.path)), {})
    answer = operation.get("responses", {}).get("200", {}).get("schema", {}).get("properties", {})
    schema = answer.get(entry.record_key, {})
    return set(schema.get("items", schema).get("properties", {}))


@pytest.mark.skipif(not REFERENCE.exists(), reason="the description of the API is not here")
def test_no_show_endpoint_has_a_field_that_its_list_lacks() -> None:
    operations = json.loads(REFERENCE.read_text())
    described = {(each["method"], re.sub("{[^}]*}", "{}", each["path"])): each for each in operations}
    shows = [ENTRIES[name] for name, exclusion in EXCLUDED.items() if str(exclusion).startswith("repeats")]
    more = {
        show.name: fields_of(show, described) - fields_of(parent_endpoints(show, ENTRIES)[0], described)
        for show in shows
    }
    known = {show.name for show in shows if fields_of(parent_endpoints(show, ENTRIES)[0], described)}
    assert {name: fields for name, fields in more.items() if fields and name in known} == {}
    assert len(known) > 30
