"""Lists in numbered pages with a `total`, and the rows of AutoQA, which continue at `nextCursor`."""

from __future__ import annotations

from typing import Any

from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import complete_rows, serve
from integration_tests.emulator.api.replies import Reply, page_body
from integration_tests.emulator.data.rows import Row, Rows
from integration_tests.emulator.reads import filters, lists, paging

DEFAULT_SIZE, LARGEST = 50, 100
FILTERED_BY = {
    "qa_autoqa_ratings": "updatedAt", "qa_autoqa_reviews": "updatedAt", "qa_csat": "csatAnsweredAt",
    "qa_reviews": "lastUpdatedISO", "qa_disputes": "createdAt", "qa_calibration_sessions": "createdAt",
}  # fmt: skip
"""The time by which `fromDate` and `toDate` filter; the documentation names none."""
for collection, field in FILTERED_BY.items():
    filters.FILTERS[f"{collection}.fromDate"] = filters.since("fromDate", field)
    filters.FILTERS[f"{collection}.toDate"] = filters.until("toDate", field)


@serve("qa_list")
def numbered_list(call: Call) -> Reply:
    """A page of a list; the pages after the last one are empty."""
    rows, size = _rows(call), _size(call)
    number = max(call.query_number("page", 1) or 1, 1)
    pagination = {"page": number, "pageSize": size, "total": len(rows.ids)}
    return _reply(call, rows, rows.ids[(number - 1) * size : number * size], {"pagination": pagination})


@serve("qa_rows")
def cursor_list(call: Call) -> Reply:
    """A page after a cursor; on the last one, `nextCursor` is empty."""
    rows, size, cursor = _rows(call), _size(call), call.query_value("cursor")
    start = paging.decode_cursor(cursor, 1)[0] if cursor else 0
    end = start + size
    following = paging.encode_cursor(end) if end < len(rows.ids) else ""
    pagination = {"page": 1, "pageSize": size, "total": len(rows.ids)}
    return _reply(call, rows, rows.ids[start:end], {"pagination": pagination, "nextCursor": following})


@complete_rows("qa_list", "qa_rows")
def every_row(call: Call) -> list[Row]:
    return _rows(call).dicts()


def _rows(call: Call) -> Rows:
    return filters.choose(call, lists.scope(call))


def _size(call: Call) -> int:
    return min(max(call.query_number("pageSize", DEFAULT_SIZE) or DEFAULT_SIZE, 1), LARGEST)


def _reply(call: Call, rows: Rows, ids: Any, more: Row) -> Reply:
    return Reply(body=page_body(call.endpoint.key, [rows.json(i) for i in ids], more))
