"""Lists of users, groups and organizations, and lists of requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.rows import Rows
from integration_tests.emulator.data.tables import all_rows
from integration_tests.emulator.reads import filters, lists

Where = Callable[[Call, Rows], Rows]
MAX_USED, RECENT = 10, 5
AGENT_FIELDS = ("id", "name")
filters.FILTERS.update({
    "brand_agents.user_id": filters.same("user_id"), "brand_agents.brand_id": filters.same("brand_id"),
    "ticket_content_pins.ticket_id": filters.same("ticket_id"),
    "ticket_form_statuses.ticket_form_id": filters.same("ticket_form_id"),
})  # fmt: skip


def _joined(links: str, param: str, field: str) -> Where:
    """The rows that memberships reference."""

    def choose(call: Call, rows: Rows) -> Rows:
        found = call.account.store.children(links, **{param: call.params[param]})
        known, wanted = set(rows.ids), dict.fromkeys(link[field] for link in found)
        return Rows([i for i in wanted if i in known], rows.json)

    return choose


def _referencing(field: str, param: str) -> Where:
    """The tickets or requests that reference the user or organization in the path."""

    def choose(call: Call, rows: Rows) -> Rows:
        of, store = call.endpoint.of, call.account.store
        index = store.tickets.cached(f"{of} by {field}", lambda: _index(all_rows(store.table(of)), field))
        found = index[int(call.params[param])]
        return Rows([i for i in rows.ids if i in found], rows.json)

    return choose


def _index(rows: Rows, field: str) -> defaultdict[Any, set[Any]]:
    """The ids of the rows by each value of a field."""
    index = defaultdict(set)
    for identifier, row in zip(rows.ids, rows.dicts(), strict=True):
        for value in row[field] if isinstance(row[field], list) else [row[field]]:
            index[value].add(identifier)
    return index


def _agents(_: Call, rows: Rows) -> Rows:
    return rows.where(lambda row: row["role"] != "end-user")


_of_group = _joined("group_memberships", "group_id", "user_id")
lists.WHERE.update({
    "group_users": _of_group, "assignable_agents": _of_group, "agents": _agents,
    "user_groups": _joined("group_memberships", "user_id", "group_id"),
    "user_organizations": _joined("organization_memberships", "user_id", "organization_id"),
    "organization_requests": _referencing("organization_id", "organization_id"),
    "user_requests": _referencing("requester_id", "user_id"),
    "ccd_tickets": _referencing("email_cc_ids", "user_id"),
    "followed_tickets": _referencing("follower_ids", "user_id"),
    "ccd_requests": lambda _, rows: rows.where(lambda row: bool(row["email_cc_ids"])),
    "open_requests": lambda _, rows: rows.where(lambda row: row["status"] in ("new", "open", "pending", "hold")),
    "solved_requests": lambda _, rows: rows.where(lambda row: row["status"] in ("solved", "closed")),
    "most_used": lambda _, rows: Rows(rows.ids[:MAX_USED], rows.json),
    "recent": lambda _, rows: Rows(rows.ids[-RECENT:], rows.json),
})  # fmt: skip


@serve("default_group")
def default_group(call: Call) -> Reply:
    groups = call.account.store.all("groups")
    return ok({"group": next((row for row in groups if row["default"]), groups[0])})


@serve("assignables")
def assignables(call: Call) -> Reply:
    """The agents and groups whose names contain the query."""
    store, wanted = call.account.store, (call.query_value("name") or "").lower()
    agents = [row for row in store.all("users") if row["role"] != "end-user" and wanted in row["name"].lower()]
    groups = [row for row in store.all("groups") if wanted in row["name"].lower()]
    found: dict[str, Any] = {
        "agents": [{"id": row["id"], "name": row["name"], "group": "", "group_id": None} for row in agents],
        "groups": [{name: row[name] for name in AGENT_FIELDS} for row in groups],
    }
    return ok(found | {"count": len(agents) + len(groups)})


@serve("user_suspension")
def user_suspension(call: Call) -> Reply:
    user = lists.find(call, "users", call.params["user_id"])
    return ok({"suspension": {"user_id": user["id"], "created_at": user["updated_at"]}})
