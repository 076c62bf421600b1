"""Schedules: intervals in minutes since Sunday, and holidays as dates without a time."""

from __future__ import annotations

from integration_tests.emulator.data.clock import iso
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.values import Maker
from integration_tests.emulator.reads import filters

DAY = 86_400
filters.FILTERS.update({
    "schedule_holidays.start_date": lambda _, values: lambda row: row["end_date"] >= values[-1],
    "schedule_holidays.end_date": lambda _, values: lambda row: row["start_date"] <= values[-1],
})  # fmt: skip


@fixup("schedules")
def schedule(row: Row, _: Maker) -> None:
    opens = [day * 1440 + 540 for day in range(1, 6)]
    row["intervals"] = [{"start_time": at, "end_time": at + 480} for at in opens]


@fixup("schedule_holidays")
def holiday(row: Row, m: Maker) -> None:
    row.update(start_date=iso(m.created)[:10], end_date=iso(m.created + m.index % 3 * DAY)[:10])
