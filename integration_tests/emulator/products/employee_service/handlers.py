"""Approval requests, with their own cursor fields and without `meta`; task lists of tickets."""

from __future__ import annotations

from typing import Any

from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import complete_rows, serve
from integration_tests.emulator.api.replies import Reply, created, ok, page_body
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.links import Store, link
from integration_tests.emulator.data.rows import Row, Rows
from integration_tests.emulator.data.values import Maker
from integration_tests.emulator.reads import filters, lists, paging
from integration_tests.emulator.writes.generic import body_object, require

filters.FILTERS.update({
    "approval_requests.filter[status]": filters.same("status"), "approval_requests.status": filters.same("status"),
    "approval_requests.filter[assignee_user_id]": filters.same("assignee_user_id"),
    "approval_requests.filter[assignee_group_id]": filters.same("assignee_group_id"),
})  # fmt: skip
LISTED_FIELDS = {
    "assignee_group", "assignee_group_id", "assignee_user_id", "clarification_flow_messages", "created_by_id",
    "origination_type", "ticket_id",
}  # fmt: skip
"""The fields of the account's list, which the endpoints of a workflow do not return."""


@fixup("approval_requests")
def approval(row: Row, m: Maker) -> None:
    user, group = m.seed_ids.agent(m.index), m.seed_ids.id_of("groups", m.index)
    row.update(assignee_user_id=user, assignee_user={"id": user, "name": m.person()})
    row.update(assignee_group_id=group, assignee_group={"id": group, "name": "Group"})
    row.update(created_by_id=user, created_by_user={"id": user, "name": m.person(), "photo": None})
    row.update(ticket_id=m.seed_ids.id_of("tickets", m.index), decisions=row["decisions"] or [])


@fixup("ticket_task_lists")
def task_list(row: Row, m: Maker) -> None:
    row.update(ticket_id=str(m.parent), task_list_template_id=m.seed_ids.id_of("task_list_templates", m.index))


@fixup("task_list_templates")
def template(row: Row, m: Maker) -> None:
    """A template, whose response does not contain its tasks."""
    row.update(is_active=m.index % 5 != 4)


@link("ticket_task_lists")
def count_items(store: Store, row: Row, _: Any) -> None:
    row["task_count"] = len(store.children("task_items", task_list_id=row["id"]))


@link("task_list_templates")
def count_tasks(store: Store, row: Row, _: Any) -> None:
    row["task_count"] = len(store.children("task_list_template_tasks", task_list_template_id=row["id"]))


def _rows(call: Call) -> Rows:
    table = call.account.store.table("approval_requests")
    return filters.choose(call, Rows(table.ids(), table.json))


@serve("approval_requests")
def approval_requests(call: Call) -> Reply:
    """The last page has `after_cursor: null`."""
    rows, after, before = _rows(call), call.query_value("after_cursor"), call.query_value("before_cursor")
    begin = paging.decode_cursor(after, 1)[0] if after else 0
    if before:
        begin = max(paging.decode_cursor(before, 1)[0] - paging.PAGE_SIZE, 0)
    end = begin + paging.PAGE_SIZE
    ids = rows.ids[begin:end]
    more: Row = {
        "after_cursor": paging.encode_cursor(end) if end < len(rows.ids) else None,
        "before_cursor": paging.encode_cursor(begin) if begin else None,
    }
    for side in ("after", "before"):
        cursor = more[f"{side}_cursor"]
        pairs = [*call.query_pairs("after_cursor", "before_cursor"), (f"{side}_cursor", cursor)]
        more[f"{side}_url"] = call.url(pairs) if cursor else None
    return Reply(body=page_body("approval_requests", [rows.json(i) for i in ids], more))


@complete_rows("approval_requests")
def every_approval_request(call: Call) -> list[Row]:
    return _rows(call).dicts()


@serve("create_workflow")
def create_workflow(call: Call) -> Reply:
    require(call.json_body(), "name", "ticket_id")
    return created("custom_object_record", {"id": "01WORKFLOW", "custom_object_key": "standard::approval_workflow"})


def _of_workflow(row: Row) -> Row:
    """A request as the endpoints of a workflow return it."""
    return {name: value for name, value in row.items() if name not in LISTED_FIELDS}


@serve("create_approval")
def create_approval(call: Call) -> Reply:
    fields = call.json_body()
    if "approval_workflow_instance_id" not in call.params:
        require(fields, "ticket_id", "subject", "message")
    ticket = lists.find(call, "tickets", str(fields.get("ticket_id")))["id"]
    kept = {name: fields[name] for name in ("subject", "message") if name in fields}
    row = call.account.store.create("approval_requests", ticket_id=ticket, status="active", **kept)
    return created("approval_request", _of_workflow(row) if "approval_workflow_instance_id" in call.params else row)


@serve("add_task_list")
def add_task_list(call: Call) -> Reply:
    """Copy a template to a ticket; the response contains all task lists of the ticket."""
    (ticket,), store = lists.parents(call), call.account.store
    template = lists.find(call, "task_list_templates", str(body_object(call, "task_list").get("task_list_template_id")))
    kept = {name: template[name] for name in ("name", "description", "is_required")}
    store.create("ticket_task_lists", ticket["id"], task_list_template_id=template["id"], **kept)
    rows = store.children("ticket_task_lists", ticket_id=ticket["id"])
    return ok({"task_lists": rows, "count": len(rows), "next_page": None, "previous_page": None}, 201)


@serve("decide")
def decide(call: Call) -> Reply:
    row, body = lists.path_row(call), call.json_body()
    changed = call.account.store.update("approval_requests", row["id"], status=str(body.get("status")))
    return ok({"approval_request": _of_workflow(changed)})
