"""The log of a messaging ticket, and the ticket of a conversation."""

from __future__ import annotations

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.clock import epoch_of, iso
from integration_tests.emulator.data.rows import Row, Rows, listing
from integration_tests.emulator.data.values import precise
from integration_tests.emulator.reads import lists

CHANNEL = "native_messaging"
PREFIX = "66f0"


def conversation_of(ticket: int) -> str:
    return f"{PREFIX}{ticket:020x}"


@serve("messaging_ticket")
def messaging_ticket(call: Call) -> Reply:
    text = call.params["conversation_id"]
    try:
        number = int(text.removeprefix(PREFIX), 16)
    except ValueError as error:
        raise errors.not_found() from error
    ticket = lists.find(call, "tickets", str(number))
    if ticket["via"]["channel"] != CHANNEL or conversation_of(number) != text:
        raise errors.not_found()
    return ok({"ticket": ticket})


@serve("conversation_log")
def conversation_log(call: Call) -> Rows:
    """The events of a conversation, oldest first by default; empty for tickets of other channels."""
    ticket = lists.find(call, "tickets", call.params["ticket_id"])
    if ticket["via"]["channel"] != CHANNEL:
        return listing([])
    length = call.account.store.seed_ids.rows if ticket["id"] == 1 else 1 + ticket["id"] % 4
    rows = [_event(call, ticket, place) for place in range(length)]
    return listing(reversed(rows) if (call.query_value("sort") or "").startswith("-") else rows)


def _event(call: Call, ticket: Row, place: int) -> Row:
    is_message = place > 0
    author = {"type": "user" if place % 2 else "agent"}
    author["zen:sunco:user_id"] = call.account.store.seed_ids.id_of("messaging_users", ticket["id"] // 8 + place)
    author["zen:support:user_id"] = ticket["requester_id"] if place % 2 else ticket["submitter_id"]
    return {
        "id": f"{conversation_of(ticket['id'])}-{place}", "type": "Messages" if is_message else "ConversationCreated",
        "created_at": precise(iso(epoch_of(ticket["created_at"]) + place), place), "author": author,
        "content": {"type": "text", "text": f"Message {place}"} if is_message else {}, "attachments": [],
        "metadata": {"origin": {"source_type": CHANNEL}}, "reference": f"zen:ticket:{ticket['id']}",
    }  # fmt: skip
