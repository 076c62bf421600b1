"""The lists of Zendesk WFM: activities by their start, numbered pages of time off, reports with a link, teams."""

from __future__ import annotations

from typing import Any

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import complete_rows, serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.clock import iso
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.values import Maker
from integration_tests.emulator.reads import lists

ACTIVITIES, REPORT_ROWS, DEFAULT_SIZE, LARGEST = 1000, 10, 25, 50
DELETED_ONLY = True
"""Whether `deleted=true` returns the deleted teams alone, or all teams: both are possible."""


@fixup("wfm_activities")
def activity(row: Row, m: Maker) -> None:
    row.update(id=m.id, startTime=m.created, endTime=m.created + 600, duration=600)
    row.update(agentId=m.seed_ids.id_of("wfm_agents", m.index))
    row.update(activityTypeIds=[m.seed_ids.id_of("wfm_activity_types", m.index // 2)])


@fixup("wfm_teams")
def wfm_team(row: Row, m: Maker) -> None:
    is_deleted = m.index % 4 == 3
    row.update(is_deleted=is_deleted, deleted_at=iso(m.updated) if is_deleted else None)


@fixup("wfm_report_rows")
def report_row(row: Row, m: Maker) -> None:
    row["groupings"] = [{"key": "agent", "value": str(m.index)}]


@fixup("wfm_time_off")
def time_off(row: Row, m: Maker) -> None:
    row.update(timeOffRequestId=m.id, createdAt=m.created, startTime=m.created, endTime=m.created + 86_400)
    for change in row["statusHistory"]:
        change["createdAt"] = iso(m.created)


@serve("wfm_activities")
def activities(call: Call) -> Reply:
    """The activities that start at or after a time."""
    start = call.query_number("startTime", None)
    if start is None:
        raise errors.bad_parameter("startTime", "is required")
    rows = sorted(call.account.store.all("wfm_activities"), key=lambda row: (row["startTime"], row["id"]))
    page = [row for row in rows if row["startTime"] >= start][:ACTIVITIES]
    types = {type_id for row in page for type_id in row["activityTypeIds"]}
    relationships = {
        "agent": _rows_with(call, "wfm_agents", {row["agentId"] for row in page}),
        "activityType": _rows_with(call, "wfm_activity_types", types),
    }
    return ok({"data": page, "relationships": relationships, "metadata": {"next": None}})


def _rows_with(call: Call, collection: str, ids: set[Any]) -> list[Row]:
    return [row for row in call.account.store.all(collection) if row["id"] in ids]


@serve("wfm_report")
def report(call: Call) -> Reply:
    """Rows of a report, with a link to the next page."""
    begin = ((call.query_number("page", 1) or 1) - 1) * REPORT_ROWS
    end = begin + REPORT_ROWS
    rows = call.account.store.all("wfm_report_rows")
    following = [*call.query_pairs("page"), ("page", str(end // REPORT_ROWS + 1))]
    bare = [{name: row[name] for name in ("groupings", "metrics")} for row in rows[begin:end]]
    return ok({"data": bare, "metadata": {"next": call.url(following) if end < len(rows) else None}})


@complete_rows("wfm_report")
def report_rows(call: Call) -> list[Row]:
    rows = call.account.store.all("wfm_report_rows")
    return [{name: row[name] for name in ("groupings", "metrics")} for row in rows]


@serve("wfm_time_off")
def time_off_page(call: Call) -> Reply:
    """A numbered page; nothing marks the last one."""
    size = min(max(call.query_number("perPage", DEFAULT_SIZE) or DEFAULT_SIZE, 1), LARGEST)
    begin = ((call.query_number("page", 1) or 1) - 1) * size
    return ok({"data": call.account.store.all("wfm_time_off")[begin : begin + size]})


@serve("wfm_teams")
def teams(call: Call) -> Reply:
    """The teams that are not deleted; with `deleted=true`, the deleted ones."""
    wants_deleted = call.query_value("deleted") == "true"
    rows = call.account.store.all("wfm_teams")
    is_complete = wants_deleted and not DELETED_ONLY
    return ok({"teams": [row for row in rows if is_complete or row["is_deleted"] is wants_deleted]})


@complete_rows("wfm_activities", "wfm_teams", "wfm_time_off")
def every_row(call: Call) -> list[Row]:
    return call.account.store.all(call.endpoint.of)


@serve("wfm_team")
def team(call: Call) -> Reply:
    """A team, without an envelope."""
    return ok(lists.path_row(call))
