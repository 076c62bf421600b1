"""The lists of Chat: bare lists, lists by id, and lists with a link to the next page."""

from __future__ import annotations

from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import complete_rows, serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.seeds import key_of

DEFAULT_LIMIT, PAGE = 10, 40
ENVELOPE = "data"


@serve("chat_object")
def chat_object(call: Call) -> Reply:
    """An object, in an envelope if it has one."""
    (row,) = call.account.store.all(call.endpoint.of)
    return ok({ENVELOPE: row} if call.endpoint.key == ENVELOPE else row)


@serve("chat_list")
def chat_list(call: Call) -> Reply:
    """A list without an envelope."""
    return ok(call.account.store.all(call.endpoint.of))


def _rows_by_id(call: Call) -> list[Row]:
    """The rows from the id `since_id` on, sorted by id."""
    name, since = call.endpoint.of, call.query_number("since_id", 0) or 0
    rows = sorted(call.account.store.all(name), key=lambda row: key_of(name, row))
    return [row for row in rows if key_of(name, row) >= since][: call.query_number("limit", DEFAULT_LIMIT)]


@serve("chat_rows_by_id")
def chat_rows_by_id(call: Call) -> Reply:
    rows = _rows_by_id(call)
    return ok({ENVELOPE: rows} if call.endpoint.key == ENVELOPE else rows)


@serve("chat_bans")
def chat_bans(call: Call) -> Reply:
    """Two lists, by what is banned; the limit counts the bans of both."""
    rows = _rows_by_id(call)
    return ok({kind: [row for row in rows if row["type"] == kind] for kind in ("visitor", "ip_address")})


def _page(call: Call, rows: list[Row]) -> Reply:
    begin = int(call.query_value("cursor") or 0)
    end = begin + PAGE
    more = call.url([*call.query_pairs("cursor"), ("cursor", str(end))]) if end < len(rows) else None
    return ok({call.endpoint.key: rows[begin:end], "count": len(rows), "next_url": more, "prev_url": None})


@serve("chat_pages")
def chat_pages(call: Call) -> Reply:
    return _page(call, call.account.store.all(call.endpoint.of))


def _found(call: Call) -> list[Row]:
    """The chats of the type that the query names, in short."""
    query, base = call.query_value("q") or "", "https://acme.zendesk.com/api/v2/chat/chats"
    chats = call.account.store.all(call.endpoint.of)
    return [
        {
            "id": row["id"],
            "type": row["type"],
            "timestamp": row["timestamp"],
            "preview": "",
            "url": f"{base}/{row['id']}",
        }
        for row in chats
        if f"type:{row['type']}" in query or "type:" not in query
    ]


@serve("chat_search")
def chat_search(call: Call) -> Reply:
    return _page(call, _found(call))


@complete_rows("chat_rows_by_id", "chat_bans", "chat_pages")
def every_row(call: Call) -> list[Row]:
    return call.account.store.all(call.endpoint.of)


@complete_rows("chat_search")
def every_result(call: Call) -> list[Row]:
    return _found(call)
