"""Lists of Sell: numbered pages, each row in an envelope, and errors of its own form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import complete_rows, serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row, Rows
from integration_tests.emulator.data.values import Maker
from integration_tests.emulator.reads import lists, paging

PAGE_SIZE, LARGEST = 25, 100
LAST_PAGE_OF_CONVERSIONS = 50


def refusal(status: int, code: str, details: str, field: str = "") -> errors.ApiError:
    """An error in the envelope of Sell."""
    error = {"code": code, "message": code.replace("_", " "), "details": details}
    error |= {"field": field} if field else {}
    return errors.ApiError(
        status, {"errors": [{"error": error, "meta": {"type": "error"}}], "meta": {"type": "errors"}}
    )


def check_user_agent(call: Call) -> None:
    """400 for a request without the header `User-Agent`."""
    if call.headers and not call.headers.get("user-agent"):
        raise refusal(400, "invalid_header", "User-Agent is missing: invalid_user_agent")


def _number(call: Call, name: str, default: int, largest: int) -> int:
    value = call.query_number(name, default) or 0
    if not 1 <= value <= largest:
        raise refusal(400, "invalid_param", f"{name} must be between 1 and {largest}", name)
    return value


def _rows(call: Call) -> Rows:
    """The rows of a list, filtered by `ids` and sorted."""
    rows = lists.scope(call)
    if ids := call.query_list("ids"):
        rows = rows.where(lambda row: str(row["id"]) in ids)
    by, _, direction = (call.query_value("sort_by") or "").partition(":")
    shown = rows.dicts(rows.ids[:1])
    if by and shown and by not in shown[0]:
        raise refusal(400, "invalid_param", f"sort_by: {by} is no field", "sort_by")
    return rows.sorted_by(by, descending=direction == "desc") if by else rows


def envelope(rows: Rows, ids: Sequence[Any], meta: Row) -> Reply:
    """A page: each row with its type, and `count`, the number of rows on the page."""
    items = b",".join(b'{"data":%b,"meta":{"version":1}}' % rows.json(i) for i in ids)
    about = orjson.dumps({"type": "collection", "count": len(ids)} | meta)
    return Reply(body=b'{"items":[%b],"meta":%b}' % (items, about))


@serve("sell_list")
def page_of_rows(call: Call) -> Reply:
    """A page by its number; nothing marks the last one."""
    check_user_agent(call)
    rows, size = _rows(call), _number(call, "per_page", PAGE_SIZE, LARGEST)
    start = (_number(call, "page", 1, 1 << 30) - 1) * size
    return envelope(rows, rows.ids[start : start + size], {"links": {"self": call.url(call.query_pairs())}})


@complete_rows("sell_list", "sell_custom_fields")
def every_row(call: Call) -> list[Row]:
    return _rows(call).dicts()


@serve("sell_custom_fields")
def custom_fields(call: Call) -> Reply:
    """All fields of an object."""
    check_user_agent(call)
    rows = _rows(call)
    return envelope(rows, rows.ids, {})


def _conversions(call: Call) -> Rows:
    return lists.scope(call).sorted_by("id", descending=True)


@serve("sell_conversions")
def conversions(call: Call) -> Reply:
    """Newest first; `next_page` has a cursor, which is the only way beyond page 50."""
    check_user_agent(call)
    rows, size = _conversions(call), _number(call, "per_page", PAGE_SIZE, 2 * LARGEST)
    start = (_number(call, "page", 1, LAST_PAGE_OF_CONVERSIONS) - 1) * size
    if cursor := call.query_value("cursor"):
        (last,) = paging.decode_cursor(cursor, 1)
        start = next((n for n, i in enumerate(rows.ids) if i < last), len(rows.ids))
    ids = rows.ids[start : start + size]
    links = {"self": call.url(call.query_pairs())}
    if start + size < len(rows.ids):
        following = [*call.query_pairs("page", "cursor"), ("cursor", paging.encode_cursor(ids[-1]))]
        links["next_page"] = call.url(following)
    return envelope(rows, ids, {"links": links})


@complete_rows("sell_conversions")
def every_conversion(call: Call) -> list[Row]:
    return _conversions(call).dicts()


def _documents(call: Call) -> Rows:
    types, ids = call.query_list("resource_type"), call.query_list("resource_id")
    return lists.scope(call).where(lambda row: row["resource_type"] in types and str(row["resource_id"]) in ids)


@serve("sell_documents")
def documents(call: Call) -> Reply:
    """The documents of these objects; the address of each is valid for 90 minutes."""
    check_user_agent(call)
    rows, size = _documents(call), _number(call, "per_page", PAGE_SIZE, LARGEST)
    start = (_number(call, "page", 1, 1 << 30) - 1) * size
    return envelope(rows, rows.ids[start : start + size], {})


@complete_rows("sell_documents")
def every_document(call: Call) -> list[Row]:
    return _documents(call).dicts()


@serve("sell_account")
def account(call: Call) -> Reply:
    check_user_agent(call)
    (row,) = call.account.store.all("sell_account")
    return ok({"data": row, "meta": {"type": "account"}})


@complete_rows("sell_account")
def account_rows(call: Call) -> list[Row]:
    return call.account.store.all("sell_account")


@fixup("sell_documents")
def document(row: Row, m: Maker) -> None:
    collection = ("sell_contacts", "sell_deals", "sell_leads")[m.index % 3]
    owner = m.seed_ids.id_of(collection, m.index // 6)
    row.update(resource_type=collection.removeprefix("sell_").removesuffix("s"), resource_id=owner)


@fixup("sell_associated_contacts")
def associated_contact(row: Row, m: Maker) -> None:
    contact = m.seed_ids.id_of("sell_contacts", m.index)
    row.update(deal_id=m.parent, contact_id=contact, role=("primary", "involved")[m.index % 2])


@fixup("sell_line_items")
def line_item(row: Row, m: Maker) -> None:
    row.update(order_id=m.parent, price="12.50", value="25.00", quantity=2)


@fixup("sell_deals")
def deal(row: Row, m: Maker) -> None:
    row.update(value=m.index * 10 if m.index % 2 else f"{m.index}.50", custom_fields={"Region": "EMEA"})


@fixup("sell_leads", "sell_contacts")
def person(row: Row, m: Maker) -> None:
    row.update(email=f"person{m.index + 1}@example.com", custom_fields={"Region": "EMEA"} if m.index % 2 else {})
