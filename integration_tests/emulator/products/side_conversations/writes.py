"""Writes of side conversations: each message and each change is an event."""

from __future__ import annotations

import uuid
from typing import Any

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.values import HOST
from integration_tests.emulator.products.side_conversations.handlers import is_refused
from integration_tests.emulator.reads import lists
from integration_tests.emulator.writes.files import parts
from integration_tests.emulator.writes.generic import body_object

CHANGEABLE = ("state", "subject")


def _now(call: Call) -> str:
    return f"{call.account.clock.stamp()[:-1]}.000Z"


def _ticket(call: Call) -> int:
    """The id of the ticket in the path; 403 without a body if its side conversations are refused."""
    ticket = int(lists.find(call, "tickets", call.params["ticket_id"])["id"])
    if is_refused(ticket):
        raise errors.ApiError(403, "")
    return ticket


def _message(call: Call, given: Any) -> Row:
    """The message of an event; 422 without a text or a recipient."""
    fields: Row = given if isinstance(given, dict) else {}
    missing = [name for name in ("body", "to") if not fields.get(name)]
    if missing:
        raise errors.record_invalid(**{name: f"{name}: cannot be blank" for name in missing})
    user = call.account.user or {}
    sender = {"user_id": user.get("id"), "name": user.get("name"), "email": user.get("email")}
    to = [{"user_id": None, "name": None, "email": None} | person for person in fields["to"]]
    text = {"body": fields["body"], "html_body": fields.get("body_html"), "preview_text": fields["body"]}
    more = {"subject": fields.get("subject"), "external_ids": fields.get("external_ids") or {}}
    files = [_uploaded(call, one) for one in fields.get("attachment_ids") or []]
    return text | more | {"from": sender | (fields.get("from") or {}), "to": to, "attachments": files, "via": "api"}


def _uploaded(call: Call, identifier: str) -> Row:
    if identifier not in call.account.uploads:
        raise errors.record_invalid(attachment_ids="attachment_ids: is not that of an uploaded file")
    file = call.account.uploads[identifier]
    return {
        "file_name": file["name"],
        "content_url": f"{HOST}/side_conversations/files/{identifier}",
        "inline": False,
    } | {name: value for name, value in file.items() if name not in ("name", "attachments")}


def _add_event(call: Call, row: Row, kind: str, **fields: Any) -> Row:
    """An event of the conversation, by the current user."""
    user = call.account.user or {}
    actor = {"user_id": user.get("id"), "name": user.get("name"), "email": user.get("email")}
    known = {"type": kind, "via": "api", "actor": actor, "created_at": _now(call), "updates": {}, "message": None}
    known |= {"ticket_id": row["ticket_id"], "side_conversation_id": row["id"]}
    return call.account.store.create("side_conversation_events", row["id"], **known | fields)


def _create(call: Call, ticket: int, **fields: Any) -> Row:
    now = _now(call)
    times = dict.fromkeys(("created_at", "updated_at", "message_added_at", "state_updated_at"), now)
    known = {"ticket_id": ticket, "state": "open", "participants": [], "external_ids": {}}
    return call.account.store.create("side_conversations", ticket, **known | times | fields)


def _change(call: Call, row: Row, **fields: Any) -> Row:
    return call.account.store.update("side_conversations", row["id"], **{"updated_at": _now(call)} | fields)


def _of_message(message: Row, when: str) -> Row:
    """The fields that a message changes in its conversation."""
    people = [message["from"], *message["to"]]
    return {"participants": people, "preview_text": message["preview_text"], "message_added_at": when}


def _with_event(row: Row, event: Row) -> Reply:
    return ok({"side_conversation": row, "event": event, "updates": {}}, 201)


@serve("create_side_conversation")
def create_side_conversation(call: Call) -> Reply:
    ticket, body = _ticket(call), call.json_body()
    message = _message(call, body.get("message"))
    more = {"subject": message["subject"], "external_ids": body.get("external_ids") or {}}
    row = _create(call, ticket, **more | _of_message(message, _now(call)))
    return _with_event(row, _add_event(call, row, "create", message=message))


@serve("update_side_conversation")
def update_side_conversation(call: Call) -> Reply:
    """Change the state or the subject."""
    _ticket(call)
    row = lists.path_row(call)
    updates = {name: value for name, value in body_object(call).items() if name in CHANGEABLE}
    times = {"state_updated_at": _now(call)} if "state" in updates else {}
    changed = _change(call, row, **updates | times)
    _add_event(call, changed, "update", updates=updates)
    return ok({"side_conversation": changed})


@serve("reply_to_side_conversation")
def reply_to_side_conversation(call: Call) -> Reply:
    _ticket(call)
    message = _message(call, call.json_body().get("message"))
    row = _change(call, lists.path_row(call), **_of_message(message, _now(call)))
    _add_event(call, row, "reply", message=message)
    return ok({"side_conversation": row})


def _import_events(call: Call, row: Row, first: str) -> Reply:
    """Add events with times of their own; the first has another type than the others."""
    given = call.json_body().get("events")
    if not isinstance(given, list) or not given:
        raise errors.record_invalid(events="events is required")
    kinds = [first] + ["reply"] * (len(given) - 1)
    made = [(kind, _message(call, one.get("message")), one) for kind, one in zip(kinds, given, strict=True)]
    events = [
        _add_event(call, row, kind, message=message, created_at=one.get("created_at") or _now(call))
        for kind, message, one in made
    ]
    return _with_event(_change(call, row, **_of_message(made[-1][1], events[-1]["created_at"])), events[0])


@serve("import_side_conversation")
def import_side_conversation(call: Call) -> Reply:
    ticket, fields = _ticket(call), body_object(call)
    known = {name: fields[name] for name in (*CHANGEABLE, "external_ids") if name in fields}
    return _import_events(call, _create(call, ticket, **known), "create")


@serve("import_events")
def import_events(call: Call) -> Reply:
    _ticket(call)
    return _import_events(call, lists.path_row(call), "reply")


@serve("upload_side_conversation_file")
def upload_side_conversation_file(call: Call) -> Reply:
    """Store a file for a later message; the response has no envelope."""
    name, content = parts(call).get("file", (None, b""))
    if not content:
        raise errors.record_invalid(file="file is required")
    identifier = f"s3-{uuid.uuid4()}"
    row = {"id": identifier, "name": name, "size": len(content), "content_type": "image/png", "height": 1, "width": 1}
    call.account.uploads[identifier] = row | {"attachments": []}
    return ok(row, 201)
