"""Changes of existing comments: make private, and redact. Each adds an audit with an event that names the comment.

https://developer.zendesk.com/documentation/ticketing/reference-guides/ticket-audit-events-reference/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data import history as past
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.reads import lists
from integration_tests.emulator.writes.generic import body_object

BLOT = "▇"


def _rewrite(call: Call, comment_id: str, change: Callable[[Row], None], kind: str = "", **fields: Any) -> Row:
    """Change a comment in its audit, and add an event of this kind; 404 if it does not belong to the ticket."""
    store = call.account.store
    identifier = int(comment_id) if comment_id.isdigit() else 0
    ticket, _ = past.split(identifier)
    named = call.params.get("ticket_id") or str(call.json_body().get("ticket_id", ticket) if call.body else ticket)
    if store.history.comment(identifier) is None or named != str(ticket):
        raise errors.not_found()
    return store.change_comment(identifier, change, kind, **fields)


@serve("make_private")
def make_private(call: Call) -> Reply:
    text = call.params.get("ticket_comment_id")
    if text is None:
        audit = lists.find(call, "audits", call.params["ticket_audit_id"])
        found = [event for event in audit["events"] if event["type"] in past.COMMENTS]
        if not found:
            raise errors.not_found()
        text = str(found[0]["id"])
    _rewrite(call, text, lambda comment: comment.update(public=False), "CommentPrivacyChange", public=False)
    return ok({})


@serve("redact_comment")
def redact_comment(call: Call) -> Reply:
    """Redact the given text, or the text in redact tags."""
    body = call.json_body()
    secret = str(body.get("text") or "")
    if not secret and "<redact>" in str(body.get("html_body")):
        secret = str(body["html_body"]).split("<redact>")[1].split("</redact>")[0]
    if not secret and "external_attachment_urls" not in body:
        raise errors.record_invalid(text="text: cannot be blank")

    def redact(comment: Row) -> None:
        for name in ("body", "html_body", "plain_body"):
            comment[name] = comment[name].replace(secret, BLOT * len(secret)) if secret else comment[name]

    return ok({"comment": _rewrite(call, call.params["ticket_comment_id"], redact, "CommentRedactionEvent")})


@serve("redact_attachment")
def redact_attachment(call: Call) -> Reply:
    """Replace the file by an empty `redacted.txt`."""
    comment = lists.find(call, "comments", call.params["comment_id"])
    files = [file for file in comment["attachments"] if str(file["id"]) == call.params["attachment_id"]]
    if not files:
        raise errors.not_found()
    (redacted,) = files

    def redact(comment: Row) -> None:
        for file in comment["attachments"]:
            if file["id"] == redacted["id"]:
                file.update(file_name="redacted.txt", size=0, content_type="text/plain")
                redacted.update(file)

    _rewrite(call, call.params["comment_id"], redact, "AttachmentRedactionEvent", attachment_id=redacted["id"])
    return ok({"attachment": redacted})


@serve("update_attachment")
def update_attachment(call: Call) -> Reply:
    row = call.account.store.get(
        "attachments", int(call.params["attachment_id"]) if call.params["attachment_id"].isdigit() else 0
    )
    if row is None:
        raise errors.not_found()
    ticket, place = past.split(row["id"])
    change = body_object(call)

    def override(comment: Row) -> None:
        for file in comment["attachments"]:
            file.update(change)

    _rewrite(call, str(past.COMMENT + ticket * past.PER_TICKET + place), override)
    return ok({"attachment": row | change})


@serve("redact_chat")
def redact_chat(call: Call) -> Reply:
    ticket, body = lists.find(call, "tickets", call.params["ticket_id"]), call.json_body()
    if not body.get("chat_id"):
        raise errors.record_invalid(chat_id="chat_id: cannot be blank")
    message = {"chat_index": body.get("chat_index", 0), "type": "ChatMessage", "message": BLOT * 6}
    value = {"chat_id": body["chat_id"], "visitor_id": "visitor", "history": [message]}
    return ok({"chat_event": {"id": ticket["id"], "type": "ChatStartedEvent", "value": value}})
