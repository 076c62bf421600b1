"""Views: their tickets, counts and previews."""

from __future__ import annotations

from typing import Any

import orjson

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import page_extras, serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.clock import epoch_of
from integration_tests.emulator.data.rows import Row, Rows, listing
from integration_tests.emulator.data.values import HOST
from integration_tests.emulator.reads import lists

COLUMNS = [{"id": "subject", "title": "Subject"}, {"id": "requester", "title": "Requester", "url": "/users"}]
MAX_COUNTED = 20


def tickets_of(call: Call, view: Row) -> Rows:
    return Rows(lists.tickets_in(call, view), call.account.store.tickets.json)


def view_row(ticket: Row) -> Row:
    """A row of an executed view: its columns and a partial ticket."""
    names = ("id", "subject", "description", "status", "type", "priority", "url")
    part = {name: ticket.get(name) for name in names}
    part["last_updated_by_id"] = None
    shown = {name: ticket.get(name) for name in ("subject", "group_id", "assignee_id", "requester_id", "priority")}
    return {"ticket_id": ticket["id"], "ticket": part, "created": ticket["created_at"], "locale": None, **shown}


@serve("view_execute")
def execute(call: Call) -> Rows:
    return _executed(tickets_of(call, lists.find(call, "views", call.params["view_id"])))


def _executed(rows: Rows) -> Rows:
    return Rows(rows.ids, lambda number: orjson.dumps(view_row(orjson.loads(rows.json(number)))))


@page_extras("view_execute", "view_preview")
def execution_extras(call: Call, *_: Any) -> Row:
    """The additional fields of an executed view."""
    if call.endpoint.serve == "view_preview":
        return {"columns": COLUMNS, "groups": [], "view": {"id": None}}
    store = call.account.store
    view = lists.find(call, "views", call.params["view_id"])
    users = [{"id": row["id"], "name": row["name"], "url": row["url"]} for row in store.all("users")[:10]]
    return {
        "columns": COLUMNS,
        "groups": [],
        "users": users,
        "view": {"id": view["id"], "url": f"{HOST}/api/v2/views/{view['id']}.json"},
    }


def count_row(call: Call, view: Row) -> Row:
    value = len(tickets_of(call, view).ids)
    return {
        "view_id": view["id"], "url": f"{HOST}/api/v2/views/{view['id']}/count.json", "value": value,
        "pretty": str(value), "fresh": True, "active": view["active"],
    }  # fmt: skip


@serve("view_count")
def view_count(call: Call) -> Reply:
    return ok({"view_count": count_row(call, lists.find(call, "views", call.params["view_id"]))})


@serve("view_counts")
def view_counts(call: Call) -> Rows:
    ids = call.query_list("ids")
    if len(ids) > MAX_COUNTED:
        raise errors.too_many_items(MAX_COUNTED)
    known = [lists.known_id(call, "views", text) for text in ids]
    return listing(count_row(call, call.account.store.get("views", i) or {}) for i in known if i is not None)


@serve("view_export")
def export(call: Call) -> Reply:
    view = lists.find(call, "views", call.params["view_id"])
    return ok({"export": {"view_id": view["id"], "status": "starting"}})


@serve("views_compact")
def compact(call: Call) -> Rows:
    """At most 32 views."""
    table = call.account.store.table("views")
    return Rows(list(table.ids())[:32], table.json)


def _previewed(call: Call) -> Rows:
    conditions = call.json_body().get("view")
    if not isinstance(conditions, dict):
        raise errors.record_invalid(view="cannot be blank")
    wanted = conditions.get("conditions") or conditions
    return tickets_of(call, {"conditions": {"all": wanted.get("all") or [], "any": []}})


@serve("view_preview")
def preview(call: Call) -> Rows:
    return _executed(_previewed(call))


@serve("view_preview_count")
def preview_count(call: Call) -> Reply:
    value = len(_previewed(call).ids)
    stamp = epoch_of(call.account.clock.stamp())
    row = {"view_id": None, "url": None, "value": value, "pretty": str(value), "fresh": True, "refresh": "poll"}
    return ok({"view_count": row | {"active": None, "channel": f"preview-{stamp}"}})
