"""Writes of agent statuses and capacity rules."""

from __future__ import annotations

from typing import Any

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.products.omnichannel.availability import BUILT_IN
from integration_tests.emulator.reads import lists
from integration_tests.emulator.writes.bulk import per_item, start_job
from integration_tests.emulator.writes.generic import READ_ONLY, bulk_ids

RULE = ("name", "capacities")


def _status(call: Call) -> Row:
    """The status with the id in the body; 422 for an unknown one."""
    identifier: Any = call.json_body().get("id")
    custom = call.account.store.get("agent_statuses", identifier) or {}
    name = BUILT_IN.get(identifier) or custom.get("name")
    if name is None:
        raise errors.record_invalid(id="id: is not a status")
    return {"id": identifier, "name": name}


def _set(call: Call, agent: str, status: Row) -> Row:
    row = lists.find(call, "agent_availabilities", agent)
    known: Row = row["attributes"]
    status = status | {"reason": None, "updated_at": call.account.clock.stamp()}
    attributes = known | {"agent_status": status, "version": known["version"] + 1}
    return call.account.store.update("agent_availabilities", row["id"], attributes=attributes)


@serve("set_agent_status")
def set_agent_status(call: Call) -> Reply:
    """Set the status of the agent in the path, or of the current user."""
    status, agent = _status(call), call.params.get("agent_id") or str((call.account.user or {})["id"])
    _set(call, agent, status)
    attributes = {"agent_id": int(agent), "agent_status": status}
    row = {"id": f"agent_availabilities|{agent}", "type": "agent_availabilities", "attributes": attributes}
    return ok({"data": row})


@serve("job_agent_statuses")
def job_agent_statuses(call: Call) -> Reply:
    """Set the status of several agents in a job."""
    status, ids = _status(call), bulk_ids(call)

    def change(agent: str) -> Row:
        return {"id": _set(call, agent, status)["id"], "success": True}

    return start_job(call, "Bulk Agent Status", per_item(list(ids), change), len(ids))


def _assign(call: Call, rule: Row, agents: Any) -> None:
    """Move agents to a rule, and count them; 422 if they are not a list."""
    if not isinstance(agents, list):
        raise errors.record_invalid(agents="agents is required")
    store = call.account.store
    for agent in agents:
        row = lists.find(call, "capacity_rule_assignees", str(agent))
        store.update("capacity_rule_assignees", row["agent_id"], capacity_rule_id=rule["id"])
    count = len(store.children("capacity_rule_assignees", capacity_rule_id=rule["id"]))
    store.update("capacity_rules", rule["id"], assignees={"count": count}, last_updated_at=call.account.clock.stamp())


@serve("create_capacity_rule")
def create_capacity_rule(call: Call) -> Reply:
    """Create a rule; neither the body nor the response has an envelope."""
    given, now = call.json_body(), call.account.clock.stamp()
    missing = [name for name in RULE if not given.get(name)]
    if missing:
        raise errors.ApiError(400, {"error": f"{missing[0]} is required"})
    fields = {name: value for name, value in given.items() if name != "agent_ids"}
    row = call.account.store.create("capacity_rules", **fields | {"last_updated_at": now})
    _assign(call, row, given.get("agent_ids") or [])
    return ok(call.account.store.get("capacity_rules", row["id"]), 201)


@serve("update_capacity_rule")
def update_capacity_rule(call: Call) -> Reply:
    row, given = lists.path_row(call), call.json_body()
    fields = {name: value for name, value in given.items() if name not in READ_ONLY}
    fields["last_updated_at"] = call.account.clock.stamp()
    return ok(call.account.store.update("capacity_rules", row["id"], **fields))


@serve("assign_agents")
def assign_agents(call: Call) -> Reply:
    _assign(call, lists.path_row(call), call.json_body().get("agents"))
    return ok({})
