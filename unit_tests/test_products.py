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
    "ai_agents", "chat", "qa", "sell", "sell_firehose", "sell_search", "status", "sunshine_legacy", "wfm",
}  # fmt: skip
"""Products on hosts, or with credentials, of their own; so are the paths of messaging that begin with `/v2`."""
LEFT_OUT = {
    "greeting_audio_file": "a sound",
    "download_custom_object_record_attachment": "a file",
    "download_macro_attachment": "a file",
    "queue_events": "only the beginning of its path is known",
}
NAMES = {
    "article_votes": "list_article_votes",
    "article_comment_votes": "list_article_comment_votes",
    "post_votes": "list_post_votes",
    "post_comment_votes": "list_post_comment_votes",
    "ivr_menus": "list_ivr_menus",
    "ivr_routes": "list_ivr_routes",
    "custom_object_records (one stream per object)": "export_custom_object_records",
}
"""Where the plain name belongs to a cheaper way to the same rows, or to the list."""
OTHER_KEYS = {
    "agent_availabilities": "destinations take fields of the top alone, and `id` is made of the agent's",
    "show_agent_availability": "as `agent_availabilities`",
    "list_ticket_sla_policy_metrics": "no id has been seen",
    "list_ticket_group_sla_policy_metrics": "no id has been seen",
    "show_trigger_limits": "an object without an id",
    "show_user_suspension": "an object without an id, one for each user",
}
OTHER_CURSORS = {
    "approval_requests": "decided later, without a time of change",
    "oauth_tokens": "used later, without a time of change",
    "phone_numbers": "changed later, without a time of change",
    "lines": "changed later, without a time of change",
    "webhook_invocation_attempts": "an attempt has no time of its end, by the description of the API",
}
OTHER_TYPES = {
    ("access_logs", "graphql"): "an object, by Zendesk's page",
    ("remote_authentications", "auth_mode"): "2, 3 or 4, by the description of the API",
}

Row = dict[str, str]
needs_documents = pytest.mark.skipif(not LISTED.exists(), reason="the documents of the products are not here")


def listed() -> Iterator[Row]:
    with LISTED.open() as file:
        for row in csv.DictReader(file):
            elsewhere = row["product"] in ELSEWHERE or row["path"].startswith("/v2/")
            if row["method"] != "(writes)" and not elsewhere and row["stream_name"] not in LEFT_OUT:
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


@needs_documents
def test_keys_are_those_of_the_documents_and_the_parents_that_tell_rows_apart() -> None:
    found = set()
    for row, entry in known():
        wanted = [*filter(None, without_remarks(row["primary_key"]).split(","))]
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
        if not node:
            yield f"{stream}: {path} is missing"
        elif wanted and not wanted & types and (stream, path) not in OTHER_TYPES:
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
        fields = documented.get(row["stream_name"], {})
        compared += len(fields)
        found += faults(row["stream_name"], fields, schema)
    assert found == []
    assert compared > 1500
