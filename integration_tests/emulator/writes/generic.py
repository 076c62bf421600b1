"""Create, change and delete rows of any collection."""

from __future__ import annotations

from typing import Any

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, created, no_content, ok
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.seeds import CHILDREN, key_of
from integration_tests.emulator.reads import lists

REQUIRED: dict[str, tuple[str, ...]] = {
    "user": ("name",), "organization": ("name",), "group": ("name",), "macro": ("title",), "trigger": ("title",),
    "automation": ("title",), "view": ("title",), "brand": ("name", "subdomain"), "ticket_form": ("name",),
    "ticket_field": ("type", "title"), "user_field": ("type", "title", "key"), "sla_policy": ("title",),
    "organization_field": ("type", "title", "key"), "group_membership": ("user_id", "group_id"),
    "organization_membership": ("user_id", "organization_id"), "identity": ("type", "value"),
    "custom_object": ("key", "title", "title_pluralized"), "custom_object_field": ("key", "title"),
    "item": ("name",), "variant": ("content", "locale_id"), "bookmark": ("ticket_id",), "skip": ("ticket_id",),
    "custom_role": ("name",), "custom_status": ("agent_label",), "target": ("title", "type"),
    "trigger_category": ("name",), "attribute": ("name",), "attribute_value": ("name",), "workspace": ("title",),
    "recipient_address": ("email",), "organization_subscription": ("user_id", "organization_id"),
}  # fmt: skip
ORDER_KEYS = {
    "custom_object_fields": "custom_object_field_ids", "organization_fields": "organization_field_ids",
    "ticket_fields": "ticket_field_ids", "ticket_forms": "ticket_form_ids", "triggers": "trigger_ids",
    "user_fields": "user_field_ids", "workspaces": "ids",
}  # fmt: skip
"""The key that contains the ids in the body of a request that sorts objects, where it is documented."""
UNIQUE = {"organizations": "name", "users": "email", "custom_objects": "key", "brands": "subdomain"}
READ_ONLY = frozenset({"id", "url", "created_at", "updated_at"})
LARGEST_MANY = 100


def require(fields: Row, *names: str) -> None:
    """422 if a field is missing or empty."""
    missing = [name for name in names if fields.get(name) in (None, "")]
    if missing:
        raise errors.record_invalid(**{name: f"{name}: cannot be blank" for name in missing})


def body_object(call: Call, key: str | None = None) -> Row:
    """The object in the body, without read-only fields; 422 if it is missing."""
    name = key or call.endpoint.key
    fields = call.json_body().get(name)
    if not isinstance(fields, dict):
        raise errors.record_invalid(**{name: f"{name} is required"})
    return {field: value for field, value in fields.items() if field not in READ_ONLY}


def validate(call: Call, fields: Row, key: str, name: str) -> None:
    """422 for missing required fields and for values that must be unique."""
    require(fields, *REQUIRED.get(key, ()))
    unique = UNIQUE.get(name)
    if unique and fields.get(unique) and find_by_value(call, name, unique, fields[unique]):
        raise errors.record_invalid(**{unique: f"{unique}: {fields[unique]} is already being used"})


def find_by_value(call: Call, name: str, field: str, value: Any) -> Row | None:
    store = call.account.store
    rows = (store.get(name, i) or {} for i in store.shown(name))
    return next((row for row in rows if str(row.get(field)).lower() == str(value).lower()), None)


def parent_id(call: Call) -> Any:
    """The id of the last parent in the path, else the brand of the host if its help center has the rows."""
    rows = lists.parents(call)
    if call.endpoint.parent and rows:
        return rows[-1].get("id", rows[-1].get("key"))
    return call.brand if CHILDREN.get(call.endpoint.of, ("",))[0] == "brands" else None


@serve("create")
def create(call: Call) -> Reply:
    fields, name, key = body_object(call), call.endpoint.of, call.endpoint.key
    validate(call, fields, key, name)
    row = call.account.store.create(name, parent_id(call), **embed_objects(call, fields))
    return created(key, row)


def embed_objects(call: Call, fields: Row) -> Row:
    """The fields of a new row, with the objects that it embeds."""
    if call.endpoint.of in ("bookmarks", "ticket_skips"):
        ticket = lists.find(call, "tickets", str(fields["ticket_id"]))
        user = (call.account.user or {}).get("id")
        skip = {"user_id": user} if call.endpoint.of == "ticket_skips" else {}
        return fields | {"ticket": ticket} | skip
    return fields


@serve("update")
def update(call: Call) -> Reply:
    row = lists.path_row(call)
    changed = call.account.store.update(call.endpoint.of, key_of(call.endpoint.of, row), **body_object(call))
    return ok({call.endpoint.key: changed})


@serve("touch")
def touch(call: Call) -> Reply:
    row = lists.path_row(call)
    call.account.store.update(call.endpoint.of, row["id"])
    return ok({})


@serve("delete")
def delete(call: Call) -> Reply:
    row = lists.path_row(call)
    call.account.store.delete(call.endpoint.of, key_of(call.endpoint.of, row))
    return no_content()


def delete_with_children(call: Call, children: str, column: str) -> Reply:
    """Delete a row, and those of another collection that have its id in a column."""
    row, store = lists.path_row(call), call.account.store
    for child in store.children(children, **{column: row["id"]}):
        store.delete(children, child["id"])
    store.delete(call.endpoint.of, row["id"])
    return no_content()


@serve("delete_user")
def delete_user(call: Call) -> Reply:
    """Delete a user; the inactive row remains."""
    return ok({"user": call.account.store.delete("users", lists.path_row(call)["id"])})


@serve("clone")
def clone(call: Call) -> Reply:
    """Copy a ticket form."""
    old = lists.find(call, "ticket_forms", call.params["ticket_form_id"])
    fields = {name: value for name, value in old.items() if name not in READ_ONLY}
    return created("ticket_form", call.account.store.create("ticket_forms", **fields))


@serve("create_or_update")
def create_or_update(call: Call) -> Reply:
    fields, name = body_object(call), call.endpoint.of
    raw = call.json_body()[call.endpoint.key]
    known = find_existing(call, name, raw)
    if known is None:
        validate(call, fields, call.endpoint.key, name)
        return created(call.endpoint.key, call.account.store.create(name, **fields))
    row = call.account.store.update(name, known["id"], **fields)
    return Reply(200, ok({call.endpoint.key: row}).body, {"Location": str(row["url"])})


def find_existing(call: Call, name: str, fields: Row) -> Row | None:
    """The existing row with the id, external id or, for users, e-mail of the fields."""
    by_id = call.account.store.get(name, fields.get("id"))
    keys = ("external_id", "email") if name == "users" else ("external_id",)
    found = (find_by_value(call, name, key, fields[key]) for key in keys if fields.get(key))
    return by_id or next((row for row in found if row), None)


def bulk_ids(call: Call) -> list[str]:
    """The ids of a bulk request, from query or body; 400 for none and for more than a hundred."""
    found = call.query_list("ids", "external_ids")
    if not found and call.body:
        ids = call.json_body().get("ids", [])
        found = [str(one) for one in (ids.split(",") if isinstance(ids, str) else ids)]
    if not found:
        raise errors.bad_parameter("ids", "is required")
    if len(found) > LARGEST_MANY:
        raise errors.too_many_items(LARGEST_MANY)
    return found


@serve("destroy_listed")
def destroy_listed(call: Call) -> Reply:
    """Delete several rows, without a job."""
    for text in bulk_ids(call):
        identifier = lists.known_id(call, call.endpoint.of, text)
        if identifier is not None:
            call.account.store.delete(call.endpoint.of, identifier)
    return no_content()


def body_list(call: Call) -> list[Row]:
    rows = call.json_body().get(call.endpoint.key)
    if not isinstance(rows, list):
        raise errors.record_invalid(**{call.endpoint.key: "is required"})
    return rows


@serve("update_listed")
def update_listed(call: Call) -> Reply:
    """Change several rows, without a job, and return them."""
    store, name, made = call.account.store, call.endpoint.of, []
    for change in body_list(call):
        identifier = lists.known_id(call, name, str(change.get("id")))
        if identifier is None:
            raise errors.not_found()
        made.append(store.update(name, identifier, **{k: v for k, v in change.items() if k not in READ_ONLY}))
    return ok({call.endpoint.key: made, "count": len(made), "next_page": None, "previous_page": None})


@serve("create_children")
def create_children(call: Call) -> Reply:
    parent = parent_id(call)
    rows = [call.account.store.create(call.endpoint.of, parent, **change) for change in body_list(call)]
    return ok({call.endpoint.key: rows}, 201)


@serve("reorder")
def reorder(call: Call) -> Reply:
    """Set positions in the order of the ids in the request."""
    store, name = call.account.store, call.endpoint.of
    lists.parents(call)
    body, key = call.json_body(), ORDER_KEYS.get(name)
    if key and key not in body:
        raise errors.record_invalid(**{key: f"{key} is required"})
    values = list(body.values()) + [v.split(",") for texts in call.query.values() for v in texts]
    ids = next((value for value in values if isinstance(value, list)), [])
    for place, one in enumerate(ids, 1):
        identifier = lists.known_id(call, name, str(one))
        if identifier is None:
            raise errors.not_found()
        store.update(name, identifier, position=place)
    if not call.endpoint.key:
        return ok({})
    table = store.table(name)
    return ok(
        {call.endpoint.key: sorted(store.all(name), key=lambda row: int(row["position"] or 0))[: len(table.ids())]}
    )


@serve("upsert_option")
def upsert_option(call: Call) -> Reply:
    """Create or update a custom field option; 201 for a new one."""
    fields, parent = body_object(call), parent_id(call)
    raw = call.json_body()["custom_field_option"]
    store, name = call.account.store, call.endpoint.of
    siblings = store.table(name).by("field_id", parent)
    where = {"Location": f"{call.base}{call.path}.json"}
    if raw.get("id") in siblings:
        return Reply(200, ok({"custom_field_option": store.update(name, raw["id"], **fields)}).body, where)
    if not fields.get("name") or not fields.get("value"):
        raise errors.record_invalid(name="name: cannot be blank")
    return Reply(201, created("custom_field_option", store.create(name, parent, **fields)).body, where)


@serve("record_by_name")
def record_by_name(call: Call) -> Reply:
    """Delete, create or update a custom object record by external id or name."""
    lists.parents(call)
    store, key = call.account.store, call.params["custom_object_key"]
    field, value = next(((f, v) for f in ("external_id", "name") if (v := call.query_value(f))), ("", None))
    if value is None:
        raise errors.bad_parameter("external_id", "or name is required")
    known = next(
        (row for row in store.children("custom_object_records", custom_object_key=key) if row[field] == value), None
    )
    if call.endpoint.method == "DELETE":
        if known is None:
            raise errors.not_found()
        store.delete("custom_object_records", known["id"])
        return no_content()
    fields = body_object(call) | {field: value}
    if known:
        return ok({"custom_object_record": store.update("custom_object_records", known["id"], **fields)})
    return created("custom_object_record", store.create("custom_object_records", key, **fields))


@serve("update_settings")
def update_settings(call: Call) -> Reply:
    """Merge settings by group."""
    row = next(iter(call.account.store.all("settings")))
    for group, values in body_object(call).items():
        row.setdefault(group, {}).update(values)
    return ok({"settings": row})


@serve("trigger_category_jobs")
def trigger_category_jobs(call: Call) -> Reply:
    items = body_object(call, "job").get("items") or {}
    store, done = call.account.store, []
    for change in items.get("trigger_categories", []):
        identifier = lists.known_id(call, "trigger_categories", str(change.get("id")))
        if identifier is not None:
            done.append(
                store.update("trigger_categories", identifier, **{k: v for k, v in change.items() if k != "id"})
            )
    return ok({"status": "complete", "results": {"trigger_categories": done, "triggers": []}, "errors": []})


@serve("default_statuses")
def default_statuses(call: Call) -> Reply:
    ids = str(call.json_body().get("ids", "")).split(",")
    for row in call.account.store.all("custom_statuses"):
        call.account.store.update("custom_statuses", row["id"], default=str(row["id"]) in ids)
    return ok({})


@serve("ok", "accepted", "devices_destroy", "suspended_export", "trial_account", "display")
def acknowledged(call: Call) -> Reply:
    """Requests that change nothing in the account."""
    for name, collection in (("agent_id", "users"), ("ticket_id", "tickets"), ("user_id", "users")):
        if name in call.params:
            lists.find(call, collection, call.params[name])
    if call.endpoint.serve == "accepted":
        return ok({}, 202)
    if call.endpoint.serve == "suspended_export":
        return ok({"export": {"status": "enqueued", "view_id": None}})
    if call.endpoint.serve == "trial_account":
        return created("account", body_object(call) | {"url": "https://trial.zendesk.com"})
    return ok("") if call.endpoint.serve == "display" else ok({})
