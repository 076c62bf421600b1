"""The current user, and objects of users, organizations and tickets that have no collection."""

from __future__ import annotations

from typing import Any

import orjson

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.rows import Row, Rows, listing
from integration_tests.emulator.data.shapes import shapes
from integration_tests.emulator.reads import lists

TARGETS = {"zen:user": "users", "zen:ticket": "tickets", "zen:organization": "organizations"}


@serve("me")
def me(call: Call) -> Reply:
    """The current user; without credentials, an anonymous user with status 200."""
    user = call.account.user
    if user is None:
        anonymous: Row = dict.fromkeys(shapes()["users"])
        return ok({"user": anonymous | {"name": "Anonymous user", "email": "invalid@example.com", "role": "end-user"}})
    return ok({"user": user | {"authenticity_token": "emulated=="}})


@serve("autocomplete_users")
def autocomplete_users(call: Call) -> Rows | Reply:
    """The users whose name or phone starts with the text; 400 without either."""
    if not call.query_value("name") and not call.query_value("phone"):
        raise errors.bad_parameter("name", "or phone is required")
    return lists.list_rows(call)


def _session(call: Call) -> Row:
    user = call.account.user or {}
    rows = call.account.store.all("sessions")
    return (rows[0] if rows else {"id": 1}) | {"user_id": user.get("id")}


@serve("me_session")
def me_session(call: Call) -> Reply:
    return ok({"session": [_session(call)]})


@serve("renew_session")
def renew_session(_: Call) -> Reply:
    return ok({"authenticity_token": "renewed=="})


@serve("password_requirements")
def password_requirements(call: Call) -> Reply:
    lists.parents(call)
    return ok({"requirements": ["must be at least 5 characters", "must be different from email address"]})


@serve("user_related")
def user_related(call: Call) -> Reply:
    user = lists.find(call, "users", call.params["user_id"])
    tickets = call.account.store.tickets
    ccd = sum(1 for n in tickets.ids() if user["id"] in (tickets.get(n) or {}).get("email_cc_ids", []))
    subscriptions = call.account.store.table("organization_subscriptions").by("user_id", user["id"])
    row = {"assigned_tickets": len(tickets.by("assignee_id", user["id"])), "ccd_tickets": ccd}
    row |= {"requested_tickets": len(tickets.by("requester_id", user["id"]))}
    return ok({"user_related": row | {"organization_subscriptions": len(subscriptions)}})


@serve("organization_related")
def organization_related(call: Call) -> Reply:
    store = call.account.store
    one = lists.find(call, "organizations", call.params["organization_id"])["id"]
    users = store.table("users").by("organization_id", one)
    row = {"tickets_count": len(store.tickets.by("organization_id", one)), "users_count": len(users)}
    return ok({"organization_related": row})


@serve("ticket_related")
def ticket_related(call: Call) -> Reply:
    ticket = lists.find(call, "tickets", call.params["ticket_id"])
    incidents = len(call.account.store.tickets.by("problem_id", ticket["id"]))
    return ok(
        {
            "topic_id": None,
            "jira_issue_ids": [],
            "followup_source_ids": [],
            "from_archive": False,
            "incidents": incidents,
        }
    )


@serve("ticket_people")
def ticket_people(call: Call) -> Rows:
    """The users in one of a ticket's id lists."""
    ticket, users = lists.find(call, "tickets", call.params["ticket_id"]), call.account.store.table("users")
    return Rows([i for i in ticket.get(call.endpoint.column) or [] if users.get(i)], users.json)


@serve("ticket_tags")
def ticket_tags(call: Call) -> Reply:
    return ok({"tags": lists.find(call, "tickets", call.params["ticket_id"])["tags"]})


@serve("instance_values")
def instance_values(call: Call) -> Rows:
    """The attribute values of an agent or a ticket."""
    return Rows(instance_ids(call), call.account.store.table("attribute_values").json)


def instance_ids(call: Call) -> list[Any]:
    (row,) = lists.parents(call)
    store = call.account.store
    kind = "associate_agent" if "user_id" in call.params else "associate_ticket"
    links = store.table("instance_values").by("instance_id", row["id"])
    found = [store.get("instance_values", i) or {} for i in links]
    values = store.table("attribute_values")
    return [one["attribute_value_id"] for one in found if one["type"] == kind and values.get(one["attribute_value_id"])]


@serve("fulfilled")
def fulfilled(call: Call) -> Reply:
    ids = [i for text in call.query_list("ticket_ids") if (i := lists.known_id(call, "tickets", text)) is not None]
    return ok({"fulfilled_ticket_ids": ids})


@serve("relationship_sources")
def relationship_sources(call: Call) -> Rows:
    """The objects with a lookup field that references the target; ids determine which they are."""
    kinds = call.params["target_type"], call.params["source_type"]
    if any(kind not in TARGETS and not kind.startswith("zen:custom_object:") for kind in kinds):
        raise errors.invalid_endpoint(f"GET {call.endpoint.path}")
    field, source = call.params["field_id"], TARGETS.get(kinds[1], "users")
    if not field.isdigit() or not call.params["target_id"].isdigit():
        raise errors.not_found()
    table, target = call.account.store.table(source), int(call.params["target_id"])
    ids = [i for n, i in enumerate(call.account.store.shown(source)) if (n + target + int(field)) % 7 == 0]
    return Rows(ids, table.json)


@serve("macro_categories")
def macro_categories(call: Call) -> Rows:
    titles = [str(row["title"]) for row in call.account.store.all("macros")]
    return Rows(sorted({title.split("::")[0] for title in titles if "::" in title}), orjson.dumps)


@serve("tag_names")
def tag_names(call: Call) -> Rows:
    """Tag names that start with `name`, as strings; a POST has it in the body."""
    start = call.query_value("name") or call.json_body().get("name") or ""
    return Rows([row["name"] for row in call.account.store.all("tags") if row["name"].startswith(start)], orjson.dumps)


@serve("autocomplete_users_post")
def autocomplete_users_post(call: Call) -> Rows:
    """The users whose name, or phone number, starts with that of the body."""
    wanted = {name: str(call.json_body().get(name) or "").lower() for name in ("name", "phone")}
    if not any(wanted.values()):
        raise errors.bad_parameter("name", "or phone is required")
    table = call.account.store.table("users")
    rows = Rows(call.account.store.shown("users"), table.json)
    return rows.where(lambda row: all(str(row[name] or "").lower().startswith(start) for name, start in wanted.items()))


@serve("locale_current")
def locale_current(call: Call) -> Reply:
    return ok({"locale": call.account.store.all("locales")[0]})


@serve("macro_actions")
def macro_actions(_: Call) -> Rows:
    names = ("status", "priority", "type", "group_id", "assignee_id", "set_tags", "comment_value")
    values = {"type": "text", "list": []}
    return listing({"title": name.title(), "title_for_field": name, "value": name, "values": values} for name in names)
