"""The export of a custom object's records, which includes deleted ones."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import orjson

from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import complete_rows, serve
from integration_tests.emulator.api.replies import Reply, page_body
from integration_tests.emulator.data.clock import epoch_of
from integration_tests.emulator.data.deletion_effects import TombstoneStore, deletion_effect
from integration_tests.emulator.data.fixups import FIXUPS, fixup
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.values import Maker
from integration_tests.emulator.exports.incremental import LAG, size_of, start_of
from integration_tests.emulator.reads import lists, paging

DELETED = "[DELETED]"
Stamped = tuple[int, str, Row]


def _redacted(row: Row) -> Row:
    fields = dict.fromkeys(row.get("custom_object_fields") or {}, DELETED)
    return row | {"name": DELETED, "external_id": DELETED, "custom_object_fields": fields}


@fixup("custom_object_tombstones")
def tombstone(row: Row, m: Maker) -> None:
    FIXUPS["custom_object_records"](row, m)
    row.update(_redacted(row))


@deletion_effect("custom_object_records")
def leave_tombstone(store: TombstoneStore, row: Row, parent: object) -> None:
    store.put_tombstone("custom_object_tombstones", _redacted(row) | {"updated_at": store.clock.stamp()}, parent)


def _rows_by_time(call: Call) -> list[Stamped]:
    """The object's records and deleted records without photos, sorted by their last change."""
    store, key = call.account.store, call.params["custom_object_key"]
    lists.find(call, "custom_objects", key)
    names = ["custom_object_records"]
    if call.query_value("filter[exclude_deleted]") != "true":
        names.append("custom_object_tombstones")
    rows = [row for name in names for row in store.children(name, custom_object_key=key)]
    newest = int(call.account.clock.epoch()) - LAG
    ordered = sorted((epoch_of(row["updated_at"]), row["id"]) for row in rows)
    known = {row["id"]: {name: value for name, value in row.items() if name != "photo"} for row in rows}
    return [(when, one, known[one]) for when, one in ordered if when <= newest]


@serve("export_records")
def export_records(call: Call) -> Reply:
    """The last page has `meta.has_more: false`; its `meta.after_cursor` returns later changes."""
    made, cursor, size = _rows_by_time(call), call.query_value("cursor"), size_of(call)
    if cursor:
        after = tuple(paging.decode_cursor(cursor, 2))
        begin = bisect_right(made, after, key=lambda one: one[:2])
    else:
        start = start_of(call)
        after, begin = (start, ""), bisect_left(made, start, key=lambda one: one[0])
    part, more = made[begin : begin + size], begin + size < len(made)
    following = paging.encode_cursor(*(part[-1][:2] if part else after))
    next_url = call.url([*call.query_pairs("cursor", "start_time"), ("cursor", following)]) if more else None
    paging_fields = {
        "meta": {"has_more": more, "after_cursor": following, "before_cursor": None},
        "after_url": next_url,
    }
    return Reply(body=page_body("custom_object_records", [orjson.dumps(row) for *_, row in part], paging_fields))


@complete_rows("export_records")
def every_record(call: Call) -> list[Row]:
    call.query.setdefault("start_time", ["0"])
    start = start_of(call)
    return [row for when, _, row in _rows_by_time(call) if when >= start]
