"""One successful request for each endpoint of a seeded account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from integration_tests.emulator.api.routes import Endpoint
from integration_tests.emulator.data import history as past
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.seeds import CHILDREN, KEYS
from integration_tests.emulator.data.store import Store
from integration_tests.emulator.reads.lists import PARENTS
from integration_tests.emulator.writes.generic import ORDER_KEYS, REQUIRED

QUERY = {
    "start_time": "0", "query": "*", "name": "a", "subdomain": "other", "host_mapping": "help.example.com",
    "ticket_ids": "1,2", "filename": "a.txt", "macro_id": "", "ids": "", "fromDate": "2020-01-01T00:00:00Z",
    "startTime": "0", "endTime": "1800000000",
}  # fmt: skip
HANDLER_QUERY: dict[str, dict[str, str]] = {
    "export_cursor": {"start_time": "0"}, "search_export": {"filter[type]": "ticket"},
    "macro_replica": {"ticket_id": "1"}, "record_by_name": {"name": "Record 1"},
}  # fmt: skip
FIXED_PARAMS = {
    "template_id": "t1",
    "incremental_resource": "tickets", "target_type": "zen:user", "source_type": "zen:user",
    "ticket_metric_id": "1", "token": "t",
}  # fmt: skip
COLLECTIONS = PARENTS | {
    "support_address_id": "recipient_addresses", "app_id": "apps", "id": "suspended_tickets",
    "deleted_user_id": "deleted_users", "target_id": "users", "field_id": "user_fields",
    "ticket_form_id": "ticket_forms", "attachment_id": "attachments",
}  # fmt: skip
LISTED = {
    "view_counts": "views", "recover": "suspended_tickets", "job_recover": "suspended_tickets", "logout": "users",
}  # fmt: skip
TICKET = {"subject": "Printer on fire", "comment": {"body": "Please help"}}
BODIES: dict[str, Row] = {
    "create_ticket": {"ticket": TICKET}, "create_request": {"request": TICKET}, "job_merge": {"ids": [2]},
    "job_records": {"job": {"action": "create", "items": [{"name": "New"}]}}, "update_request": {"request": {}},
    "job_resources": {"payload": {"targets": {"one": {}}}}, "change_tags": {"tags": ["new"]},
    "trigger_category_jobs": {"job": {"action": "patch", "items": {"trigger_categories": []}}},
    "view_preview": {"view": {"all": []}}, "view_preview_count": {"view": {"all": []}},
    "password": {"password": "new", "previous_password": "old"}, "redact_comment": {"text": "Comment"},
    "redact_chat": {"chat_id": "1", "text": "secret"}, "rate_ticket": {"satisfaction_rating": {"score": "good"}},
    "upsert_option": {"custom_field_option": {"name": "New", "value": "new"}},
    "update_settings": {"settings": {"tickets": {"tagging": True}}}, "trial_account": {"account": {"name": "x"}},
    "app_build": {"name": "Built", "upload_id": "1"}, "default_statuses": {"ids": "1,2"},
    "devices_destroy": {"push_notification_devices": ["token"]},
    "create_children": {"variants": [{"content": "Hello", "locale_id": 1}]},
}  # fmt: skip
FORM_FIELDS = {
    "macro_upload": "attachment", "app_upload": "uploaded_data", "upload_article_attachment": "file",
    "update_brand_logo": "brand[logo][uploaded_data]", "upload_record_attachment": "uploaded_data",
    "upload_side_conversation_file": "file",
}  # fmt: skip
"""The form field of the file, by handler."""
UPLOADS = frozenset({"badge_icon_upload", "write_media", "create_user_image", "import_theme", "update_theme"})
"""Handlers of requests whose file goes to the storage host."""


def _external_record(store: Store) -> Row:
    """A new external record, which a change may contain too."""
    parts = {f"{name}_id": first(store, f"external_content_{name}s")["id"] for name in ("source", "type")}
    text = {"title": "Mansfield Park", "body": "Before his return", "url": "https://books.example.com/8"}
    return {"record": text | parts | {"locale": "en-us", "external_id": "mansfieldpark8", "user_segment_id": None}}


def _survey_response(store: Store) -> Row:
    survey = next(row for row in store.all("csat_surveys") if row["state"] == "enabled")
    known = {"locale": "en-us", "survey_id": survey["id"], "subject_zrns": ["zen:ticket:1"]}
    return {"survey_response": known | {"responder_id": store.all("users")[1]["id"]}}


def _badge_assignment(store: Store) -> Row:
    user = str(store.all("users")[1]["id"])
    return {"badge_assignment": {"badge_id": first(store, "badges")["id"], "user_id": user}}


def _brand(store: Store) -> str:
    return str(first(store, "brands")["id"])


def _badge(store: Store) -> Row:
    return {"badge": {"name": "Smart Cookie", "badge_category_id": first(store, "badge_categories")["id"]}}


MADE_BODIES: dict[str, Callable[[Store], Row]] = {
    "order_queues": lambda store: {"queue_ids": [row["id"] for row in store.all("queues")]},
    "add_task_list": lambda store: {"task_list": {"task_list_template_id": first(store, "task_list_templates")["id"]}},
    "write_external_record": _external_record,
    "create_survey_response": _survey_response,
    "create_badge": _badge,
    "create_badge_assignment": _badge_assignment,
    "set_instance_values": lambda store: {"attribute_value_ids": [first(store, "attribute_values")["id"]]},
    "assign_agents": lambda store: {"agents": [first(store, "capacity_rule_assignees")["agent_id"]]},
    "write_media": lambda _: {"filename": "picture.png"},
    "create_user_image": lambda store: {"brand_id": _brand(store)},
    "import_theme": lambda store: {"job": {"attributes": {"brand_id": _brand(store), "format": "zip"}}},
    "update_theme": lambda store: {
        "job": {"attributes": {"theme_id": first(store, "themes")["id"], "replace_settings": True, "format": "zip"}}
    },
    "export_theme": lambda store: {"job": {"attributes": {"theme_id": first(store, "themes")["id"], "format": "zip"}}},
    "associate_attachments": lambda store: {"attachment_ids": [first(store, "article_attachments")["id"]]},
    "follow": lambda store: {"user_subscription": {"followed_id": store.all("users")[1]["id"]}},
}


@dataclass
class Example:
    """The parts of a request."""

    path: str
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    file: bytes | None = None
    form: str | None = None


def key_of(row: Row, name: str = "") -> Any:
    return row[KEYS[name]] if name in KEYS else row.get("id", row.get("key", row.get("name")))


def first(store: Store, name: str) -> Row:
    return next(row for row in store.all(name) if not row.get("deleted") and row.get("status") != "deleted")


def example(store: Store, endpoint: Endpoint) -> Example:
    """A request to the endpoint, with existing and related ids."""
    params = _params(store, endpoint) | endpoint.example.get("params", {})
    path = endpoint.path
    for name, value in params.items():
        path = path.replace(f"{{{name}}}", str(value))
    made = Example(path, _query(store, endpoint) | endpoint.example.get("query", {}))
    if endpoint.method != "GET":
        _write(store, endpoint, params, made)
    made.body = endpoint.example.get("body", made.body)
    return made


def _params(store: Store, endpoint: Endpoint) -> dict[str, Any]:
    if endpoint.serve in PARAM_MAKERS:
        return PARAM_MAKERS[endpoint.serve](store, endpoint)
    found: dict[str, Any] = {}
    for name in endpoint.placeholders:
        if name in FIXED_PARAMS or name in endpoint.example.get("params", {}):
            found[name] = FIXED_PARAMS.get(name, "")
        elif name == endpoint.id and endpoint.parent:
            ((param, column),) = endpoint.parent.items()
            if not (rows := store.children(endpoint.of, **{column: found[param]})):
                rows = store.all(endpoint.of)
                found[param] = rows[0][column]
            found[name] = key_of(rows[0], endpoint.of)
        else:
            found[name] = _first_key(store, endpoint, name)
    return found


def _first_key(store: Store, endpoint: Endpoint, placeholder: str) -> Any:
    named = COLLECTIONS | dict(endpoint.through)
    collection = endpoint.of if placeholder == endpoint.id and endpoint.of else named[placeholder]
    return key_of(first(store, collection), collection)


def _owned(collection: str, param: str) -> Callable[[Store, Endpoint], dict[str, Any]]:
    def params(store: Store, endpoint: Endpoint) -> dict[str, Any]:
        name = endpoint.of if collection == "" else collection
        row = store.all(name)[0]
        other = next(one for one in endpoint.placeholders if one != "user_id")
        return {"user_id": row["user_id"], other: row[param] if param else row["id"]}

    return params


def _commented(store: Store, endpoint: Endpoint) -> dict[str, Any]:
    """A comment with a file."""
    file = store.table("attachments").ids()[0]
    ticket, place = past.split(file)
    comment = past.COMMENT + ticket * past.PER_TICKET + place
    known = {"ticket_id": ticket, "attachment_id": file, "ticket_audit_id": comment - past.COMMENT + past.AUDIT}
    return {name: known.get(name, comment) for name in endpoint.placeholders}


def _deleted(store: Store, endpoint: Endpoint) -> dict[str, Any]:
    return {name: store.tickets.deleted_ids()[0] for name in endpoint.placeholders}


def _untranslated(store: Store, endpoint: Endpoint) -> dict[str, Any]:
    """An object of the first brand that lacks the language of the example."""
    ((param, collection),) = endpoint.through.items()
    locale, brand = endpoint.example["body"]["translation"]["locale"], first(store, "brands")["id"]
    own = [row["id"] for row in store.all(collection) if store.brand_of(collection, row["id"]) == brand]
    known = {i: {text["locale"] for text in store.children(endpoint.of, source_id=i)} for i in own}
    return {param: next(i for i in own if locale not in known[i])}


def _without(collection: str, field: str, owners: str) -> Callable[[Store, Endpoint], dict[str, Any]]:
    """The last row of a collection that no row of another one belongs to."""

    def params(store: Store, endpoint: Endpoint) -> dict[str, Any]:
        used = {row[field] for row in store.all(owners)}
        return {endpoint.id: next(row["id"] for row in store.all(collection) if row["id"] not in used)}

    return params


def _unpublished(store: Store, endpoint: Endpoint) -> dict[str, Any]:
    return {endpoint.id: next(row["id"] for row in store.all("themes") if not row["live"])}


PARAM_MAKERS: dict[str, Callable[[Store, Endpoint], dict[str, Any]]] = {
    "make_default": _owned("", ""), "make_default_organization": _owned("organization_memberships", "organization_id"),
    "leave_organization": _owned("organization_memberships", "organization_id"),
    "make_primary": _owned("user_identities", ""), "create_translation": _untranslated,
    "touch_identity": _owned("user_identities", ""), "verify_identity": _owned("user_identities", ""),
    "delete_badge_category": _without("badge_categories", "badge_category_id", "badges"), "delete_theme": _unpublished,
    "redact_comment": _commented, "redact_attachment": _commented, "make_private": _commented, "restore": _deleted,
    "job_purge": _deleted, "user_merge": lambda store, _: {"user_id": store.all("users")[1]["id"]},
}  # fmt: skip


def _query(store: Store, endpoint: Endpoint) -> dict[str, str]:
    example_names = {"id", *endpoint.example.get("query", {})}
    query = {name: QUERY[name] for name in endpoint.required if name not in example_names}
    if "id" in endpoint.required:
        query["id"] = str(first(store, COLLECTIONS["id"])["id"])
    query |= HANDLER_QUERY.get(endpoint.serve, {})
    if "creator" in endpoint.query:
        query["creator"] = "true"
    if "identifiers" in endpoint.query:
        query["identifiers"] = "item_1"
    elif "ids" in endpoint.query and endpoint.serve not in ("job_update", "twicket_statuses"):
        collection = LISTED.get(endpoint.serve, endpoint.of)
        deleted = endpoint.serve in ("restore", "job_purge")
        query["ids"] = str(store.tickets.deleted_ids()[0] if deleted else key_of(first(store, collection), collection))
    return query


def _write(store: Store, endpoint: Endpoint, params: dict[str, Any], made: Example) -> None:
    if endpoint.serve == "upload":
        made.file = b"content"
    elif endpoint.serve in FORM_FIELDS:
        made.file, made.form = b"content", FORM_FIELDS[endpoint.serve]
    elif endpoint.serve not in ("delete", "destroy_listed"):
        made.body = (
            MADE_BODIES[endpoint.serve](store) if endpoint.serve in MADE_BODIES else _body(store, endpoint, params)
        )
        made.file = b"content" if endpoint.serve in UPLOADS else None


def _body(store: Store, endpoint: Endpoint, params: dict[str, Any]) -> Row:
    serve, name = endpoint.serve, endpoint.of
    if serve in BODIES:
        return BODIES[serve] | (
            {"ticket_id": params["ticket_comment_id"] % 10**12 // 10**4} if serve == "redact_comment" else {}
        )
    if serve in ("update_listed", "job_update"):
        parent = {CHILDREN[name][1]: next(iter(params.values()))} if name in CHILDREN else {}
        row = store.children(name, **parent)[0] if parent else first(store, name)
        return {endpoint.key or name: [{"id": row["id"], "position": 4}]}
    if serve == "job_create":
        return {endpoint.key: [_fields(store, name.removesuffix("s")) | (TICKET if name == "tickets" else {})]}
    if serve == "app_install":
        return {"app_id": store.all("sell_apps")[0]["id"], "settings": {}}
    if serve == "merge_organizations":
        return {endpoint.key: {"winner_id": store.all("organizations")[1]["id"]}}
    if serve == "user_merge":
        return {"user": {"id": store.all("users")[2]["id"]}}
    if serve == "reorder":
        return {ORDER_KEYS.get(name, "ids"): [key_of(row) for row in _siblings(store, endpoint, params)[:3]]}
    return {endpoint.key or "nothing": _fields(store, endpoint.key) if endpoint.method == "POST" else {"position": 3}}


def _siblings(store: Store, endpoint: Endpoint, params: dict[str, Any]) -> list[Row]:
    return (
        store.children(endpoint.of, custom_object_key=params["custom_object_key"]) if params else store.all(endpoint.of)
    )


def _fields(store: Store, key: str) -> Row:
    """The required fields of a new object."""
    known = {"user_id": "users", "group_id": "groups", "organization_id": "organizations", "ticket_id": "tickets"}
    names = REQUIRED.get(key, ())
    return {name: first(store, known[name])["id"] if name in known else f"new {name}" for name in names}
