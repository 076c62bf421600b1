"""Writes of external content, media, redirect rules and themes."""

from __future__ import annotations

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, created, no_content, ok
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.reads import lists
from integration_tests.emulator.writes.generic import (
    REQUIRED,
    body_object,
    delete_with_children,
    find_by_value,
    validate,
)

REQUIRED.update({
    "content_tag": ("name",), "permission_group": ("name",), "source": ("name",), "type": ("name",),
    "record": ("title", "body", "url", "locale", "external_id", "source_id", "type_id"),
    "redirect_rule": ("redirect_from", "redirect_to"),
})  # fmt: skip
PARTS = {"source": "external_content_sources", "type": "external_content_types"}


@serve("write_external_record")
def write_external_record(call: Call) -> Reply:
    """Create or change a record, which contains the names of its source and its type."""
    fields, store, name = body_object(call), call.account.store, call.endpoint.of
    fields |= {field: value for field, value in call.json_body()["record"].items() if field == "url"}
    for part, collection in PARTS.items():
        if fields.get(f"{part}_id"):
            found = lists.find(call, collection, str(fields[f"{part}_id"]))
            fields[part] = {"id": found["id"], "name": found["name"]}
    if call.params:
        return ok({"record": store.update(name, lists.path_row(call)["id"], **fields)})
    validate(call, fields, "record", name)
    if find_by_value(call, name, "external_id", fields["external_id"]):
        raise errors.listed(422, "Invalid", "Validation failed: External ID has already been taken")
    return created("record", store.create(name, **fields))


@serve("delete_type")
def delete_type(call: Call) -> Reply:
    """Delete a type with all its records."""
    return delete_with_children(call, "external_content_records", "type_id")


@serve("rename_media")
def rename_media(call: Call) -> Reply:
    row, name = lists.path_row(call), call.json_body().get("filename")
    if not name:
        raise errors.listed(400, "BadRequest", "Invalid property")
    return ok({"media": call.account.store.update("guide_medias", row["id"], name=name)})


@serve("set_redirect_rule")
def set_redirect_rule(call: Call) -> Reply:
    """Create the rule of an address, or change it."""
    fields, store = body_object(call, "redirect_rule"), call.account.store
    validate(call, fields, "redirect_rule", "redirect_rules")
    fields |= {"redirect_status": str(fields.get("redirect_status") or 302), "brand_id": str(call.brand)}
    known = find_by_value(call, "redirect_rules", "redirect_from", fields["redirect_from"])
    if known:
        store.update("redirect_rules", known["id"], **fields)
    else:
        store.create("redirect_rules", **fields)
    return no_content()


@serve("publish_theme")
def publish_theme(call: Call) -> Reply:
    """Publish a theme instead of the other one of its brand."""
    row, store = lists.path_row(call), call.account.store
    for other in store.children("themes", brand_id=row["brand_id"]):
        if other["live"] and other["id"] != row["id"]:
            store.update("themes", other["id"], live=False)
    return ok({"theme": store.update("themes", row["id"], live=True)})


@serve("delete_theme")
def delete_theme(call: Call) -> Reply:
    row = lists.path_row(call)
    if row["live"]:
        raise errors.listed(400, "LiveThemeDeleted", "A live theme cannot be deleted")
    call.account.store.delete("themes", row["id"])
    return no_content()


@serve("export_theme")
def export_theme(call: Call) -> Reply:
    """Start the export of a theme; its file is on another host."""
    given: Row = body_object(call, "job").get("attributes") or {}
    theme = lists.find(call, "themes", str(given.get("theme_id")))
    job = call.account.jobs.start("Theme Export", None, dict, app=True, theme=theme["id"])
    data = {"download": {"url": f"https://storage.example.com/{job.id}.zip"}}
    return ok({"job": {"id": job.id, "status": "pending", "errors": None, "data": data}}, 202)


@serve("theme_job")
def theme_job(call: Call) -> Reply:
    """The status of a job, without its data."""
    job = call.account.jobs.poll(call.params["job_id"])
    if job is None or "theme" not in job.more:
        raise errors.listed(404, "JobNotFound", "Job not found")
    if job.ended is None:
        return ok({"job": {"status": "pending", "errors": None}})
    failed = job.status != "completed"
    problem = [{"title": "Theme not found", "code": "ThemeNotFound", "meta": {}}]
    return ok({"job": {"status": "failed" if failed else "completed", "errors": problem if failed else None}})
