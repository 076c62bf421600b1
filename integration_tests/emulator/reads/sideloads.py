"""Sideloads (`include=`): top-level lists of partial objects, or a field in each row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson

from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.data.rows import Row, Rows

USER_FIELDS = ("id", "url", "name", "email", "role", "active", "created_at", "updated_at", "organization_id", "photo")
ID_FIELDS = {
    "users": ("requester_id", "submitter_id", "assignee_id", "user_id", "author_id", "actor_id", "creator_user_id"),
    "groups": ("group_id", "default_group_id"),
    "organizations": ("organization_id",),
    "sharing_agreements": ("sharing_agreement_ids",),
    "ticket_forms": ("ticket_form_id",),
    "tickets": ("ticket_id",),
    "roles": ("custom_role_id",),
    "custom_statuses": ("custom_status_id",),
}
LIST_FIELDS = {"users": ("collaborator_ids", "follower_ids", "email_cc_ids", "user_ids")}
COLLECTION = {"roles": "custom_roles"}
NESTED = re.compile(r"^\w+\(")


def load(call: Call, rows: Rows, ids: Sequence[Any]) -> tuple[list[bytes], Row]:
    """The serialized rows of a page and its sideloaded lists; undocumented sideloads are ignored."""
    fragments = [rows.json(identifier) for identifier in ids]
    extra: Row = {}
    for name in _requested(call):
        if name == "metric_sets" and call.account.metric_sets == "embedded":
            metric = call.account.store.history.metric_json
            fragments = [_embed(f, metric(i)) for f, i in zip(fragments, ids, strict=True)]
        elif name in INTO_ROWS:
            fragments = [_insert(call, name, fragment) for fragment in fragments]
        elif name in TOP_LEVEL:
            extra[name] = TOP_LEVEL[name](call, [orjson.loads(f) for f in fragments])
        elif name in ID_FIELDS:
            if (call.endpoint.of, name) == ("groups", "users"):
                fragments = [_insert(call, "members", fragment) for fragment in fragments]
            extra[name] = referenced_objects(call, name, [orjson.loads(fragment) for fragment in fragments])
    return fragments, extra


def _requested(call: Call) -> list[str]:
    """The requested sideloads; searches nest them in a type: `include=tickets(users,groups)`."""
    names = [NESTED.sub("", name).rstrip(")") for name in call.sideloads()]
    allowed = tuple(ID_FIELDS) if call.endpoint.serve.startswith("search") else call.endpoint.include
    return [name for name in names if name in allowed]


def referenced_objects(call: Call, name: str, rows: Iterable[Row]) -> list[Row]:
    """The objects that the rows reference, each once."""
    table = call.account.store.table(COLLECTION.get(name, name))
    found: dict[Any, Row] = {}
    for row in rows:
        for identifier in _ids(name, row):
            if identifier not in found and (other := table.get(identifier)) is not None:
                found[identifier] = _partial(name, other)
    return list(found.values())


def _ids(name: str, row: Row) -> list[Any]:
    listed = [one for field in LIST_FIELDS.get(name, ()) for one in row.get(field) or ()]
    single = [row.get(field) for field in ID_FIELDS[name]]
    flat = [one for value in single for one in (value if isinstance(value, list) else [value])]
    return [one for one in (*flat, *listed) if one is not None]


def _partial(name: str, row: Row) -> Row:
    return {field: row.get(field) for field in USER_FIELDS} if name == "users" else row


def _embed(fragment: bytes, metric: bytes | None) -> bytes:
    return fragment if metric is None else fragment[:-1] + b',"metric_set":' + metric + b"}"


def _insert(call: Call, name: str, fragment: bytes) -> bytes:
    row = orjson.loads(fragment)
    value = INTO_ROWS[name](call, row)
    return fragment if value is None else fragment[:-1] + b"," + orjson.dumps(value)[1:]


def _comment_count(call: Call, row: Row) -> Row:
    deleted = row.get("status") == "deleted"
    return {"comment_count": 0 if deleted else len(call.account.store.history.comments(row["id"]))}


def _dates(_: Call, row: Row) -> Row:
    when, later = row.get("created_at"), row.get("updated_at")
    dates = {"assigned_at": when, "initially_assigned_at": when, "status_updated_at": later, "solved_at": None}
    return {
        "dates": dates | {"assignee_updated_at": later, "requester_updated_at": when, "latest_comment_added_at": later}
    }


def _incidents(call: Call, row: Row) -> Row:
    return {"incident_count": len(call.account.store.tickets.by("problem_id", row["id"]))}


def _last_audit(call: Call, row: Row) -> Row:
    audits = call.account.store.history.audits(row["id"])
    return {"last_audit": audits[-1] if audits else None}


def _permissions(*_: Any) -> Row:
    return {"permissions": {"can_edit": True, "can_view_others": True}}


def _usage(period: str) -> Callable[[Call, Row], Row]:
    return lambda _, row: {period: row.get("position") or 0}


def _categories(_: Call, row: Row) -> Row:
    return {"categories": str(row.get("title", "")).split("::")[0]}


def _members(call: Call, row: Row) -> Row:
    return {
        "user_ids": [one["user_id"] for one in call.account.store.children("group_memberships", group_id=row["id"])]
    }


def _rule_counts(call: Call, row: Row) -> Row:
    store = call.account.store
    triggers = [store.get("triggers", i) or {} for i in store.table("triggers").by("category_id", row["id"])]
    active = sum(1 for trigger in triggers if trigger["active"])
    return {"active_count": active, "inactive_count": len(triggers) - active}


def _metric_events(call: Call, row: Row) -> Row:
    """The metric events of a ticket by metric."""
    seed = call.account.store.history.seed
    found: dict[str, list[Row]] = {}
    length = len(seed.metric_times(row["id"])) if row["id"] <= call.account.store.history.tickets.seed.count else 0
    for event in (seed.metric_event(row["id"], place) for place in range(length)):
        found.setdefault(event["metric"], []).append(event)
    return {"metric_events": found}


def _app(call: Call, row: Row) -> Row:
    return {"app": call.account.store.get("sell_apps", row["app_id"])}


PERIODS = ("usage_1h", "usage_24h", "usage_7d", "usage_30d")
INTO_ROWS: dict[str, Callable[[Call, Row], Row | None]] = {
    "comment_count": _comment_count, "dates": _dates, "incident_counts": _incidents,
    "last_audits": _last_audit, "permissions": _permissions, "rule_counts": _rule_counts, "app": _app,
    "app_installation": lambda *_: {"app_installation": None}, "categories": _categories,
    "members": _members, "metric_events": _metric_events, "slas": lambda *_: {"slas": {"policy_metrics": []}},
    **{period: _usage(period) for period in PERIODS},
}  # fmt: skip


def _identities(call: Call, rows: list[Row]) -> list[Row]:
    return [one for row in rows for one in call.account.store.children("user_identities", user_id=row["id"])]


def _metric_sets(call: Call, rows: list[Row]) -> list[Row]:
    made = (call.account.store.history.metric(row["id"]) for row in rows)
    return [one for one in made if one]


def _open_tickets(call: Call, rows: list[Row]) -> Any:
    tickets = call.account.store.tickets
    return {str(row["id"]): len(tickets.by("assignee_id", row["id"])) for row in rows}


def _abilities(_: Call, rows: list[Row]) -> list[Row]:
    """The permissions of the current user for each user."""
    return [{"url": row["url"], "user_id": row["id"], "can_edit": True, "can_edit_password": False} for row in rows]


def _group_settings(_: Call, rows: list[Row]) -> list[Row]:
    return [{"group_id": row["id"], "chat_enabled": True} for row in rows]


def _attribute_values(call: Call, _: list[Row]) -> list[Row]:
    return call.account.store.all("attribute_values")


TOP_LEVEL: dict[str, Callable[[Call, list[Row]], Any]] = {
    "identities": _identities, "metric_sets": _metric_sets, "abilities": _abilities,
    "open_ticket_count": _open_tickets, "group_settings": _group_settings, "attribute_values": _attribute_values,
}  # fmt: skip
