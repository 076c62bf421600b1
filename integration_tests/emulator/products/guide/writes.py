"""Writes of external content, media, redirect rules and themes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

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
from integration_tests.emulator.writes.signed_uploads import issue_upload, uploaded_file

REQUIRED.update({
    "content_tag": ("name",), "permission_group": ("name",), "source": ("name",), "type": ("name",),
    "record": ("title", "body", "url", "locale", "external_id", "source_id", "type_id"),
    "redirect_rule": ("redirect_from", "redirect_to"),
})  # fmt: skip
PARTS = {"source": "external_content_sources", "type": "external_content_types"}
LARGEST_MEDIA = 20 * 1024 * 1024


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


@serve("media_upload_url")
def media_upload_url(call: Call) -> Reply:
    upload = issue_upload(call, LARGEST_MEDIA)
    address = {"asset_upload_id": upload.id, "url": upload.url(call.base)}
    return ok({"headers": upload.headers, "upload_url": address})


@serve("write_media")
def write_media(call: Call) -> Reply:
    """Create a medium from an uploaded file, or replace the one in the path."""
    body, store = call.json_body(), call.account.store
    old = lists.path_row(call) if call.params else None
    upload = uploaded_file(call, body.get("asset_upload_id"))
    if not body.get("filename"):
        raise errors.listed(400, "BadRequest", "Invalid property")
    fields = {"name": body["filename"], "content_type": upload.content_type, "size": upload.size}
    if old:
        return ok({"media": store.update("guide_medias", old["id"], version=old["version"] + 1, **fields)})
    return ok({"media": store.create("guide_medias", version=1, **fields)})


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


@serve("import_theme")
def import_theme(call: Call) -> Reply:
    """Start the import of a theme for a brand."""
    given: Row = body_object(call, "job").get("attributes") or {}
    if str(given.get("brand_id")) not in {str(row["id"]) for row in call.account.store.all("brands")}:
        raise errors.listed(400, "InvalidBrand", "The provided brand is not valid")
    theme = {"id": str(uuid.uuid4()), "brand_id": str(given["brand_id"]), "live": False}

    def work() -> Row:
        return call.account.store.create("themes", **theme)

    return _start_upload(call, "Theme Import", work, theme_id=theme["id"])


@serve("update_theme")
def update_theme(call: Call) -> Reply:
    """Start the update of a theme."""
    given: Row = body_object(call, "job").get("attributes") or {}
    theme = lists.find(call, "themes", str(given.get("theme_id")))
    return _start_upload(
        call, "Theme Update", lambda: call.account.store.update("themes", theme["id"], version="2.0.0")
    )


def _start_upload(call: Call, kind: str, work: Callable[[], Row], **data: Any) -> Reply:
    """Start a job that waits for the form with the theme."""
    upload = call.account.signed_uploads.issue_form()
    job = call.account.jobs.start(kind, None, work, app=True, theme=data.get("theme_id"), upload=upload)
    data["upload"] = {"url": upload.url(call.base), "parameters": upload.parameters}
    return ok({"job": {"id": job.id, "status": "pending", "errors": None, "data": data}}, 202)


@serve("theme_job")
def theme_job(call: Call) -> Reply:
    """The status of a job, without its data; pending without the file of an import or update."""
    jobs = call.account.jobs
    job = jobs.all.get(call.params["job_id"])
    upload = job.more.get("upload") if job else None
    if upload and upload.content is None:
        return ok({"job": {"status": "pending", "errors": None}})
    job = jobs.poll(call.params["job_id"])
    if job is None or "theme" not in job.more:
        raise errors.listed(404, "JobNotFound", "Job not found")
    if job.ended is None:
        return ok({"job": {"status": "pending", "errors": None}})
    failed = job.status != "completed"
    code = {"title": "Templates have syntax errors", "code": "InvalidTemplates", "meta": {}}
    problem = [code if upload else {"title": "Theme not found", "code": "ThemeNotFound", "meta": {}}]
    return ok({"job": {"status": "failed" if failed else "completed", "errors": problem if failed else None}})
