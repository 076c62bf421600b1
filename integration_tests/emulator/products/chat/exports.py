"""The exports of Chat, whose `next_page` is never null."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import complete_rows, serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.rows import Row

LARGEST, GRACE, SECOND = 1000, 300, 1_000_000
TIMES = {
    "chats": "update_timestamp", "chat_agent_timeline": "start_time", "chat_agent_events": "timestamp",
    "chat_conversions": "timestamp", "chat_department_events": "timestamp",
}  # fmt: skip
"""The field by which an export is sorted."""
IN_MICROSECONDS = "chat_agent_timeline"
ALWAYS_WHOLE = "chat_agent_events"
"""The export without resource expansion."""


def microseconds_of(text: str) -> int:
    """The Unix time of a row in microseconds."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    whole = int(moment.replace(microsecond=0, tzinfo=timezone.utc).timestamp())
    return whole * SECOND + moment.microsecond


def position_of(name: str, row: Row) -> tuple[int, str]:
    """The position of a row in its export: its time in microseconds, then its id."""
    return microseconds_of(row[TIMES[name]]), str(row.get("id", ""))


def _start(call: Call) -> int:
    """The requested time in microseconds; 400 if it lies in the last five minutes."""
    text = call.query_value("start_time") or "0"
    try:
        time = int(float(text) * (1 if call.endpoint.of == IN_MICROSECONDS else SECOND))
    except ValueError as error:
        raise errors.bad_parameter("start_time", "must be a Unix epoch time") from error
    if time > (call.account.clock.epoch() - GRACE) * SECOND:
        raise errors.described(400, "BadRequest", "start_time must be more than 5 minutes in the past")
    return time


def _limit(call: Call) -> int:
    limit = call.query_number("limit", LARGEST) or LARGEST
    if not 0 < limit <= LARGEST:
        raise errors.bad_parameter("limit", "must be between 1 and 1000")
    return limit


def _end_time(name: str, row: Row) -> float | int:
    """The time of the last row: seconds, a fraction of them for agent events, microseconds for timespans."""
    time, _ = position_of(name, row)
    if name == IN_MICROSECONDS:
        return time
    return time / SECOND if name == ALWAYS_WHOLE else time // SECOND


def _expanded(call: Call, row: Row) -> Row:
    """The whole row if `fields` requests it, otherwise only what identifies it."""
    if call.endpoint.of == ALWAYS_WHOLE or f"{call.endpoint.key}(*)" in (call.query_value("fields") or ""):
        return row
    return {
        name: row[name]
        for name in ("id", "agent_id", "start_time")
        if name in row and (name == "id" or "id" not in row)
    }


@serve("chat_export")
def chat_export(call: Call) -> Reply:
    """A page from a time on, and from an id on within this time; both are inclusive."""
    name, first, limit = call.endpoint.of, (_start(call), call.query_value("start_id") or ""), _limit(call)
    rows = sorted(call.account.store.all(name), key=lambda row: position_of(name, row))
    page = [row for row in rows if position_of(name, row) >= first][:limit]
    body: Row = {call.endpoint.key: [_expanded(call, row) for row in page], "count": len(page)}
    position: dict[str, Any] = {"start_time": call.query_value("start_time") or "0"}
    if page:
        position = {"start_time": _end_time(name, page[-1])}
        body["end_time"] = position["start_time"]
    if page and "id" in page[-1]:
        position["start_id"] = body["end_id"] = page[-1]["id"]
    pairs = [*call.query_pairs(*position), *((key, str(value)) for key, value in position.items())]
    return ok(body | {"next_page": call.url(pairs)})


@complete_rows("chat_export")
def every_row(call: Call) -> list[Row]:
    return call.account.store.all(call.endpoint.of)
