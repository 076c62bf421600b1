"""Side conversations by ticket, which some tickets refuse, and the list of all their events."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import complete_rows, serve
from integration_tests.emulator.api.replies import Reply, page_body
from integration_tests.emulator.data import files
from integration_tests.emulator.data.clock import epoch_of
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.links import Store, link
from integration_tests.emulator.data.rows import Row, Rows
from integration_tests.emulator.data.values import HOST, Maker
from integration_tests.emulator.reads import lists, sideloads

PAGE = 100
REFUSED_EVERY = 20


def is_refused(ticket: int) -> bool:
    """Whether the ticket's side conversations are refused by an empty 403."""
    return ticket % REFUSED_EVERY == 9


@fixup("side_conversations")
def conversation(row: Row, m: Maker) -> None:
    child = str(m.seed_ids.id_of("tickets", m.index + 1))
    row.update(external_ids={"targetTicketId": child} if m.index % 4 == 3 else {}, ticket_id=m.parent)


@fixup("side_conversation_events")
def event(row: Row, m: Maker) -> None:
    kind = ("create", "reply", "update")[m.index % 3]
    row.update(type=kind, via="api", ticket_id=m.seed_ids.parent_of("side_conversations", m.parent))
    person = {"user_id": m.seed_ids.agent(m.index), "name": m.person(), "email": f"person{m.index}@example.com"}
    row.update(actor=person, updates={"state": "closed"} if kind == "update" else {})
    message = row["message"] | {"from": person, "to": [person], "external_ids": {}, "attachments": list(_files(m))}
    row["message"] = None if kind == "update" else message


def _files(m: Maker) -> Iterator[Row]:
    """Up to two files of a message."""
    for number in range(m.index % 4 % 3):
        name = f"s3-{m.id}-{number}"
        file = {"id": name, "content_url": f"{HOST}/side_conversations/files/{name}", "inline": number > 0}
        files.describe(file, m, "file_name")
        yield file | {"width": 406, "height": None}


@link("side_conversations")
def of_its_events(store: Store, row: Row, _: Any) -> None:
    """Copy the times of the first and the last event."""
    times = sorted(
        one["created_at"] for one in store.children("side_conversation_events", side_conversation_id=row["id"])
    )
    if times:
        row.update(created_at=times[0], updated_at=times[-1], message_added_at=times[-1], state_updated_at=times[0])


def _open(call: Call, rows: Rows) -> Rows:
    if is_refused(int(call.params["ticket_id"])):
        raise errors.ApiError(403, "")
    return rows


def _events(call: Call, rows: list[Row]) -> list[Row]:
    store = call.account.store
    return [e for row in rows for e in store.children("side_conversation_events", side_conversation_id=row["id"])]


def _conversations(call: Call, rows: list[Row]) -> list[Row]:
    ids = dict.fromkeys(row["side_conversation_id"] for row in rows)
    return [call.account.store.get("side_conversations", i) or {} for i in ids]


lists.WHERE["open_side_conversations"] = _open
sideloads.TOP_LEVEL.update(events=_events, side_conversation_events=_events, side_conversations=_conversations)


@serve("show_side_conversation")
def show_side_conversation(call: Call) -> Reply:
    _open(call, Rows([], lambda _: b""))
    return lists.show_reply(call, lists.path_row(call))


def _order(call: Call) -> list[tuple[int, str]]:
    """All events as (second, id), oldest first."""
    return sorted(
        (epoch_of(row["created_at"]), row["id"]) for row in call.account.store.all("side_conversation_events")
    )


@serve("side_conversation_events")
def side_conversation_events(call: Call) -> Reply:
    """The last page has `next_page: null`; a page repeats the last second of the previous one."""
    start, made = call.query_number("start_time", 0) or 0, _order(call)
    begin = bisect_left(made, start, key=lambda pair: pair[0])
    end = min(begin + PAGE, len(made))
    if end < len(made):
        end = bisect_right(made, made[end - 1][0], key=lambda pair: pair[0])
    last = end >= len(made)
    end_time = int(call.account.clock.epoch()) if last else made[end - 1][0]
    following = None if last else call.url([("start_time", str(end_time))])
    table = call.account.store.table("side_conversation_events")
    rows = [table.json(i) for _, i in made[begin:end]]
    return Reply(body=page_body("events", rows, {"count": len(rows), "end_time": end_time, "next_page": following}))


@complete_rows("side_conversation_events")
def every_event(call: Call) -> list[Row]:
    start, table = call.query_number("start_time", 0) or 0, call.account.store.table("side_conversation_events")
    return Rows([i for when, i in _order(call) if when >= start], table.json).dicts()
