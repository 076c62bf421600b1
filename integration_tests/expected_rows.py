"""The rows that a complete read of a stream must emit, derived from the emulator's data without the connector."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import requests

from integration_tests.emulator import Emulator
from integration_tests.emulator.api.errors import ApiError
from integration_tests.emulator.data.history import COMMENTS
from integration_tests.emulator.emulator import find_endpoint
from integration_tests.emulator.products.help_center.seed import LOCALES
from integration_tests.emulator_auth import EmulatorAuth
from integration_tests.expected_parents import ExpectedParents
from source_zendesk.manifest import Endpoint, Manifest

Row = dict[str, Any]

FULL_QUERIES = {
    "groups": {"exclude_deleted": "false"},
    "brands": {"include_deleted": "true"},
    "list_user_groups": {"exclude_deleted": "false"},
    "show_custom_object_field": {"include_standard_fields": "true"},
    "global_oauth_clients_token_summary": {"include_expired": "true"},
    "list_tickets": {"support_type_scope": "all"},
    "deleted_tickets": {"support_type_scope": "all"},
    "tickets": {"support_type_scope": "all"},
    "export_tickets_by_time": {"support_type_scope": "all"},
    "ticket_events": {"support_type_scope": "all", "include": "comment_events"},
    "articles": {"include": "translations", "start_time": "0"},
    "show_category": {"include": "translations"},
    "show_section": {"include": "translations"},
    "calls": {"start_time": "0"},
    "call_legs": {"start_time": "0"},
    "show_phone_number": {"include": "settings"},
    "incremental_samples": {"start_time": "0"},
    "ticket_fields": {"creator": "true"},
    "show_ticket_field": {"creator": "true"},
    "show_many_ticket_fields": {"creator": "true"},
    "custom_object_fields": {"include_standard_fields": "true"},
    "ticket_metric_events": {"include_changes": "true"},
    "list_ticket_comments": {"include_inline_images": "true"},
}
"""Query parameters with which endpoints return all rows and fields."""
IN_RECORDS = {"featured_articles": ("locale",)}
"""Query parameters that distinguish the rows of a stream, and are added to its records."""
LIVE_JOBS = "/api/sell/apps/job_statuses/"
"""Job statuses, whose URLs contain the port of the request."""
HOST = "brand_id"
"""The value that selects the host of a brand's help center, where it is not a placeholder."""


def metrics(zendesk: Emulator) -> list[Row]:
    """The metric sets, each with the time of its ticket in the export."""
    tickets = zendesk.expected("GET", "/api/v2/incremental/tickets/cursor?support_type_scope=all&start_time=0")
    changed = {row["id"]: row["generated_timestamp"] for row in tickets}
    rows = zendesk.expected("GET", "/api/v2/ticket_metrics")
    return [{**row, "_ab_updated_at": changed[row["ticket_id"]]} for row in rows]


def comments(zendesk: Emulator) -> list[Row]:
    """The comments in ticket events, each with the fields of its event."""
    events = zendesk.expected("GET", "/api/v2/incremental/ticket_events?support_type_scope=all&include=comment_events")
    return [
        {**child, **{name: event[name] for name in ("ticket_id", "timestamp", "created_at", "via_reference_id")}}
        for event in events
        for child in event["child_events"]
        if child["event_type"] in COMMENTS
    ]


def attachments(zendesk: Emulator) -> list[Row]:
    """The attachments of the comments in ticket events."""
    return [
        {**_owner(row), "audit_id": row["audit_id"], **file} for row in comments(zendesk) for file in row["attachments"]
    ]


def recordings(zendesk: Emulator) -> list[Row]:
    """The recordings of the calls in ticket events."""
    return [{**_owner(row), **row["data"]} for row in comments(zendesk) if (row.get("data") or {}).get("recording_url")]


def _owner(comment: Row) -> Row:
    return {"comment_id": comment["id"], **{name: comment[name] for name in ("ticket_id", "author_id", "created_at")}}


def _search_results(zendesk: Emulator) -> list[Row]:
    """The tickets in the search index, which has no deleted ones."""
    return zendesk.expected("GET", "/api/v2/search/export?filter[type]=ticket&query=*")


def _definitions(zendesk: Emulator) -> list[Row]:
    """The conditions in two lists of one object."""
    (found,) = zendesk.expected("GET", "/api/v2/routing/attributes/definitions")
    return [{**row, "condition": name[-3:]} for name in ("conditions_all", "conditions_any") for row in found[name]]


def _agents_activity(zendesk: Emulator) -> list[Row]:
    """The agents on all pages of the dashboard."""
    return [{"agent_id": row["agent_id"], "name": row["name"]} for row in zendesk.store.all("agents_activity")]


def _work_items(zendesk: Emulator) -> list[Row]:
    """The work items of every agent on every channel, by the endpoint of one channel."""
    return ExpectedRows(zendesk).rows(Manifest.load().endpoints["list_agent_work_items"])


def _documents(kind: str) -> Callable[[Emulator], list[Row]]:
    """The documents of one type of objects, which Zendesk lists only by the ids of the objects."""
    return lambda zendesk: [row for row in zendesk.store.all("sell_documents") if row["resource_type"] == kind]


def _stored(collection: str) -> Callable[[Emulator], list[Row]]:
    """All rows of a collection, which Zendesk returns beside other rows."""
    return lambda zendesk: zendesk.store.all(collection)


def _events(path: str) -> Callable[[Emulator], list[Row]]:
    """The events of the Firehose, with their id, time and type at the top level."""

    def events(zendesk: Emulator) -> list[Row]:
        found = zendesk.expected("GET", f"{path}?position=tail")
        names = ("event_id", "event_time", "event_type")
        return [{**event, **{name: event["meta"][name] for name in names}} for event in found]

    return events


SPECIAL: dict[str, Callable[[Emulator], list[Row]]] = {
    "ticket_metrics": metrics,
    **{name: _stored(name) for name in ("user_identities", "wfm_activity_types", "wfm_agents")},
    "ticket_comments": comments,
    "ticket_attachments": attachments,
    "call_recordings": recordings,
    "tickets_search": _search_results,
    "attribute_definitions": _definitions,
    "dashboard_agent_activity": _agents_activity,
    "agent_work_items": _work_items,
    **{f"sell_{kind}_documents": _documents(kind) for kind in ("contact", "deal", "lead")},
    **{each.name: _events(each.path) for each in Manifest.load().endpoints.values() if each.family == "firehose"},
}


class ExpectedRows:
    """The expected rows of one account by stream."""

    def __init__(self, zendesk: Emulator) -> None:
        self.zendesk = zendesk
        self._parents = ExpectedParents(zendesk)
        self._cache: dict[str, list[Row]] = {}
        self._longest: dict[str, tuple[str, int]] = {}

    def rows(self, entry: Endpoint) -> list[Row]:
        """All rows of a stream without required inputs, with the values of the path's placeholders."""
        if entry.name not in self._cache:
            self._cache[entry.name] = self._rows(entry)
        return self._cache[entry.name]

    def longest_list(self, entry: Endpoint) -> tuple[str, int]:
        """The path and the length of the longest list that contains rows of a stream."""
        self.rows(entry)
        return self._longest.get(entry.name, (entry.path, 0))

    def _rows(self, entry: Endpoint) -> list[Row]:
        if entry.name in SPECIAL:
            return SPECIAL[entry.name](self.zendesk)
        endpoint, _ = find_endpoint(entry.method, entry.path.removesuffix(".json"))
        return [row for values in self._parents.values(endpoint) for row in self.rows_of_partition(entry, values)]

    def rows_of_partition(self, entry: Endpoint, values: Mapping[str, Any]) -> list[Row]:
        """The rows of one partition; empty if the account refuses it."""
        if entry.has_files and entry.kind == "input":
            return [{**values, "content_url": f"{self.zendesk.base_url}{fill_path(entry, values)[0]}"}]
        path, query = fill_path(entry, values)
        brand = {HOST: query.pop(HOST)} if HOST in query else {}
        try:
            rows = self._request(entry.method, path, query | FULL_QUERIES.get(entry.name, {}), self._host(brand))
        except ApiError:
            return []
        if len(rows) > self._longest.get(entry.name, ("", 0))[1]:
            self._longest[entry.name] = (path, len(rows))
        named = {name: values[name] for name in (*entry.placeholders, *IN_RECORDS.get(entry.name, ()))}
        whole = [row if isinstance(row, dict) else self._bare(entry, row) for row in _select_rows(entry, rows)]
        return [coerced(entry, redacted(entry, {**named, **row, **({} if row.get(HOST) else brand)})) for row in whole]

    def _host(self, brand: Row) -> str:
        """The host of a brand's help center, or of the account."""
        found = [each for each in self.zendesk.store.all("brands") if each["id"] == brand.get(HOST)]
        return f"{found[0]['subdomain']}.zendesk.com" if found else ""

    def _bare(self, entry: Endpoint, value: Any) -> Row:
        marks = {"default": value == LOCALES[0]} if entry.name == "help_center_locales" else {}
        return {entry.options.item_field: value, **marks}

    def _request(self, method: str, path: str, query: Mapping[str, Any], host: str) -> list[Any]:
        endpoint, _ = find_endpoint(method, path.removesuffix(".json"))
        if (method == "GET" or query.keys() <= endpoint.accepts) and not path.startswith(LIVE_JOBS):
            rows = self.zendesk.expected(method, f"{path}?{urlencode(query)}", host)
            return rows if endpoint.key else _unwrapped(rows)
        auth = EmulatorAuth(self.zendesk)
        body = requests.request(method, self.zendesk.base_url + path, json=query, auth=auth, timeout=120).json()
        lists = [body[name] for name in ("rows", "tickets") if name in body]
        return lists[0] if lists else _unwrapped([body])


def _select_rows(entry: Endpoint, rows: list[Any]) -> list[Any]:
    """The rows of a stream that emits filtered or nested rows of the response."""
    if part := entry.options.part:
        return [row for row in rows if part.items() <= row.items()]
    for key, name in zip(entry.options.nested, entry.options.nested_ids, strict=True):
        ids = [*entry.options.nested_ids, *entry.options.outer_fields]
        rows = [
            {**{each: row[each] for each in ids if each in row}, name: row["id"], **inner}
            for row in rows
            for inner in _inner_rows(row, key)
        ]
    return rows


def _inner_rows(row: Row, key: str) -> list[Row]:
    value: Any = row
    for name in key.split("."):
        value = value[name] if value else None
    return value if isinstance(value, list) else [value] if value else []


def redacted(entry: Endpoint, row: Row) -> Row:
    """The row with redacted secrets."""
    for path in entry.options.redacted:
        row = _redacted(row, path.split("."))
    return row


def coerced(entry: Endpoint, row: Row) -> Row:
    """The row with values coerced to the types of its schema."""
    fields = Manifest.load().record_schema(entry)["properties"]
    marks = {name: fields[name]["x-otherwise"] for name in row if "x-otherwise" in fields.get(name, {})}
    return {name: _coerced(value, marks[name]) if name in marks else value for name, value in row.items()}


def _coerced(value: Any, mark: str) -> Any:
    if value is None or isinstance(value, {"text": str, "list": list}.get(mark, dict)):
        return value
    if mark in ("text", "list"):
        return [value] if mark == "list" else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return {mark: value}


def _redacted(value: Any, path: list[str]) -> Any:
    if isinstance(value, list):
        return [_redacted(item, path) for item in value]
    if not path or not isinstance(value, dict):
        hidden = {name: _redacted(inner, []) for name, inner in value.items()} if isinstance(value, dict) else "****"
        return value if value in (None, "") else hidden
    if path[0] not in value:
        return value
    return {**value, path[0]: _redacted(value[path[0]], path[1:])}


def _unwrapped(responses: list[Any]) -> list[Any]:
    """The rows of an unparsed response: its only list, or the object in its envelope."""
    (response,) = responses
    if not isinstance(response, dict):
        return responses
    values = list(response.values())
    lists = [value for value in values if isinstance(value, list)]
    if len(lists) == 1 and (len(values) == 1 or "end_of_stream" in response):
        return list(lists[0])
    return values if len(values) == 1 and isinstance(values[0], dict) else responses


def fill_path(entry: Endpoint, values: Mapping[str, Any]) -> tuple[str, Row]:
    """The path with its values, and the remaining values for the query."""
    path = entry.path
    for name in entry.placeholders:
        path = path.replace(f"{{{name}}}", str(values[name]))
    return path, {name: value for name, value in values.items() if name not in entry.placeholders}
