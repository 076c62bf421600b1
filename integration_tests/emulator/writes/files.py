"""Uploads, macro attachments, and app builds and installations."""

from __future__ import annotations

import email.parser
import email.policy
import secrets
from collections.abc import Mapping
from typing import Any

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.jobs import DONE, Job
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, created, ok
from integration_tests.emulator.data import history as past
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.values import HOST
from integration_tests.emulator.reads import lists

BUILD_STEPS = 126


def parts(call: Call) -> dict[str, tuple[str | None, bytes]]:
    """The fields of a multipart body as (file name, content); 422 for another body."""
    return multipart(call.headers, call.body)


def multipart(headers: Mapping[str, str], body: bytes) -> dict[str, tuple[str | None, bytes]]:
    """The same for a body with these headers, in the order of the body."""
    kind = headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        raise errors.described(422, "UnprocessableEntity", "Expected a multipart body")
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    found: dict[str, tuple[str | None, bytes]] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        found[str(name)] = (part.get_filename(), content if isinstance(content, bytes) else b"")
    return found


def _file(call: Call, name: str, kind: str, content: bytes) -> Row:
    number = len(call.account.uploads) + len(call.account.requests)
    row = past.make_attachment(0, number % past.PER_TICKET, name)
    return row | {"content_type": kind, "size": len(content)}


@serve("upload")
def upload(call: Call) -> Reply:
    """Store the body as a file; a token adds it to the files of an earlier upload."""
    if not call.body:
        raise errors.described(422, "AttachmentUnprocessable", "The file is empty")
    token = call.query_value("token") or secrets.token_urlsafe(16)
    kind = call.headers.get("content-type", "application/octet-stream")
    made = call.account.uploads.setdefault(token, {"attachments": []})
    row = _file(call, call.query_value("filename") or "file", kind, call.body)
    made["attachments"].append(row)
    expires = call.account.clock.stamp()
    return ok(
        {"upload": {"token": token, "expires_at": expires, "attachment": row, "attachments": made["attachments"]}}, 201
    )


@serve("suspended_upload")
def suspended_upload(call: Call) -> Reply:
    """Upload copies of a suspended ticket's attachments."""
    lists.find(call, "suspended_tickets", call.query_value("id") or "")
    token = secrets.token_urlsafe(16)
    files = [_file(call, "copy.txt", "text/plain", b"copy")]
    call.account.uploads[token] = {"attachments": files}
    return ok({"upload": {"token": token, "attachments": files}})


@serve("macro_upload")
def macro_upload(call: Call) -> Reply:
    """Upload an attachment for a macro, or for a later macro."""
    rows = lists.parents(call)
    owner = rows[0]["id"] if rows else None
    fields = parts(call)
    name, content = fields.get("attachment", (None, b""))
    if not name:
        raise errors.record_invalid(attachment="attachment is required")
    size = {"filename": name, "size": len(content), "content_type": "application/octet-stream"}
    row = call.account.store.create("macro_attachments", owner, **size)
    return created("macro_attachment", row)


# apps


def _family(call: Call) -> str:
    return "/api/sell/apps" if call.path.startswith("/api/sell") else "/api/v2/apps"


@serve("app_upload")
def app_upload(call: Call) -> Reply:
    name, content = parts(call).get("uploaded_data", (None, b""))
    if not content:
        raise errors.record_invalid(uploaded_data="uploaded_data is required")
    number = len(call.account.uploads) + 1
    call.account.uploads[str(number)] = {"name": name, "size": len(content), "attachments": []}
    return ok({"id": number})


@serve("app_build")
def app_build(call: Call) -> Reply:
    """Start a job that creates or updates an app from an uploaded package."""
    body, collection, store = call.json_body(), call.endpoint.of, call.account.store
    old = lists.find(call, collection, call.params["app_id"]) if call.params else None
    if str(body.get("upload_id")) not in call.account.uploads:
        raise errors.described(422, "RecordInvalid", "upload_id is not that of an uploaded package")
    fields: Row = {name: body[name] for name in ("name", "short_description") if name in body}

    def work() -> Row:
        made = (
            store.update(collection, old["id"], **fields)
            if old
            else store.create(collection, visibility="private", **fields)
        )
        return {"app_id": made["id"]}

    job = call.account.jobs.start("App Build", BUILD_STEPS, work, app=True)
    return ok({"job_id": job.id})


def _job(call: Call, name: str, kind: str) -> Job:
    """The job in the path; 404 if it is of another kind."""
    job = call.account.jobs.poll(call.params[name])
    if job is None or kind not in job.more:
        raise errors.not_found()
    return job


def _status(call: Call, job: Job, base: str) -> Row:
    row = job.row(f"{call.base}{base}/job_statuses/{job.id}.json")
    return {name: value for name, value in row.items() if name not in ("job_type", "results")}


@serve("app_job")
def app_job(call: Call) -> Reply:
    """The status of a build job, with its retry interval."""
    job, base = _job(call, "job_status_id", "app"), _family(call)
    identifier = (job.results or {}).get("app_id") if isinstance(job.results, dict) else None
    app = {"app_id": identifier, "app_url": f"{HOST}{base}/{identifier}.json" if identifier else None}
    return ok(_status(call, job, base) | app | {"retry_in": call.account.jobs.retry_in})


@serve("app_install")
def app_install(call: Call) -> Reply:
    """Install an app; the installation is pending until its job ends."""
    body, store = call.json_body(), call.account.store
    app = store.get("sell_apps", int(body["app_id"])) if str(body.get("app_id", "")).isdigit() else None
    if app is None:
        raise errors.described(422, "RecordInvalid", "app_id is not that of an app")
    fields: Row = {"settings": body.get("settings") or {}, "enabled": body.get("enabled", True)}
    row = store.create("sell_installations", app_id=app["id"], **fields)
    done: dict[str, Any] = {"pending_installation": False, "pending_job_id": None}

    def work() -> Row:
        store.update("sell_installations", row["id"], **done)
        return {"installation_id": row["id"]}

    job = call.account.jobs.start("App Install", 100, work, app=True, installation=row["id"])
    return ok(store.update("sell_installations", row["id"], pending_installation=True, pending_job_id=job.id))


@serve("app_reinstall")
def app_reinstall(call: Call) -> Reply:
    """Merge settings into those of an installation."""
    row, body = lists.path_row(call), call.json_body()
    settings = {**(row["settings"] or {}), **(body.get("settings") or {})}
    changes = {name: body[name] for name in ("enabled",) if name in body}
    return ok(
        {"installation": call.account.store.update("sell_installations", row["id"], settings=settings, **changes)}
    )


@serve("installation_job")
def installation_job(call: Call) -> Reply:
    job = _job(call, "job_id", "installation")
    row = _status(call, job, "/api/sell/apps/installations")
    return ok(row | {"installation_id": job.more["installation"] if job.status in DONE else None})
