"""The incremental exports: by cursor, by time, and those with their own paging rules."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Any

import orjson

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import complete_rows, serve
from integration_tests.emulator.api.replies import Reply, page_body
from integration_tests.emulator.data.clock import epoch_of
from integration_tests.emulator.data.rows import Row, Rows
from integration_tests.emulator.reads import opt_in_fields, paging, sideloads

LARGEST = 1000
LAG = 60
"""Rows of the last minute are not exported yet."""
SAMPLE = 50

Stamps = list[tuple[int, Any]]


def stamps(call: Call, name: str) -> Stamps:
    """Every exported row as (time, id), oldest change first."""
    store = call.account.store
    if name == "tickets":
        made = store.tickets.stamps()
    elif name == "ticket_events":
        made = store.history.order()
    elif name == "ticket_metric_events":
        made = store.history.metric_order()
    else:
        made = call.account.update_times(name)
    newest = int(call.account.clock.epoch()) - LAG
    if not made or made[-1][0] <= newest:
        return made
    return made[: bisect_right(made, newest, key=lambda pair: pair[0])]


def printer(call: Call, name: str) -> Callable[[Any], bytes]:
    history = call.account.store.history
    if name == "ticket_events":
        comments = "comment_events" in call.sideloads()
        return lambda identifier: orjson.dumps(history.event(identifier, comments=comments))
    return call.account.store.table(name).json


def size_of(call: Call) -> int:
    size = call.query_number("per_page", LARGEST) or 0
    if size < 1:
        raise errors.bad_parameter("per_page", "must be positive")
    return min(size, LARGEST)


def time_of(call: Call) -> int:
    """`start_time`; 400 if it is not a time."""
    start = call.query_number("start_time")
    if start is None or start < 0:
        raise errors.bad_parameter("start_time", "is required and must be a Unix time")
    return start


def start_of(call: Call) -> int:
    """`start_time`, old enough to be exported; 400 otherwise."""
    start = time_of(call)
    if start > call.account.clock.epoch() - LAG:
        raise errors.start_time_too_recent()
    return start


def exported_times(call: Call, name: str) -> Stamps:
    """Times and ids of the rows that the query parameters select; by default only tickets of human agents."""
    if "last_audits" in call.query_list("include"):
        raise errors.bad_parameter("include", "last_audits is not supported by incremental exports")
    made = stamps(call, name)
    if name == "ticket_metric_events" and call.query_value("include_changes") != "true":
        events = call.account.store.history
        made = [pair for pair in made if not events.metric_event(pair[1])["deleted"]]
    if name == "tickets" and call.query_value("exclude_deleted") == "true":
        made = [pair for pair in made if not call.account.store.tickets.deleted(pair[1])]
    is_selected = opt_in_fields.ticket_filter(call)
    if is_selected and name in ("tickets", "ticket_events"):
        made = [pair for pair in made if is_selected(_ticket_of(name, pair[1]))]
    return made


def _ticket_of(name: str, identifier: int) -> int:
    return identifier if name == "tickets" else identifier % 10**12 // 10_000


def _with_sideloads(call: Call, name: str, part: Stamps) -> tuple[list[bytes], Row]:
    return sideloads.load(call, Rows([i for _, i in part], printer(call, name)), [i for _, i in part])


@serve("export_cursor")
def by_cursor(call: Call) -> Reply:
    """The last page has `end_of_stream: true`; its cursor returns later changes."""
    name, cursor, size = call.endpoint.of, call.query_value("cursor"), size_of(call)
    if cursor:
        after = tuple(paging.decode_cursor(cursor, 2))
        made = exported_times(call, name)
        begin = bisect_right(made, after)
    else:
        start = start_of(call)
        made = exported_times(call, name)
        begin = bisect_left(made, start, key=lambda pair: pair[0])
        after = (start, 0)
    part = made[begin : begin + size]
    fragments, extra = _with_sideloads(call, name, part)
    next_cursor = paging.encode_cursor(*(part[-1] if part else after))
    more = {
        "after_url": call.url([*call.query_pairs("cursor", "start_time"), ("cursor", next_cursor)]),
        "after_cursor": next_cursor,
        "before_url": None, "before_cursor": None, "end_of_stream": begin + size >= len(made),
    }  # fmt: skip
    return Reply(body=page_body(call.endpoint.key, fragments, {**more, **extra}))


@serve("export_time")
def by_time(call: Call) -> Reply:
    """The last page has `end_of_stream: true`; `next_page` is never null and repeats the last second."""
    return time_page(call, call.endpoint.of, call.endpoint.key, size_of(call))


def time_page(call: Call, name: str, key: str, size: int) -> Reply:
    start = start_of(call)
    made = exported_times(call, name)
    begin = bisect_left(made, start, key=lambda pair: pair[0])
    end = min(begin + size, len(made))
    if call.account.same_second == "whole" and end < len(made):
        end = max(end, bisect_right(made, made[end - 1][0], key=lambda pair: pair[0]))
    part = made[begin:end]
    fragments, extra = _with_sideloads(call, name, part)
    end_time = part[-1][0] if part else start
    following = call.url([*call.query_pairs("start_time"), ("start_time", str(end_time))])
    more = {"count": len(part), "end_of_stream": end >= len(made), "end_time": end_time, "next_page": following}
    return Reply(body=page_body(key, fragments, {**more, **extra}))


@serve("export_metric_events")
def metric_events(call: Call) -> Reply:
    """Cursor pages if the query has `page[size]`, time pages otherwise."""
    if "page[size]" not in call.query and "page[after]" not in call.query:
        return time_page(call, call.endpoint.of, call.endpoint.key, size_of(call))
    start = start_of(call)
    ids = [identifier for when, identifier in exported_times(call, call.endpoint.of) if when >= start]
    return paging.cursor_page(call, Rows(ids, printer(call, call.endpoint.of)))


@serve("export_sample")
def sample(call: Call) -> Reply:
    """Fifty rows of an export."""
    name = call.params["incremental_resource"]
    if name not in ("tickets", "ticket_events", "users", "organizations"):
        raise errors.invalid_endpoint("GET /api/v2/incremental/{incremental_resource}/sample")
    return time_page(call, name, name, min(size_of(call), SAMPLE))


@serve("export_routing")
def routing(call: Call) -> Reply:
    """The last page has `next_page: null`: these exports have a cursor and no `end_of_stream`."""
    name, table = call.endpoint.of, call.account.store.table(call.endpoint.of)
    cursor = call.query_value("cursor")
    begin = int(paging.decode_cursor(cursor, 1)[0]) if cursor else 0
    ids = list(table.ids())[begin : begin + paging.PAGE_SIZE]
    rows = [routing_row(name, table.get(identifier) or {}) for identifier in ids]
    end = begin + len(ids)
    following = None
    if end < len(table.ids()):
        following = call.url([*call.query_pairs("cursor"), ("cursor", paging.encode_cursor(end))])
    end_time = epoch_of(rows[-1]["time"]) if rows else int(call.account.clock.epoch())
    return Reply(body=orjson.dumps({name: rows, "count": len(rows), "end_time": end_time, "next_page": following}))


def routing_row(name: str, row: Row) -> Row:
    """The exported form of a row: the change and its time."""
    if name == "instance_values":
        return row
    made = {"id": row["id"], "name": row["name"], "time": row["created_at"], "type": "create"}
    return made | ({"attribute_id": row["attribute_id"]} if name == "attribute_values" else {})


def _audits(call: Call) -> Rows:
    return Rows(call.account.store.history.newest(), call.account.store.table("audits").json)


@serve("ticket_audits")
def audits(call: Call) -> Reply:
    """Newest first; `before_url` links older audits and is null on the last page."""
    rows = _audits(call)
    if "page[size]" in call.query or "page[after]" in call.query:
        return paging.cursor_page(call, rows)
    return bidirectional_page(call, rows, min(call.query_number("limit", LARGEST) or LARGEST, LARGEST))


def bidirectional_page(call: Call, rows: Rows, size: int) -> Reply:
    """A page of rows sorted newest first, with cursors to older rows (`before`) and newer rows (`after`)."""
    cursor = call.query_value("cursor")
    begin, end = 0, size
    if cursor:
        side, place, identifier = paging.decode_cursor(cursor, 3)
        if place >= len(rows.ids) or rows.ids[place] != identifier:
            place = list(rows.ids).index(identifier) if identifier in rows.ids else 0
        begin, end = (place + 1, place + 1 + size) if side == "before" else (max(place - size, 0), place)
    ids = rows.ids[begin:end]
    before = (
        paging.encode_cursor("before", begin + len(ids) - 1, ids[-1])
        if ids and begin + len(ids) < len(rows.ids)
        else None
    )
    after = paging.encode_cursor("after", begin, ids[0]) if ids and begin > 0 else None
    more: Row = {
        "before_cursor": before, "before_url": _cursor_url(call, before), "after_cursor": after,
        "after_url": _cursor_url(call, after),
    }  # fmt: skip
    if call.endpoint.serve == "revisions":
        more["count"] = len(ids)
    return paging.page_reply(call, rows, ids, more)


def _cursor_url(call: Call, cursor: str | None) -> str | None:
    return call.url([*call.query_pairs("cursor"), ("cursor", cursor)]) if cursor else None


def _revisions(call: Call) -> Rows:
    store, trigger = call.account.store, call.params["trigger_id"]
    if not trigger.isdigit() or store.get("triggers", int(trigger)) is None:
        raise errors.not_found()
    table = store.table("trigger_revisions")
    return Rows(table.by("trigger_id", trigger), table.json).sorted_by("created_at", descending=True)


@serve("revisions")
def revisions(call: Call) -> Reply:
    """A trigger's history, newest first."""
    return bidirectional_page(call, _revisions(call), min(call.query_number("limit", LARGEST) or LARGEST, LARGEST))


@complete_rows("export_cursor", "export_time", "export_metric_events")
def exported(call: Call) -> list[Row]:
    call.query.setdefault("start_time", ["0"])
    return Rows([i for _, i in exported_times(call, call.endpoint.of)], printer(call, call.endpoint.of)).dicts()


@complete_rows("export_routing")
def routed(call: Call) -> list[Row]:
    return [routing_row(call.endpoint.of, row) for row in call.account.store.all(call.endpoint.of)]


@complete_rows("ticket_audits")
def audited(call: Call) -> list[Row]:
    return _audits(call).dicts()


@complete_rows("revisions")
def revised(call: Call) -> list[Row]:
    return _revisions(call).dicts()
