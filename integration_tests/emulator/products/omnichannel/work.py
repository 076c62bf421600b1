"""Engagements, queues, capacity rules and agent skills."""

from __future__ import annotations

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, no_content
from integration_tests.emulator.data.clock import iso
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.values import Maker
from integration_tests.emulator.reads import filters, lists, static_responses
from integration_tests.emulator.writes.bulk import start_job

static_responses.DEFINITIONS["queues"] = {
    "conditions_all": [static_responses.condition("status"), static_responses.condition("priority")],
    "conditions_any": [static_responses.condition("type")],
}
filters.FILTERS.update({
    "engagements.start_time": filters.since("start_time", "engagement_end_time"),
    "engagements.end_time": filters.until("end_time", "engagement_end_time"),
    "engagements.agent_id": filters.same("agent_id"),
    "engagements.channel": filters.same("channel"),
    "engagements.ticket_id": filters.same("ticket_id"),
    "agent_instance_values.filter[agent_ids]": filters.same("agent_id"),
})  # fmt: skip


@fixup("engagements")
def engagement(row: Row, m: Maker) -> None:
    row.update(
        engagement_id=m.id, agent_id=str(m.seed_ids.agent(m.index)), group_id=str(m.seed_ids.id_of("groups", m.index))
    )
    row.update(ticket_id=str(m.seed_ids.id_of("tickets", m.index)), requester_id=m.seed_ids.end_user(m.index))
    row.update(engagement_start_time=iso(m.created), engagement_end_time=iso(m.created + 600))


@fixup("capacity_rule_assignees")
def assignee(row: Row, m: Maker) -> None:
    row.update(agent_id=m.id, capacity_rule_id=m.seed_ids.id_of("capacity_rules", m.index))


@fixup("agent_instance_values")
def instance_value(row: Row, m: Maker) -> None:
    row.update(agent_id=m.seed_ids.agent(m.index), attribute_value_id=m.seed_ids.id_of("attribute_values", m.index))
    row["attribute_id"] = m.seed_ids.id_of("attributes", m.index)


@fixup("queues")
def queue(row: Row, m: Maker) -> None:
    row.update(order=m.index + 1, name=f"Queue {m.index + 1}")


@serve("order_queues")
def order_queues(call: Call) -> Reply:
    """Set the order of the queues to that of the ids in the request."""
    ids = call.json_body().get("queue_ids")
    if not isinstance(ids, list):
        raise errors.record_invalid(queue_ids="queue_ids is required")
    for place, identifier in enumerate(ids, 1):
        call.account.store.update("queues", lists.find(call, "queues", str(identifier))["id"], order=place)
    return no_content()


@serve("job_instance_values")
def job_instance_values(call: Call) -> Reply:
    items = call.json_body().get("job", {}).get("items", [])
    return start_job(call, "Bulk Agent Skills", lambda: [{"success": True, "index": n} for n, _ in enumerate(items)])
