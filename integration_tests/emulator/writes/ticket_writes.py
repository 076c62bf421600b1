"""Writes of tickets and their comments."""

from __future__ import annotations

from typing import Any

import orjson

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, created, no_content, ok
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.reads import lists
from integration_tests.emulator.reads.sideloads import ID_FIELDS, referenced_objects
from integration_tests.emulator.writes.generic import body_object, bulk_ids, validate

KEEP_KEYS = 7200
NOT_STORED = frozenset(
    {"comment", "comments", "safe_update", "updated_stamp", "additional_tags", "remove_tags", "requester"}
)


def new_ticket(call: Call, fields: Row) -> Row:
    """Create a ticket with its first comment; 422 without a comment."""
    comment = fields.get("comment") or next(iter(fields.get("comments") or []), None) or fields.get("voice_comment")
    comment = comment or ({"body": fields["description"]} if fields.get("description") else None)
    if not isinstance(comment, dict) or not (
        comment.get("body") or comment.get("html_body") or comment.get("recording_url")
    ):
        raise errors.record_invalid(base="Description: cannot be blank")
    stored = {name: value for name, value in fields.items() if name not in NOT_STORED and name != "voice_comment"}
    user = (call.account.user or {}).get("id")
    body = comment.get("body") or comment.get("html_body") or "Voicemail"
    defaults: Row = {
        "requester_id": user,
        "submitter_id": user,
        "description": body,
        "subject": fields.get("subject") or body,
    }
    return call.account.store.create("tickets", comment=attached(call, comment | {"body": body}), **(defaults | stored))


def attached(call: Call, comment: Row) -> Row:
    """The comment with the files of its upload tokens."""
    files = [
        file
        for token in comment.get("uploads") or []
        for file in call.account.uploads.pop(token, {}).get("attachments", [])
    ]
    return comment | {"attachments": files}


@serve("create_ticket")
def create_ticket(call: Call) -> Reply:
    """Create a ticket, at most once per `Idempotency-Key`."""
    key = call.headers.get("idempotency-key")
    if key is None or call.path != "/api/v2/tickets":
        return _created(call)
    known, now = call.account.idempotent.get(key), call.account.clock.epoch()
    if known and now - known[0] < KEEP_KEYS:
        if known[1] != call.body:
            raise errors.idempotent_mismatch()
        return Reply(known[2].status, known[2].body, {"x-idempotency-lookup": "hit"})
    reply = _created(call)
    call.account.idempotent[key] = (now, call.body, reply)
    return Reply(reply.status, reply.body, {**reply.headers, "x-idempotency-lookup": "miss"})


def _created(call: Call) -> Reply:
    row = new_ticket(call, body_object(call))
    audit = call.account.store.history.audits(row["id"])[-1]
    related = {name: referenced_objects(call, name, [row]) for name in call.sideloads() if name in ID_FIELDS}
    return Reply(201, orjson.dumps({"ticket": row, "audit": audit, **related}), {"Location": str(row["url"])})


def change_ticket(call: Call, row: Row, fields: Row) -> Row:
    """Update a ticket with comment and tags; 409 for an outdated safe update."""
    if str(fields.get("safe_update")).lower() == "true" and fields.get("updated_stamp") != row["updated_at"]:
        raise errors.conflict()
    stored = {name: value for name, value in fields.items() if name not in NOT_STORED}
    if "additional_tags" in fields or "remove_tags" in fields:
        kept = {*row["tags"], *_words(fields.get("additional_tags"))} - set(_words(fields.get("remove_tags")))
        stored["tags"] = sorted(kept)
    if isinstance(fields.get("comment"), dict):
        stored["comment"] = attached(call, fields["comment"])
    return call.account.store.update("tickets", row["id"], **stored)


def _words(value: Any) -> list[str]:
    return value.split(",") if isinstance(value, str) else list(value or [])


@serve("update_ticket")
def update_ticket(call: Call) -> Reply:
    row = change_ticket(call, lists.path_row(call), body_object(call))
    audits = call.account.store.history.audits(row["id"])
    return ok({"ticket": row, "audit": audits[-1] if audits else None})


@serve("change_tags")
def change_tags(call: Call) -> Reply:
    """POST replaces, PUT adds and DELETE removes the tags of the body; DELETE also takes them from the query."""
    row, body = lists.find(call, "tickets", call.params["ticket_id"]), call.json_body()
    words = _words(body.get("tags") or call.query_list("tags"))
    now = {"POST": set(words), "PUT": {*row["tags"], *words}, "DELETE": set(row["tags"]) - set(words)}[
        call.endpoint.method
    ]
    safe = {name: body[name] for name in ("safe_update", "updated_stamp") if name in body}
    changed = change_ticket(call, row, {"tags": sorted(now)} | safe)
    return ok({"tags": changed["tags"]}, 201 if call.endpoint.method == "POST" else 200)


@serve("mark_as_spam")
def mark_as_spam(call: Call) -> Reply:
    row = lists.find(call, "tickets", call.params["ticket_id"])
    spam(call, row)
    return ok({})


def spam(call: Call, row: Row) -> None:
    """Delete a ticket and suspend its requester."""
    store = call.account.store
    if store.get("users", row["requester_id"]):
        store.update("users", row["requester_id"], suspended=True)
    store.delete("tickets", row["id"])


@serve("restore")
def restore(call: Call) -> Reply:
    """Restore deleted tickets."""
    store = call.account.store
    texts = [call.params["ticket_id"]] if "ticket_id" in call.params else bulk_ids(call)
    for text in texts:
        row = store.tickets.get(int(text)) if text.isdigit() else None
        if row is None or row["status"] != "deleted":
            raise errors.not_found()
        store.update("tickets", row["id"], status="open")
    return ok({})


@serve("rate_ticket")
def rate_ticket(call: Call) -> Reply:
    ticket, fields = lists.find(call, "tickets", call.params["ticket_id"]), body_object(call)
    if fields.get("score") not in ("good", "bad"):
        raise errors.record_invalid(score="score: is not included in the list")
    known = {name: ticket[name] for name in ("assignee_id", "group_id", "requester_id")}
    row = call.account.store.create("satisfaction_ratings", ticket_id=ticket["id"], **(known | fields))
    return ok({"satisfaction_rating": row})


@serve("problems_autocomplete")
def problems_autocomplete(call: Call) -> Reply:
    text = str(call.query_value("text") or (call.json_body() if call.body else {}).get("text") or "")
    store = call.account.store
    rows = [store.get("tickets", n) or {} for n in store.tickets.by("type", "problem")]
    return ok({"tickets": [row for row in rows if text.lower() in str(row["subject"]).lower()]})


@serve("create_request")
def create_request(call: Call) -> Reply:
    fields = body_object(call)
    validate(call, {"comment": fields.get("comment"), **fields}, "request", "requests")
    row = new_ticket(call, {"via": {"channel": "api", "source": {"from": {}, "to": {}, "rel": None}}, **fields})
    return created("request", call.account.store.get("requests", row["id"]) or {})


@serve("update_request")
def update_request(call: Call) -> Reply:
    """Add a comment to a request or solve it; other fields are ignored."""
    row, fields = lists.find(call, "tickets", call.params["request_id"]), body_object(call)
    changes: Row = {"comment": fields["comment"]} if "comment" in fields else {}
    if str(fields.get("solved")).lower() == "true":
        changes["status"] = "solved"
    change_ticket(call, row, changes)
    return ok({"request": call.account.store.get("requests", row["id"])})


@serve("recover")
def recover(call: Call) -> Reply:
    """Recover suspended tickets; those with `error_messages` are not recovered and are in a 422."""
    store = call.account.store
    many = "id" not in call.params
    texts = bulk_ids(call) if many else [call.params["id"]]
    rows = [lists.find(call, "suspended_tickets", text) for text in texts]
    made = []
    failed = [row for row in rows if row["error_messages"]]
    for row in [row for row in rows if not row["error_messages"]]:
        made.append(
            store.create("tickets", subject=row["subject"] or "Recovered", description=row["content"] or "Recovered")
        )
        store.delete("suspended_tickets", row["id"])
    if failed:
        raise errors.ApiError(422, {"suspended_tickets": failed})
    return ok({call.endpoint.key: made if many else made[0]})


@serve("purge_user")
def purge_user(call: Call) -> Reply:
    row = lists.find(call, "deleted_users", call.params["deleted_user_id"])
    gone: dict[str, Any] = {
        "name": "Permanently Deleted User",
        "email": None,
        "phone": None,
        "permanently_deleted": True,
    }
    call.account.store.update("users", row["id"], photo=None, **gone)
    return ok({"deleted_user": call.account.store.get("deleted_users", row["id"])})


@serve("leave_organization", "end_sessions", "logout", "delete_upload")
def removed(call: Call) -> Reply:
    """Delete memberships, sessions and uploads."""
    store = call.account.store
    if call.endpoint.serve == "delete_upload" and call.account.uploads.pop(call.params["token"], None) is None:
        raise errors.not_found()
    lists.parents(call)
    if call.endpoint.serve == "leave_organization":
        links = store.children("organization_memberships", user_id=call.params["user_id"])
        for link in [one for one in links if str(one["organization_id"]) == call.params["organization_id"]]:
            store.delete("organization_memberships", link["id"])
    if call.endpoint.serve == "end_sessions":
        for session in store.children("sessions", user_id=call.params["user_id"]):
            store.delete("sessions", session["id"])
    return no_content()
