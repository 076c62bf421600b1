"""Writes of schedules and their holidays."""

from __future__ import annotations

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.reads import lists
from integration_tests.emulator.writes.generic import REQUIRED, body_object

REQUIRED.update({"schedule": ("name", "time_zone"), "holiday": ("name", "start_date", "end_date")})


@serve("update_workweek")
def update_workweek(call: Call) -> Reply:
    """Replace the intervals of a schedule."""
    row, intervals = lists.path_row(call), body_object(call).get("intervals")
    if not isinstance(intervals, list):
        raise errors.record_invalid(intervals="intervals is required")
    call.account.store.update("schedules", row["id"], intervals=intervals)
    return ok({"workweek": {"intervals": intervals}})
