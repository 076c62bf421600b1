"""The recommended catalog has every row once: what it leaves out follows from the entries, and leads to who has it."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.catalog_policy import Exclusion, cheapest, find_exclusion, parent_endpoints

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "zendesk-api" / "reference.json"
ENTRIES = Manifest.load().endpoints
READABLE = [entry for entry in ENTRIES.values() if entry.kind in ("read", "sideload")]
LEFT = {entry.name: why for entry in READABLE if (why := find_exclusion(entry, ENTRIES))}

TICKETS = {"name": "tickets", "get": "/api/v2/incremental/tickets/cursor", "schema": "ticket",
    "family": "incremental_ticket_cursor_export"}  # fmt: skip
LIST = {"name": "list_tickets", "get": "/api/v2/tickets", "family": "cursor_list", "schema": "ticket",
    "preferred_stream": "tickets"}  # fmt: skip
MACROS = {"name": "macros", "get": "/api/v2/macros", "family": "cursor_list", "schema": "macro"}
CHILD = {"name": "child", "get": "/api/v2/tickets/{ticket_id}/child", "family": "child_object", "schema": "view"}
OF_MACRO = {**CHILD, "get": "/api/v2/macros/{macro_id}/child", "parents": "macros"}

CASES: dict[str, tuple[dict[str, Any], str]] = {
    "a list": (MACROS | {"name": "child"}, ""),
    "a worse source": (MACROS | {"name": "child", "preferred_stream": "macros"}, "`macros` has its rows"),
    "a count": ({"name": "child", "get": "/api/v2/macros/count", "family": "count", "counts": "macros"},
        "counts rows of `macros`"),
    "a count for each parent": (OF_MACRO | {"family": "child_count", "schema": "count", "counts": "views"},
        "counts rows of `views`"),
    "a show of a list": (OF_MACRO | {"schema": "macro"}, "shows rows of `macros` again"),
    "a batch of a list": (OF_MACRO | {"schema": "macro", "family": "batch_list", "record_key": "macros"},
        "shows rows of `macros` again"),
    "a show of something else": (OF_MACRO, ""),
    "every pair": (
        CHILD | {"get": "/api/v2/tickets/{ticket_id}/{macro_id}", "cursor_field": "", "parents": ["macros", "tickets"]},
        "asks for each pair with `tickets`"),
    "a parent with fixed values": (
        CHILD | {"get": "/api/v2/macros/{macro_id}/{word}", "cursor_field": "",
            "parents": ["macros", {"values": ["a"], "fields": {"word": "word"}}]}, ""),
    "one for each of many, always": (CHILD | {"parents": "tickets", "cursor_field": ""},
        "asks for each of `tickets` on every run"),
    "one for each of many that changed": (CHILD | {"parents": "tickets"}, ""),
    "the plain list of many": (CHILD | {"parents": "list_tickets", "cursor_field": ""},
        "asks for each of `list_tickets` on every run"),
    "some of many": (CHILD | {"parents": {"stream": "list_tickets", "query": {"role[]": ["agent"]}}}
        | {"cursor_field": ""}, ""),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_an_entry_says_decides(case: str) -> None:
    said, why = CASES[case]
    assert why_left_out([TICKETS, LIST, MACROS, said]) == why


def why_left_out(streams: list[dict[str, Any]], **families: dict[str, Any]) -> str:
    content = Manifest.load().content
    entries = Manifest({**content, "streams": streams, "families": {**content["families"], **families}}, {}).endpoints
    return str(find_exclusion(entries["child"], entries) or "")


def test_what_is_asked_of_each_brand_is_no_pair() -> None:
    brands = {"name": "brands", "get": "/api/v2/brands", "family": "cursor_list", "schema": "brand"}
    family = {"extends": "child_object", "retriever": {"per_brand": True}}
    assert why_left_out([brands, MACROS, OF_MACRO | {"family": "brand_object"}], brand_object=family) == ""


def test_a_child_of_children_of_many_asks_for_all_of_them_too() -> None:
    middle = CHILD | {"name": "middle", "parents": "tickets"}
    leaf: dict[str, Any] = {
        **CHILD,
        "get": "/api/v2/tickets/{ticket_id}/child/{id}",
        "cursor_field": "",
        "schema": "macro",
    }
    leaf["parents"] = {"stream": "middle", "fields": {"ticket_id": "ticket_id", "id": "id"}}
    assert why_left_out([TICKETS, middle, leaf]) == "asks for each of `tickets` on every run"


@pytest.mark.parametrize("name", LEFT)
def test_the_rows_of_a_stream_left_out_are_in_a_recommended_one(name: str) -> None:
    """Or in one that nobody would have asked for row by row."""
    why: Exclusion | None = LEFT[name]
    source = name
    while why and why.has_the_rows:
        source = why.source
        why = find_exclusion(ENTRIES[source], ENTRIES)
    assert ENTRIES[source].kind in ("read", "sideload")
    assert why is None or str(why).startswith("asks for each")


def test_those_without_their_rows_elsewhere_are_few_and_known() -> None:
    """Each takes a request for every ticket, user, organization or record on every run; a new one needs a thought."""
    assert {name for name, why in LEFT.items() if not why.has_the_rows} == {
        "compliance_deletion_statuses", "custom_object_record_attachments", "custom_object_record_events",
        "fulfilled_ticket_ids", "list_ticket_group_sla_policy_metrics", "list_ticket_sla_policy_metrics",
        "organization_merges", "password_requirements", "task_items", "ticket_related", "user_subscriptions",
        "user_user_segments",
    }  # fmt: skip


def test_a_list_whose_rows_others_have_in_parts_is_left_out() -> None:
    parts = {entry.name for entry in READABLE if entry.path == ENTRIES["votes"].path} - {"votes"}
    assert len(parts) == 4
    assert parts & set(LEFT) == set()
    assert str(LEFT["votes"]) == "`post_comment_votes` and its like have its rows"


OF_ONE_KIND = {
    "content_subscription": {
        "article_subscriptions", "section_subscriptions", "post_subscriptions", "topic_subscriptions"},
    "custom_field_option": {"ticket_field_options", "user_field_options"},
    "dashboard_activity": {"dashboard_account_activity", "dashboard_queue_activity"},
    "locale": {"locales", "public_locales"},
    "object_limit": {"custom_object_fields_limit", "custom_object_records_limit", "custom_objects_limit"},
    "vote": {"article_comment_votes", "article_votes", "post_comment_votes", "post_votes"},
}  # fmt: skip
"""Recommended streams whose records are of one kind, and not the same: each has others' rows."""


def test_no_two_recommended_streams_have_the_same_rows() -> None:
    kinds: dict[str, set[str]] = {}
    for entry in READABLE:
        if entry.name not in LEFT:
            kinds.setdefault(entry.schema, set()).add(entry.name)
    assert {kind: names for kind, names in kinds.items() if len(names) > 1} == OF_ONE_KIND


def test_what_people_come_for_is_recommended() -> None:
    wanted = {"tickets", "ticket_comments", "ticket_metrics", "users", "user_identities", "organizations", "groups"}
    assert wanted & set(LEFT) == set()
    assert {"list_tickets", "show_ticket", "count_tickets", "view_tickets", "ticket_tags"} <= set(LEFT)


def test_no_count_is_recommended() -> None:
    assert [entry.name for entry in READABLE if entry.schema == "count" and entry.name not in LEFT] == []


def test_the_cheapest_source_of_a_list_is_its_export() -> None:
    assert cheapest(ENTRIES["list_tickets"], ENTRIES) is ENTRIES["tickets"]


def fields_of(entry: Endpoint, described: Mapping[tuple[str, str], Any]) -> set[str]:
    """The fields of its records, as Zendesk's description has them."""
    operation = described.get(("GET", re.sub("{[^}]*}", "{}", entry.path)), {})
    answer = operation.get("responses", {}).get("200", {}).get("schema", {}).get("properties", {})
    found = answer.get(entry.record_key, {})
    return set(found.get("items", found).get("properties", {}))


@pytest.mark.skipif(not REFERENCE.exists(), reason="the description of the API is not here")
def test_no_show_has_a_field_that_its_list_lacks() -> None:
    operations = json.loads(REFERENCE.read_text())
    described = {(each["method"], re.sub("{[^}]*}", "{}", each["path"])): each for each in operations}
    shows = [ENTRIES[name] for name, why in LEFT.items() if str(why).startswith("shows")]
    more = {
        show.name: fields_of(show, described) - fields_of(parent_endpoints(show, ENTRIES)[0], described)
        for show in shows
    }
    known = {show.name for show in shows if fields_of(parent_endpoints(show, ENTRIES)[0], described)}
    assert {name: fields for name, fields in more.items() if fields and name in known} == {}
    assert len(known) > 30
