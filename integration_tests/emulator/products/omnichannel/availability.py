"""Agent availability in JSON:API format, with sideloaded channels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import complete_rows, page_extras, serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row, Rows
from integration_tests.emulator.data.values import HOST, Maker
from integration_tests.emulator.reads import filters, lists

CHANNELS = ("messaging", "support", "talk")
FIRST_PAGE = 3
"""The work items that a channel includes, as in the documentation's example."""
BUILT_IN = {2: "Offline", 3: "Online", 4: "Away", 5: "Transfers only"}


def _status(row: Row) -> Row:
    status: Row = row["attributes"]["agent_status"]
    return status


def _on_channel(_: Call, values: list[str]) -> filters.Test:
    """A filter such as `messaging:online`."""
    _channel, _sign, state = values[-1].partition(":")
    return lambda row: bool(_status(row)["name"].lower() == state)


def _has(name: str) -> filters.Filter:
    def make(_: Call, values: list[str]) -> filters.Test:
        wanted = {one for text in values for one in text.split(",")}
        return lambda row: bool(wanted.intersection(str(_id(one)) for one in row["attributes"][name]))

    return make


def _id(one: Any) -> Any:
    return one["id"] if isinstance(one, dict) else one


filters.FILTERS.update({
    "agent_availabilities.filter[channel_status]": _on_channel,
    "agent_availabilities.filter[agent_status_id]": lambda _, v: lambda row: str(_status(row)["id"]) == v[-1],
    "agent_availabilities.filter[group_ids]": _has("group_ids"),
    "agent_availabilities.filter[skill_ids]": _has("skills"),
})  # fmt: skip


@fixup("agent_availabilities")
def availability(row: Row, m: Maker) -> None:
    number = tuple(BUILT_IN)[m.index % 4]
    status = {"id": number, "name": BUILT_IN[number], "reason": None, "updated_at": m.value("updated_at", "time")}
    row.update(type="agent_availabilities", links={"self": f"{HOST}/api/v2/agent_availabilities/{m.id}"})
    groups = [m.seed_ids.id_of("groups", m.index)]
    row["attributes"] = {"agent_id": int(m.id), "agent_status": status, "group_ids": groups, "version": m.index}
    row["attributes"]["skills"] = [{"id": m.seed_ids.id_of("attribute_values", m.index)}]
    row["relationships"] = {"channels": {"data": [{"id": f"{m.id}:{name}", "type": "channels"} for name in CHANNELS]}}


@fixup("agent_work_items")
def work_item(row: Row, _: Maker) -> None:
    row["type"] = "work_items"


@page_extras("agent_availabilities")
def included(call: Call, rows: Rows, ids: Sequence[Any]) -> Row:
    """The channels of the agents, and the first page of the work items of each channel."""
    found: list[Row] = []
    for row in rows.dicts(ids):
        for name in CHANNELS:
            items = _work_items(call, row["id"], name).dicts()
            found += [_channel(row, name, items), *items[:FIRST_PAGE]]
    return {"included": found}


def _channel(row: Row, name: str, items: list[Row]) -> Row:
    path = f"{HOST}/api/v2/agent_availabilities/{row['id']}/channels/{name}/relationships/work_items"
    has_more = len(items) > FIRST_PAGE
    relationship = {
        "data": [{"id": item["id"], "type": item["type"]} for item in items[:FIRST_PAGE]],
        "links": {"next": f"{path}?page%5Bafter%5D={FIRST_PAGE}" if has_more else None},
        "meta": {"has_more": has_more},
    }
    state = "online" if _status(row)["name"] == "Online" else "offline"
    attributes = {"name": name, "status": state, "work_item_count": len(items)}
    return {
        "id": f"{row['id']}:{name}",
        "type": "channels",
        "attributes": attributes,
        "relationships": {"work_items": relationship},
    }


@serve("work_items")
def work_items(call: Call) -> Rows:
    """The work items of an agent on one channel."""
    (agent,) = lists.parents(call)
    if call.params["channel"] not in CHANNELS:
        raise errors.not_found()
    return _work_items(call, agent["id"], call.params["channel"])


def _work_items(call: Call, agent: Any, channel: str) -> Rows:
    """Every fifth work item is on `support`, the others on `messaging`; none is on `talk`."""
    table = call.account.store.table("agent_work_items")
    place = CHANNELS.index(channel)
    return Rows([i for n, i in enumerate(table.by("agent_id", agent)) if min(n % 5, 1) == 1 - place], table.json)


@serve("agent_statuses")
def agent_statuses(call: Call) -> Reply:
    return ok({"default_statuses": _built_in(), "custom_statuses": call.account.store.all("agent_statuses")})


def _built_in() -> list[Row]:
    made: Row = {"description": None, "channels": {}, "group_ids": [], "updated_at": None}
    return [{"id": number, "name": name} | made for number, name in BUILT_IN.items()]


@complete_rows("agent_statuses")
def every_agent_status(call: Call) -> list[Row]:
    return [*_built_in(), *call.account.store.all("agent_statuses")]


@serve("agent_status_job")
def agent_status_job(call: Call) -> Reply:
    """The status of a job without an envelope; an unknown job has ended."""
    job = call.account.jobs.poll(call.params["job_id"])
    return ok(job.row(call.base + call.path) if job else {"id": call.params["job_id"], "status": "completed"})


@serve("group_availability")
def group_availability(call: Call) -> Reply:
    """The availability of one group, without an envelope."""
    group = lists.find(call, "groups", call.params["group_id"])
    return ok(call.account.store.all("group_availability")[0] | {"group_id": group["id"]})
