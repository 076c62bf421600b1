"""Pagination: one function per type of paging."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

import orjson

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.replies import Reply, page_body
from integration_tests.emulator.data.rows import Row, Rows
from integration_tests.emulator.reads import sideloads
from integration_tests.emulator.reads.extras import extras

PAGE_SIZE = 100
MAX_PAGE_NUMBER = 100
CURSOR_TTL_SECONDS = 3600
"""Lifetime of a search export's cursor."""
CEILINGS = {"/api/v2/search": 1000, "/api/v2/requests/search": 1000, "/api/v2/users/search": 10_000}


def encode_cursor(*parts: Any) -> str:
    """An opaque cursor."""
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def decode_cursor(text: str, length: int) -> list[Any]:
    """The parts of a cursor; 400 for an invalid one."""
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError) as error:
        raise errors.invalid_cursor() from error
    if not isinstance(parts, list) or len(parts) != length:
        raise errors.invalid_cursor()
    return parts


def paginate(call: Call, rows: Rows) -> Reply:
    """A page of a list, by the endpoint's type of paging and the query parameters."""
    if call.endpoint.pages("cursor") and ("page[size]" in call.query or "cursor only" in call.endpoint.paging):
        return cursor_page(call, rows)
    if any(name in call.query for name in ("page[after]", "page[before]")):
        return cursor_page(call, rows)
    if call.endpoint.pages("offset"):
        return offset_page(call, rows, ceiling=CEILINGS.get(call.endpoint.path))
    return single_page(call, rows)


def page_reply(call: Call, rows: Rows, ids: Sequence[Any], more: Row) -> Reply:
    """A page of rows with their sideloads."""
    fragments, extra = sideloads.load(call, rows, ids)
    return Reply(body=page_body(call.endpoint.key, fragments, {**extra, **extras(call, rows, ids), **more}))


def single_page(call: Call, rows: Rows) -> Reply:
    """All rows on one page."""
    return page_reply(call, rows, list(rows.ids), {})


def _cursor_index(call: Call, rows: Rows, cursor: str) -> int:
    """The index after the cursor's row, also if changes have moved the row."""
    place, identifier, issued = decode_cursor(cursor, 3)
    if call.endpoint.serve == "search_export" and call.account.clock.epoch() - issued > CURSOR_TTL_SECONDS:
        raise errors.invalid_cursor()
    if 0 < place <= len(rows.ids) and rows.ids[place - 1] == identifier:
        return int(place)
    found = list(rows.ids).index(identifier) + 1 if identifier in rows.ids else min(place - 1, len(rows.ids))
    return max(int(found), 0)


def _requested_size(call: Call) -> int:
    size = call.query_number("page[size]", call.query_number("page_size", min(PAGE_SIZE, call.endpoint.largest))) or 0
    largest = call.endpoint.largest
    if not 1 <= size <= largest:
        raise errors.pagination_parameter(f"page[size] must be between 1 and {largest}")
    return size


def cursor_page(call: Call, rows: Rows) -> Reply:
    """The last page has `meta.has_more: false`."""
    size, after, before = _requested_size(call), call.query_value("page[after]"), call.query_value("page[before]")
    if before:
        end = _cursor_index(call, rows, before) - 1
        start = max(end - size, 0)
    else:
        start = _cursor_index(call, rows, after) if after else 0
        end = min(start + size, len(rows.ids))
    ids = rows.ids[start:end]
    meta: Row = {
        "has_more": end < len(rows.ids) if not before else start > 0,
        "after_cursor": None,
        "before_cursor": None,
    }
    if ids:
        issued = int(call.account.clock.epoch())
        meta["after_cursor"] = encode_cursor(end, ids[-1], issued)
        meta["before_cursor"] = encode_cursor(start + 1, ids[0], issued)
    links = {
        "next": _link(call, "after", meta, wanted=end < len(rows.ids)),
        "prev": _link(call, "before", meta, wanted=start > 0),
    }
    more: Row = {"meta": meta} if call.endpoint.key == "links" else {"meta": meta, "links": links}
    if call.endpoint.of == "custom_object_records":
        more["count"] = len(rows.ids)
    return page_reply(call, rows, ids, more)


def _link(call: Call, side: str, meta: Row, *, wanted: bool) -> str | None:
    cursor = meta[f"{side}_cursor"]
    if not wanted or cursor is None:
        return None
    return call.url([*call.query_pairs("page[after]", "page[before]"), (f"page[{side}]", cursor)])


def offset_page(call: Call, rows: Rows, *, ceiling: int | None = None) -> Reply:
    """The last page has `next_page: null`; an error beyond page 100 and beyond a search's result limit."""
    number = call.query_number("page", 1) or 0
    largest = min(call.endpoint.largest, PAGE_SIZE)
    size = min(call.query_number("per_page", largest) or 0, largest)
    if number < 1 or size < 1:
        raise errors.pagination_parameter("page and per_page must be positive")
    if ceiling is not None and (number - 1) * size >= ceiling:
        raise errors.search_window()
    if number > MAX_PAGE_NUMBER:
        raise errors.pagination_depth()
    whole = call.endpoint.of == "ticket_fields" and "page" not in call.query and "per_page" not in call.query
    start, end = (0, len(rows.ids)) if whole else ((number - 1) * size, number * size)
    available = len(rows.ids) if ceiling is None else min(len(rows.ids), ceiling)
    next_number = number + 1 if end < available else None
    more = {"count": len(rows.ids), "next_page": _page(call, next_number), "previous_page": _page(call, number - 1)}
    return page_reply(call, rows, rows.ids[start:end], more)


def _page(call: Call, number: int | None) -> str | None:
    return call.url([*call.query_pairs("page"), ("page", str(number))]) if number else None
