"""Shifts of Zendesk WFM: numbered pages of the shifts between two dates, which are in the body of a POST."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import complete_rows, serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.clock import epoch_of
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.values import Maker

PAGE, UTC_OFFSET, LAST_DATE_INCLUDED = 1000, 0, True
"""The rows of a page, and how Zendesk may read dates: it documents no time zone, and not whether it includes the last.

The time zone is the account's distance from UTC in hours.
"""
DAY, HOUR = 86_400, 3600
NAMES = frozenset({"startDate", "endDate", "orderBy", "published", "agentIds", "page", "pageSize"})
COLUMNS = {"agentName": "agentId", "startTime": "startTime"}


@fixup("wfm_shifts")
def shift(row: Row, m: Maker) -> None:
    row.update(id=m.id, startTime=m.created, endTime=m.created + 8 * HOUR, published=m.index % 3 > 0)
    row.update(agentId=m.seed_ids.agent(m.index % 3), parentId=None)


@serve("wfm_shifts")
def shifts(call: Call) -> Reply:
    """A page of the shifts between two dates; `total` is the number of pages."""
    body = call.json_body()
    rows, size, page = _rows(call, body), body.get("pageSize", PAGE), body.get("page", 1)
    metadata = {"currentPage": page, "total": -(-len(rows) // size)}
    return ok({"data": rows[(page - 1) * size : page * size], "metadata": metadata})


@complete_rows("wfm_shifts")
def every_shift(call: Call) -> list[Row]:
    return call.account.store.all("wfm_shifts")


def _rows(call: Call, body: Row) -> list[Row]:
    if unknown := body.keys() - NAMES:
        raise _invalid(min(unknown), "is not a field of this request")
    begin, end = _window(body)
    column, is_descending = _order(body)
    found = [row for row in call.account.store.all("wfm_shifts") if begin <= row["startTime"] < end]
    if "published" in body:
        found = [row for row in found if row["published"] is bool(body["published"])]
    if "agentIds" in body:
        found = [row for row in found if row["agentId"] in body["agentIds"]]
    return sorted(found, key=lambda row: (row[column], row["id"]), reverse=is_descending)


def _window(body: Row) -> tuple[int, int]:
    """The epoch seconds between which the shifts start."""
    first, last = (_date(body, name) for name in ("startDate", "endDate"))
    if last < first:
        raise _invalid("endDate", "must be a date after or equal to startDate")
    if last > _a_month_after(first):
        raise _invalid("endDate", "must be at most one month after startDate")
    begin, end = (epoch_of(day.isoformat()) - UTC_OFFSET * HOUR for day in (first, last))
    return begin, end + DAY * LAST_DATE_INCLUDED


def _date(body: Row, name: str) -> date:
    try:
        return date.fromisoformat(body[name])
    except (KeyError, TypeError, ValueError) as error:
        raise _invalid(name, "must be a date in the format Y-m-d") from error


def _a_month_after(day: date) -> date:
    year, month = day.year + day.month // 12, day.month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _order(body: Row) -> tuple[str, bool]:
    """The field by which the shifts are sorted, and whether the last comes first."""
    order: Any = body.get("orderBy")
    if (
        not isinstance(order, dict)
        or order.get("column") not in COLUMNS
        or order.get("direction") not in ("asc", "desc")
    ):
        raise _invalid("orderBy", "column and direction are required")
    return COLUMNS[order["column"]], order["direction"] == "desc"


def _invalid(name: str, problem: str) -> errors.ApiError:
    return errors.described(422, "UnprocessableEntity", f"{name}: {problem}")
