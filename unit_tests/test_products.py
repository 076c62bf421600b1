"""The products are listed as the documents have them: each endpoint, its key, its cursor, its fields."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from source_zendesk.manifest import Endpoint, Manifest

DOCUMENTS = Path(__file__).resolve().parents[2] / "shared" / "zendesk-api"
LISTED, FIELDS = DOCUMENTS / "beyond.csv", DOCUMENTS / "beyond-schemas.json"
ENTRIES = Manifest.load().endpoints
ELSEWHERE = {
    "ai_agents", "sell_search", "status", "sunshine_legacy",
}  # fmt: skip
"""Products on hosts, or with credentials, of their own."""
SELL_HOST = "https://api.getbase.com"
LEFT_OUT = {
    "greeting_audio_file": "a sound",
    "download_custom_object_record_attachment": "a file",
    "download_macro_attachment": "a file",
    "realtime_chat_metrics": "the figures of a moment, on a host of their own",
    "queue_events": "only the beginning of its path is known",
    "sell_appointments": "Zendesk documents no list, only events",
    "sell_documents": "three streams, since the documents of given objects can be listed only",
    "sell_events": "reading the Sync API changes the server",
    "sell_sequence_enrollments": "Zendesk documents no list",
    "sell_sync (session)": "reading the Sync API changes the server",
}
HELP, COMMUNITY, LOCALE = "/api/v2/help_center", "/api/v2/community", "/api/v2/help_center/{locale}"
REPEATED = {
    # Help Center: the same records in one language; the translations are in streams of their own.
    "articles": (
        f"{LOCALE}/articles/{{article_id}}",
        f"{LOCALE}/categories/{{category_id}}/articles",
        f"{LOCALE}/sections/{{section_id}}/articles",
    ),
    "categories": (f"{LOCALE}/categories", f"{LOCALE}/categories/{{category_id}}"),
    "sections": (
        f"{LOCALE}/sections",
        f"{LOCALE}/sections/{{section_id}}",
        f"{LOCALE}/categories/{{category_id}}/sections",
    ),
    "article_block_attachments": (f"{LOCALE}/articles/{{article_id}}/attachments/block",),
    "article_inline_attachments": (f"{LOCALE}/articles/{{article_id}}/attachments/inline",),
    "article_comments": (
        f"{LOCALE}/articles/{{article_id}}/comments",
        f"{LOCALE}/articles/{{article_id}}/comments/{{comment_id}}",
    ),
    "list_article_labels": (f"{LOCALE}/articles/{{article_id}}/labels",),
    "article_votes": (f"{LOCALE}/articles/{{article_id}}/votes",),
    "article_comment_votes": (f"{LOCALE}/articles/{{article_id}}/comments/{{comment_id}}/votes",),
    "post_comments": (f"{LOCALE}/community/posts/{{post_id}}/comments/{{post_comment_id}}",),
    # One record of a list, under its parent.
    "article_attachments": (
        f"{LOCALE}/articles/{{article_id}}/attachments",
        f"{HELP}/articles/{{article_id}}/attachments/{{article_attachment_id}}",
    ),
    "article_subscriptions": (
        f"{LOCALE}/articles/{{article_id}}/subscriptions",
        f"{LOCALE}/articles/{{article_id}}/subscriptions/{{subscription_id}}",
        f"{HELP}/articles/{{article_id}}/subscriptions/{{subscription_id}}",
    ),
    "section_subscriptions": (
        f"{LOCALE}/sections/{{section_id}}/subscriptions",
        f"{LOCALE}/sections/{{section_id}}/subscriptions/{{subscription_id}}",
        f"{HELP}/sections/{{section_id}}/subscriptions/{{subscription_id}}",
    ),
    "post_subscriptions": (f"{COMMUNITY}/posts/{{post_id}}/subscriptions/{{subscription_id}}",),
    "topic_subscriptions": (f"{COMMUNITY}/topics/{{topic_id}}/subscriptions/{{subscription_id}}",),
    # Paths that only a client has; Zendesk does not document them. Each repeats records, or selects some of them.
    "account_custom_claims": (f"{HELP}/integration/account_custom_claims/{{account_custom_claim_id}}",),
    "agent_availabilities": ("/api/v2/agent_availabilities/me",),
    "agent_work_items": ("/api/v2/agent_availabilities/me/channels/{channel}/relationships/work_items",),
    "assignable_group_memberships": ("/api/v2/users/{user_id}/group_memberships/assignable",),
    "assignable_groups": ("/api/v2/groups/assignable/count",),
    "badge_assignments": ("/api/v2/gather/badge_assignments/{badge_assignment_id}",),
    "badge_categories": ("/api/v2/gather/badge_categories/{badge_category_id}",),
    "badges": ("/api/v2/gather/badges/{badge_id}",),
    "capacity_rule_assignees": ("/api/v2/capacity/rules/{rule_id}/assignees",),
    "content_tags": ("/api/v2/guide/content_tags/{content_tag_id}",),
    "guide_medias": ("/api/v2/guide/medias/{media_id}",),
    "organization_fields": (
        "/api/v2/organization_fields/{organization_field_id}/options",
        "/api/v2/organization_fields/{organization_field_id}/options/{option_id}",
    ),
    "permission_groups": ("/api/v2/guide/permission_groups/{permission_group_id}",),
    "public_ips": ("/api/v2/ips",),
    "redirect_rules": ("/api/v2/guide/redirect_rules/{redirect_rule_id}",),
    "satisfaction_ratings": ("/api/v2/satisfaction_ratings/received",),
    "themes": ("/api/v2/guide/theming/themes/{theme_id}",),
}
"""GET endpoints without an entry, by the stream that contains their records."""
NO_RECORDS = {
    "GET /api/v2/suspended_tickets/{id}/attachments": "Zendesk documents a POST, which copies the attachments",
    "POST /api/v2/triggers/validate": "its response is not documented; it says whether a trigger is valid",
}
"""Other endpoints without an entry."""
NAMES = {
    "article_votes": "list_article_votes",
    "article_comment_votes": "list_article_comment_votes",
    "post_votes": "list_post_votes",
    "post_comment_votes": "list_post_comment_votes",
    "agent_work_items": "list_agent_work_items",
    "ivr_menus": "list_ivr_menus",
    "ivr_routes": "list_ivr_routes",
    "custom_object_records (one stream per object)": "export_custom_object_records",
}
"""Where the plain name belongs to a cheaper way to the same rows, or to the list."""
OTHER_KEYS = {
    "featured_articles": "no id, by the description of the API",
    "agent_availabilities": "destinations take fields of the top alone, and `id` is made of the agent's",
    "show_agent_availability": "as `agent_availabilities`",
    "list_ticket_sla_policy_metrics": "no id has been seen",
    "list_ticket_group_sla_policy_metrics": "no id has been seen",
    "show_trigger_limits": "an object without an id",
    "show_user_suspension": "an object without an id, one for each user",
    "qa_reviews": "an id of the help desk, once for each workspace",
    "qa_csat": "a ticket can have several answers",
    "qa_workspace_csat": "as `qa_csat`",
    "qa_workspace_users": "the workspace has another name in the path",
}
OTHER_CURSORS = {
    "wfm_time_off": "decided later, without a time of change",
    "approval_requests": "decided later, without a time of change",
    "oauth_tokens": "used later, without a time of change",
    "phone_numbers": "changed later, without a time of change",
    "sell_lead_conversions": "never changed, and without a time of change",
    "sell_line_items": "changed without a change of the order, so that every run reads all",
    "lines": "changed later, without a time of change",
    "agents": "changed later, without a time of change",
    "bans": "lifted later, so the list shrinks",
    "list_chats": "the list has no filter by time; `chats` is its export",
    "qa_disputes": "resolved later, at another time than created",
    "qa_quiz_overview": "the figures of answers change without the time",
    "webhook_invocation_attempts": "an attempt has no time of its end, by the description of the API",
}
OTHER_TYPES = {
    ("access_logs", "graphql"): "an object, by Zendesk's page",
    ("guide_medias", "id"): "a ULID, by Zendesk's page",
    ("visitors", "created"): "a time in ISO 8601, by Zendesk's page",
    ("qa_quiz_overview", "fields[].type"): "the name of a type, by the description of the API",
    ("qa_quiz_overview", "status"): "the name of a status, by the description of the API",
    ("qa_quiz_response", "fields[].type"): "the name of a type, by the description of the API",
    ("qa_quizzes", "status"): "the name of a status, by the description of the API",
    ("remote_authentications", "auth_mode"): "2, 3 or 4, by the description of the API",
    **{("sell_line_items", name): "a decimal number in a text" for name in ("price", "value", "variation")},
}
NOT_SENT = {
    ("agent_timeline", "id"): "made of other fields by Airbyte's connector",
    ("agent_events", "event_id"): "the name that another connector gives to `id`",
}
"""Fields of the documents that Zendesk does not send."""

RENAMED_FIELDS = {"sell_line_items": "line_item_id"}
"""The name that a connector gives the field `id`."""

Row = dict[str, str]
needs_documents = pytest.mark.skipif(not LISTED.exists(), reason="the documents of the products are not here")


def listed() -> Iterator[Row]:
    with LISTED.open() as file:
        for row in csv.DictReader(file):
            row["path"] = row["path"].removeprefix(SELL_HOST)
            left_out = row["product"] in ELSEWHERE or row["stream_name"] in LEFT_OUT
            if row["method"] != "(writes)" and not left_out:
                yield row


def known() -> Iterator[tuple[Row, Endpoint]]:
    """Each endpoint of the documents with its entry."""
    for row in listed():
        yield row, ENTRIES[NAMES.get(row["stream_name"], row["stream_name"])]


def general(path: str) -> str:
    return re.sub(r"{\w+}", "{}", path).removesuffix(".json")


def without_remarks(cell: str) -> str:
    return re.sub(r"\(.*\)", "", cell).replace(" ", "")


@needs_documents
def test_every_endpoint_is_listed_under_its_name() -> None:
    wanted = {
        (NAMES.get(row["stream_name"], row["stream_name"]), row["method"], general(row["path"])) for row in listed()
    }
    ours = {(entry.name, entry.method, general(entry.path)) for entry in ENTRIES.values()}
    assert wanted - ours == set()
    assert len(wanted) > 250


def test_endpoints_without_an_entry_are_listed_with_the_stream_that_contains_their_records() -> None:
    ours = {f"{entry.method} {general(entry.path)}" for entry in ENTRIES.values()}
    repeated = [f"GET {general(path)}" for paths in REPEATED.values() for path in paths]
    others = [general(endpoint) for endpoint in NO_RECORDS]
    assert ours & {*repeated, *others} == set()
    assert len(repeated) == len(set(repeated))
    assert set(REPEATED) - set(ENTRIES) == set()


@needs_documents
def test_keys_are_those_of_the_documents_and_the_parents_that_tell_rows_apart() -> None:
    found = set()
    for row, entry in known():
        # Destinations take keys at the top level only.
        wanted = [*filter(None, without_remarks(row["primary_key"]).removeprefix("meta.").split(","))]
        parents = {*entry.placeholders, "brand_id"}
        if wanted and [name for name in entry.primary_key if name in wanted or name not in parents] != wanted:
            found.add(entry.name)
    assert found == set(OTHER_KEYS)


@needs_documents
def test_cursors_are_those_of_the_documents_where_rows_are_read_for_their_changes() -> None:
    found = set()
    for row, entry in known():
        wanted = without_remarks(row["cursor_field"])
        read_whole = (
            entry.kind == "input"
            or entry.family == "firehose"  # read by position
            or any(parent.batch for parent in entry.parents)
            or entry.options.read_at_field
            or len(entry.primary_key) > 1  # a row of several parents
        )
        if wanted and wanted != entry.cursor_field and not read_whole:
            found.add(entry.name)
    assert found == set(OTHER_CURSORS)


def node_at(schema: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """The part of a schema that a path such as `a.b[].c` leads to, empty where there is none."""
    for step in path.split("."):
        name = step.rstrip("[]")
        schema = schema.get("properties", {}).get(name, {})
        for _ in range(step.count("[]")):
            schema = schema.get("items", {})
    return schema


def faults(stream: str, fields: Mapping[str, str | list[str]], schema: Mapping[str, Any]) -> Iterator[str]:
    """What is missing or of another type; of several types, the schema takes the one that most evidence has."""
    for path, documented in fields.items():
        kinds = [documented] if isinstance(documented, str) else documented
        node = node_at(schema, path)
        types = {*node.get("type", ()), *(["integer"] if "number" in node.get("type", ()) else [])}
        wanted = {kind.partition(":")[0] for kind in kinds} - {"null", "any"}
        if not node and (stream, path) not in NOT_SENT:
            yield f"{stream}: {path} is missing"
        elif node and wanted and not wanted & types and (stream, path) not in OTHER_TYPES:
            yield f"{stream}: {path} is {documented}"
        elif "string" in types and any(kind.partition(":")[2] not in ("", node.get("format")) for kind in kinds):
            yield f"{stream}: {path} is {documented}, not of format {node.get('format')}"


def test_a_field_that_is_missing_or_of_another_type_is_found() -> None:
    schema = {"properties": {"a": {"type": ["null", "array"], "items": {"properties": {"b": {"type": ["string"]}}}}}}
    assert list(faults("x", {"a[].b": ["string", "integer"], "a[].c": "string"}, schema)) == ["x: a[].c is missing"]
    assert list(faults("x", {"a": "object"}, schema)) == ["x: a is object"]
    assert list(faults("x", {"a[].b": "string:date"}, schema)) == ["x: a[].b is string:date, not of format None"]


@needs_documents
def test_every_field_of_the_documents_is_in_the_schema_of_its_stream() -> None:
    documented: dict[str, dict[str, str | list[str]]] = json.loads(FIELDS.read_text())
    found: list[str] = []
    compared = 0
    for row, entry in known():
        schema = Manifest.load().record_schema(entry)
        renamed = RENAMED_FIELDS.get(row["stream_name"])
        fields = {name: kind for name, kind in documented.get(row["stream_name"], {}).items() if name != renamed}
        compared += len(fields)
        found += faults(row["stream_name"], fields, schema)
    assert found == []
    assert compared > 1500
