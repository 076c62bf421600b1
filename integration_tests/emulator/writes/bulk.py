"""Bulk writes: each starts a job, which has a result for every item."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.jobs import Job
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.rows import Row, listing
from integration_tests.emulator.data.rows import Rows as RowList
from integration_tests.emulator.reads import lists
from integration_tests.emulator.writes import ticket_writes
from integration_tests.emulator.writes.generic import (
    LARGEST_MANY,
    body_object,
    bulk_ids,
    find_by_value,
    find_existing,
    validate,
)

SINGULAR = {"tickets": "ticket", "users": "user", "organizations": "organization"}


def start_job(call: Call, kind: str, work: Callable[[], Any], total: int | None = None, **more: Any) -> Reply:
    """Queue a job and return its status."""
    jobs = call.account.jobs
    reply = ok({"job_status": job_row(call, jobs.start(kind, total, work, **more))})
    left = jobs.limit - len(jobs.running())
    reply.headers["zendesk-ratelimit-inflight-jobs"] = f"total={jobs.limit}; remaining={left}; resets=60"
    return reply


def job_row(call: Call, job: Job) -> Row:
    return job.row(call.account.jobs.url(job))


def per_item(items: list[Any], action: Callable[[Any], Row]) -> Callable[[], list[Row]]:
    """A function that returns a result for each item; a failed item does not stop the others."""
    return lambda: [_attempt(index, item, action) for index, item in enumerate(items)]


def _attempt(index: int, item: Any, action: Callable[[Any], Row]) -> Row:
    try:
        return {"index": index, **action(item)}
    except errors.ApiError as error:
        body = error.body if isinstance(error.body, dict) else {"error": str(error.body)}
        identifier = {"id": item.get("id")} if isinstance(item, dict) and "id" in item else {}
        details = str(body.get("details") or body.get("description"))
        return {"index": index, "success": False, "error": body.get("error"), "details": details, **identifier}


def bulk_items(call: Call, key: str) -> list[Row]:
    """The objects of a bulk request; 400 for more than a hundred."""
    items = call.json_body().get(key)
    if not isinstance(items, list) or not items:
        raise errors.record_invalid(**{key: f"{key} is required"})
    if len(items) > LARGEST_MANY:
        raise errors.too_many_items(LARGEST_MANY)
    return items


@serve("job_create")
def create_many(call: Call) -> Reply:
    name, items = call.endpoint.of, bulk_items(call, call.endpoint.key)
    may_update = call.path.endswith("create_or_update_many")
    singular = SINGULAR.get(name, name.removesuffix("s"))

    def create(item: Row) -> Row:
        existing = find_existing(call, name, item) if may_update else None
        if existing:
            fields = {field: value for field, value in item.items() if field != "id"}
            return _success(call.account.store.update(name, existing["id"], **fields)["id"], "update", "Updated")
        if name == "tickets":
            return {"id": ticket_writes.new_ticket(call, item)["id"]}
        validate(call, item, singular, name)
        identifier = call.account.store.create(name, **item)["id"]
        return _success(identifier, "create", "Created") if may_update else {"id": identifier}

    return start_job(call, f"Bulk Create {singular.title()}", per_item(items, create), len(items))


def _success(identifier: Any, action: str, status: str) -> Row:
    return {"id": identifier, "action": action, "status": status, "success": True}


def _find_item(call: Call, name: str, text: str, field: str = "id") -> Row:
    """The row of a bulk item; 404 as the item's result if it is unknown."""
    if field != "id":
        row = find_by_value(call, name, field, text)
    else:
        identifier = lists.known_id(call, name, text)
        row = call.account.store.get(name, identifier) if identifier is not None else None
    if row is None:
        raise errors.described(404, f"{name.removesuffix('s').title().replace('_', '')}NotFound", "Not found")
    return row


def _field(call: Call) -> str:
    return "external_id" if "external_ids" in call.query else "id"


@serve("job_update")
def update_many(call: Call) -> Reply:
    """The same change of all `ids`, or a separate change for each object."""
    name = call.endpoint.of
    singular = SINGULAR[name]
    if call.query_list("ids", "external_ids"):
        change = body_object(call, singular)
        items = [{"id": text, **change} for text in bulk_ids(call)]
    else:
        items = bulk_items(call, name)

    def update(item: Row) -> Row:
        row = _find_item(call, name, str(item.get("id")), _field(call))
        fields = {field: value for field, value in item.items() if field != "id"}
        if name == "tickets":
            ticket_writes.change_ticket(call, row, fields)
        else:
            call.account.store.update(name, row["id"], **fields)
        return _success(row["id"], "update", "Updated")

    return start_job(call, f"Bulk Update {singular.title()}", per_item(items, update), len(items))


@serve("job_destroy")
def destroy_many(call: Call) -> Reply:
    name, texts, field = call.endpoint.of, bulk_ids(call), _field(call)

    def destroy(text: str) -> Row:
        row = _find_item(call, name, text, field)
        call.account.store.delete(name, row["id"])
        return _success(row["id"], "delete", "Deleted")

    return start_job(call, f"Bulk Delete {name.removesuffix('s').title()}", per_item(texts, destroy), len(texts))


@serve("job_purge")
def purge(call: Call) -> Reply:
    """Permanently delete tickets; the job's result is only `success`."""
    texts = [call.params["ticket_id"]] if "ticket_id" in call.params else bulk_ids(call)
    store = call.account.store
    rows = [
        row for text in texts if text.isdigit() and (row := store.tickets.get(int(text))) and row["status"] == "deleted"
    ]
    if not rows:
        raise errors.not_found()

    def work() -> Row:
        for row in rows:
            store.tickets.remove(row["id"])
        return {"success": True}

    return start_job(call, "Bulk Permanent Delete Ticket", work)


@serve("job_spam")
def mark_many_as_spam(call: Call) -> Reply:
    texts = bulk_ids(call)

    def mark(text: str) -> Row:
        row = _find_item(call, "tickets", text)
        ticket_writes.spam(call, row)
        return _success(row["id"], "mark_as_spam", "Updated")

    return start_job(call, "Bulk Mark As Spam", per_item(texts, mark), len(texts))


@serve("job_merge")
def merge(call: Call) -> Reply:
    """Close the source tickets, with a comment in them and in the target."""
    target, body = lists.find(call, "tickets", call.params["ticket_id"]), call.json_body()
    ids = body.get("ids")
    if not isinstance(ids, list) or not ids:
        raise errors.record_invalid(ids="ids is required")

    def close(one: Any) -> Row:
        row = _find_item(call, "tickets", str(one))
        source = {"body": body.get("source_comment") or f"Merged into {target['id']}", "public": False}
        ticket_writes.change_ticket(call, row, {"status": "closed", "comment": source})
        note = {"body": body.get("target_comment") or f"{row['id']} was merged", "public": False}
        ticket_writes.change_ticket(call, target, {"comment": note})
        return _success(row["id"], "merge", "Updated")

    return start_job(call, "Ticket Merge", per_item(ids, close), len(ids))


@serve("job_records")
def records(call: Call) -> Reply:
    """One action for up to a hundred custom object records."""
    lists.parents(call)
    job, key = body_object(call, "job"), call.params["custom_object_key"]
    action, items = str(job.get("action")), job.get("items")
    if action not in ACTIONS or not isinstance(items, list):
        raise errors.record_invalid(action="action: is not included in the list")
    if len(items) > LARGEST_MANY:
        raise errors.too_many_items(LARGEST_MANY)
    work = per_item(items, lambda item: _record(call, key, action, item))
    return start_job(call, "Custom Object Records", work, len(items))


def _record(call: Call, key: str, action: str, item: Any) -> Row:
    store, field = call.account.store, ACTIONS[action]
    value = item.get(field) if isinstance(item, dict) else item
    rows = store.children("custom_object_records", custom_object_key=key)
    row = next((one for one in rows if field and str(one[field]) == str(value)), None)
    if row is None and not action.startswith("create"):
        raise errors.described(404, "RecordNotFound", "Not found")
    if row is None:
        return _success(store.create("custom_object_records", key, **item)["id"], "create", "Created")
    if action.startswith("delete"):
        store.delete("custom_object_records", row["id"])
        return _success(row["id"], "delete", "Deleted")
    store.update("custom_object_records", row["id"], **{k: v for k, v in item.items() if k != "id"})
    return _success(row["id"], "update", "Updated")


ACTIONS = {
    "create": "", "delete": "id", "delete_by_external_id": "external_id", "update": "id",
    "create_or_update_by_external_id": "external_id", "create_or_update_by_name": "name",
}  # fmt: skip


@serve("job_resources")
def resources(call: Call) -> Reply:
    """Create, change or delete a resource collection in a job."""
    store, method = call.account.store, call.endpoint.method
    row = lists.find(call, "resource_collections", call.params["resource_collection_id"]) if call.params else None
    payload = call.json_body().get("payload") if method != "DELETE" else {}
    if not isinstance(payload, dict):
        raise errors.record_invalid(payload="payload is required")

    def work() -> Row:
        made = [
            {"type": kind, "identifier": name, "resource_id": n + 1, "deleted": False}
            for kind in payload
            for n, name in enumerate(payload[kind])
        ]
        if method == "POST":
            return {
                "success": True,
                "resource_collection_id": store.create("resource_collections", resources=made)["id"],
            }
        if method == "PUT" and row:
            store.update("resource_collections", row["id"], resources=made)
        elif row:
            store.delete("resource_collections", row["id"])
        return {"success": True}

    return start_job(call, f"Resource Collection {method}", work)


@serve("show_job")
def show_job(call: Call) -> Reply:
    """The status of a job; each request advances the job by one step."""
    identifier = call.params["job_status_id"]
    job = call.account.jobs.poll(identifier)
    if job is not None:
        return ok({"job_status": job_row(call, job)})
    row = call.account.store.get("job_statuses", identifier)
    if row is None or identifier in call.account.jobs.all:
        raise errors.not_found()
    return ok({"job_status": row})


@serve("show_jobs")
def show_jobs(call: Call) -> RowList:
    texts = bulk_ids(call)
    for text in texts:
        call.account.jobs.poll(text)
    rows = (call.account.store.get("job_statuses", text) for text in texts)
    return listing(row for row in rows if row)
