"""Sunshine Conversations: lists in cursor pages with names in camel case, and messages from the newest page on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import complete_rows, serve
from integration_tests.emulator.api.replies import Reply, page_body
from integration_tests.emulator.data.clock import iso
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row, Rows
from integration_tests.emulator.data.values import Maker, precise
from integration_tests.emulator.reads import filters, lists

DEFAULT_SIZE, LARGEST = 25, 100
MESSAGES = 100
"""The size of a page of messages, which no parameter changes."""
filters.FILTERS["messaging_integrations.filter[types]"] = filters.same("type")


@fixup("messaging_users")
def user(row: Row, m: Maker) -> None:
    row.update(externalId=f"visitor-{m.index + 1}", signedUpAt=precise(iso(m.created), m.index))
    row["zendeskId"] = str(m.seed_ids.end_user(m.index))


@fixup("messaging_conversations")
def conversation(row: Row, m: Maker) -> None:
    row.update(createdAt=precise(iso(m.created), m.index), lastUpdatedAt=precise(iso(m.updated), m.index))


@fixup("messaging_messages")
def message(row: Row, m: Maker) -> None:
    row["received"] = precise(iso(m.created), m.index)


@fixup("messaging_webhooks")
def webhook(row: Row, m: Maker) -> None:
    row.update(secret=f"webhook-secret-{m.index + 1}", triggers=["conversation:message"])


@serve("messaging_list")
def cursor_list(call: Call) -> Reply:
    """A page of a list, from its first row on or after a row."""
    return _page(call, _rows(call))


@serve("messaging_conversations")
def conversations(call: Call) -> Reply:
    """The conversations of one user, by the id or the own id; there is no list of all."""
    return _page(call, _conversations(call))


def _conversations(call: Call) -> Rows:
    lists.parents(call)
    store, wanted = call.account.store, call.query_value("filter[userId]")
    external = call.query_value("filter[userExternalId]")
    if (wanted is None) == (external is None):
        raise errors.listed(400, "bad_request", "One of userId or userExternalId is required")
    users = [each for each in store.all("messaging_users") if wanted == each["id"] or external == each["externalId"]]
    table = store.table("messaging_conversations")
    return Rows([i for each in users for i in table.by("userId", each["id"])], table.json)


@serve("messaging_webhooks")
def webhooks(call: Call) -> Rows:
    """The webhooks of an integration of own software; channels have none."""
    *_, integration = lists.parents(call)
    if integration["type"] != "custom":
        raise errors.listed(404, "integration_not_found", "Integration not found")
    return _rows(call)


@serve("messaging_messages")
def messages(call: Call) -> Reply:
    """A page of a hundred messages, oldest first: the newest page, or the one before or after a message."""
    rows, before, after = _rows(call), call.query_value("page[before]"), call.query_value("page[after]")
    start = _after(rows, after) if after else max((_after(rows, before) - 1 if before else len(rows.ids)) - MESSAGES, 0)
    end = min(start + MESSAGES, len(rows.ids)) if not before else _after(rows, before) - 1
    ids = rows.ids[start:end]
    meta: Row = {"hasMore": end < len(rows.ids) if after else start > 0}
    return _reply(call, rows, ids, meta, {"before": start > 0, "after": end < len(rows.ids)})


def _rows(call: Call) -> Rows:
    return filters.choose(call, lists.scope(call))


def _page(call: Call, rows: Rows) -> Reply:
    size = call.query_number("page[size]", DEFAULT_SIZE) or 0
    if not 1 <= size <= LARGEST:
        raise errors.listed(400, "bad_request", f"page[size] must be between 1 and {LARGEST}")
    after = call.query_value("page[after]")
    start = _after(rows, after) if after else 0
    end = start + size
    meta: Row = {"hasMore": end < len(rows.ids)}
    return _reply(call, rows, rows.ids[start:end], meta, {"before": start > 0, "after": end < len(rows.ids)})


def _after(rows: Rows, identifier: str) -> int:
    """The place after a row; 400 for an unknown one."""
    if identifier not in rows.ids:
        raise errors.listed(400, "bad_request", "Invalid page parameter")
    return list(rows.ids).index(identifier) + 1


def _reply(call: Call, rows: Rows, ids: Sequence[Any], meta: Row, more: dict[str, bool]) -> Reply:
    """A page with the ids of its first and last rows as cursors, without those that lead nowhere."""
    links: Row = {}
    for side, link, place in (("before", "prev", 0), ("after", "next", -1)):
        if more[side] and ids:
            meta[f"{side}Cursor"] = ids[place]
            query = [*call.query_pairs("page[before]", "page[after]"), (f"page[{side}]", ids[place])]
            links[link] = call.url(query)
    return Reply(body=page_body(call.endpoint.key, [rows.json(i) for i in ids], {"meta": meta, "links": links}))


@complete_rows("messaging_list", "messaging_messages")
def every_row(call: Call) -> list[Row]:
    return _rows(call).dicts()


@complete_rows("messaging_conversations")
def every_conversation(call: Call) -> list[Row]:
    return _conversations(call).dicts()
