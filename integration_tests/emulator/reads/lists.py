"""Lists, single objects, counts and show_many of any collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, ok, page_body
from integration_tests.emulator.data.rows import Row, Rows
from integration_tests.emulator.data.seeds import branded, key_of
from integration_tests.emulator.reads import filters, opt_in_fields, sideloads

PARENTS = {
    "ticket_id": "tickets", "request_id": "tickets", "user_id": "users", "macro_id": "macros",
    "custom_object_key": "custom_objects", "dynamic_content_item_id": "dynamic_content_items",
    "attribute_id": "attributes", "ticket_field_id": "ticket_fields", "user_field_id": "user_fields",
    "trigger_id": "triggers", "view_id": "views", "organization_id": "organizations", "brand_id": "brands",
    "agent_id": "users",
}  # fmt: skip
LARGEST_MANY = 100


def find(call: Call, name: str, text: str) -> Row:
    """The row with the id in a path; 404 if it is unknown or deleted."""
    table = call.account.store.table(name)
    row = table.get(text)
    if row is None and text.lstrip("-").isdigit():
        row = table.get(int(text))
    if row is None and name in ("custom_object_fields", "ticket_fields"):
        row = next((r for r in call.account.store.all(name) if r.get("key") == text), None)
    if row is None or (name == "tickets" and row["status"] == "deleted") or _hidden(name, row):
        raise errors.not_found()
    if branded(name) and not _of_brand(call, name, row):
        raise errors.not_found()
    return row


def _of_brand(call: Call, name: str, row: Row) -> bool:
    store = call.account.store
    return bool(store.brand_of(name, key_of(name, row)) == call.brand)


def within_brand(call: Call, rows: Rows) -> Rows:
    """The rows of the requested host's brand, for collections with rows per brand."""
    store, name = call.account.store, call.endpoint.of
    if not call.endpoint.brand or not branded(name):
        return rows
    return Rows([i for i in rows.ids if store.brand_of(name, i) == call.brand], rows.json)


def _hidden(name: str, row: Row) -> bool:
    return (name == "organizations" and row.get("deleted_at") is not None) or bool(row.get("permanently_deleted"))


def parents(call: Call) -> list[Row]:
    """The parent objects in the path; 404 if one is unknown."""
    known = PARENTS | dict(call.endpoint.through)
    return [
        find(call, known[name], value)
        for name, value in call.params.items()
        if name in known and name != call.endpoint.id
    ]


def scope(call: Call) -> Rows:
    """The rows of the collection, or of the parent in the path."""
    endpoint, store = call.endpoint, call.account.store
    table = store.table(endpoint.of)
    if endpoint.of == "compliance_deletion_statuses":
        return Rows(table.by("user_id", _known_user(call)), table.json)
    parents(call)
    for name, field in endpoint.parent.items():
        return Rows(table.by(field, call.params[name]), table.json)
    if endpoint.of == "groups":
        return Rows(table.ids() if "exclude_deleted" in endpoint.query else store.shown("groups"), table.json)
    return Rows(store.shown(endpoint.of), table.json)


def _known_user(call: Call) -> str:
    """The user id in the path; permanently deleted users are accepted."""
    text = call.params["user_id"]
    if not text.isdigit() or call.account.store.get("users", int(text)) is None:
        raise errors.not_found()
    return text


def _view(call: Call, rows: Rows) -> Rows:
    return Rows(tickets_in(call, find(call, "views", call.params["view_id"])), rows.json)


def tickets_in(call: Call, view: Row) -> Sequence[int]:
    """The ids of a view's tickets."""
    tickets = call.account.store.tickets
    rows = Rows(tickets.ids(), tickets.json)
    return tickets.cached(f"view {view['conditions']}", lambda: rows.where(lambda ticket: in_view(view, ticket)).ids)


def in_view(view: Row, ticket: Row) -> bool:
    """Whether a ticket meets the view's conditions; supported are equality, and `less_than` on status."""
    order = ("new", "open", "pending", "hold", "solved", "closed")
    for condition in view["conditions"].get("all", []):
        value, wanted = ticket.get(condition["field"]), condition["value"]
        if condition["operator"] == "less_than":
            if value in order and wanted in order and order.index(value) >= order.index(wanted):
                return False
        elif str(value) != str(wanted):
            return False
    return True


def _problems(call: Call, _: Rows) -> Rows:
    """Problem tickets, last updated first."""
    tickets = call.account.store.tickets
    rows = Rows(tickets.by("type", "problem"), tickets.json)
    return Rows(tickets.cached("problems", lambda: rows.sorted_by("updated_at", descending=True).ids), rows.json)


def _incidents(call: Call, rows: Rows) -> Rows:
    return Rows(call.account.store.tickets.by("problem_id", call.params["ticket_id"]), rows.json)


WHERE: dict[str, Any] = {
    "active": lambda _, rows: rows.where(lambda row: row["active"]),
    "problems": _problems,
    "incidents": _incidents,
    "view": _view,
    "owned": lambda _, rows: rows.where(lambda row: row["visibility"] == "private"),
}


@serve("list")
def list_rows(call: Call) -> Rows:
    """The rows of a list."""
    rows = opt_in_fields.drop_opt_in_data(call, filters.order(call, filters.choose(call, _listed(call))))
    return rows.only_fields(call.endpoint.fields)


def _listed(call: Call) -> Rows:
    rows = within_brand(call, scope(call))
    return WHERE[call.endpoint.where](call, rows) if call.endpoint.where in WHERE else rows


@serve("show")
def show(call: Call) -> Reply:
    row = path_row(call)
    if opt_in_fields.is_hidden(call, row):
        raise errors.not_found()
    return show_reply(call, opt_in_fields.drop_opt_in_fields(call, row))


def show_reply(call: Call, row: Row) -> Reply:
    """One object with its sideloads."""
    fragments, extra = sideloads.load(call, Rows([0], lambda _: orjson.dumps(row)), [0])
    rest = orjson.dumps(extra)[1:] if extra else b"}"
    return Reply(body=b'{"%b":' % call.endpoint.key.encode() + fragments[0] + (b"," if extra else b"") + rest)


def path_row(call: Call) -> Row:
    """The row in the path; 404 if it does not belong to the parent in the path."""
    parents(call)
    row = find(call, call.endpoint.of, call.params[call.endpoint.id])
    for name, field in call.endpoint.parent.items():
        siblings = call.account.store.table(call.endpoint.of).by(field, call.params[name])
        if key_of(call.endpoint.of, row) not in siblings:
            raise errors.not_found()
    return row


@serve("show_bare")
def show_bare(call: Call) -> Reply:
    """An app, without an envelope."""
    return ok(path_row(call))


@serve("show_in_list")
def show_in_list(call: Call) -> Reply:
    return Reply(body=page_body(call.endpoint.key, [orjson.dumps(path_row(call))], {}))


@serve("show_metric")
def show_metric(call: Call) -> Reply:
    """A metric set, by its id or its ticket's."""
    text = call.params[call.endpoint.id]
    row = call.account.store.history.metric(int(text)) if text.isdigit() else None
    if row is None:
        raise errors.not_found()
    return ok({"ticket_metric": row})


@serve("count")
def count(call: Call) -> Reply:
    rows = opt_in_fields.drop_opt_in_data(call, filters.choose(call, _listed(call)))
    return ok({"count": {"value": len(rows.ids), "refreshed_at": call.account.clock.stamp()}})


@serve("show_many")
def show_many(call: Call) -> Rows:
    """At most a hundred rows by id, external id or identifier; unknown ids are ignored."""
    store, name = call.account.store, call.endpoint.of
    table = store.table(name)
    ids, others = call.query_list("ids"), call.query_list("external_ids", "identifiers")
    if not ids and not others:
        raise errors.bad_parameter("ids", "is required")
    if len(ids) + len(others) > LARGEST_MANY:
        raise errors.too_many_items(LARGEST_MANY)
    found = [i for text in ids if (i := known_id(call, name, text)) is not None]
    field = "placeholder" if "identifiers" in call.query else "external_id"
    if others:
        found += [i for i in store.shown(name) if identifier_of(table.get(i) or {}, field) in others]
    return opt_in_fields.drop_opt_in_data(call, filters.choose(call, Rows(found, table.json)))


def identifier_of(row: Row, field: str) -> str:
    return str(row.get(field)).strip("{}").removeprefix("dc.")


def known_id(call: Call, name: str, text: str) -> Any:
    table = call.account.store.table(name)
    options = [text, int(text)] if text.isdigit() else [text]
    found: Any = next((option for option in options if table.get(option) is not None), None)
    hidden = name == "tickets" and found is not None and call.account.store.tickets.deleted(found)
    return None if hidden or _hidden(name, table.get(found) or {}) else found
