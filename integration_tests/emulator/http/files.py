"""Serves files: their addresses redirect to a storage host, which accepts no credentials.

The storage host is the same server under another name, so another origin.
https://developer.zendesk.com/api-reference/ticketing/tickets/ticket-attachments/
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.account import Request
from integration_tests.emulator.api.replies import Reply
from integration_tests.emulator.api.routes import endpoints
from integration_tests.emulator.data.files import content_of, embedded_files, of_ticket, sound
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.http import auth
from integration_tests.emulator.http.dispatch import Dispatcher, error_reply
from integration_tests.emulator.products.ai_agents import exports

PATHS = {
    "/attachments/token/{identifier}": "attachments",
    "/hc/article_attachments/{identifier}/{name}": "article_attachments",
    "/brands/{identifier}/content_url": "brands",
    "/system/photos/{identifier}/{name}": "users",
    "/recordings/{identifier}": "recordings",
    "/side_conversations/files/{identifier}": "side_conversation_events",
    "/system/voice/uploads/0000/{identifier}/{name}": "greetings",
    "/guide-media/{identifier}": "guide_medias",
    "/storage/{collection}/{identifier}": "",
    f"{exports.STORAGE}/{{bot}}/{{name}}": exports.COLLECTION,
}
"""The paths of files, and the collection that each serves; the storage serves all."""
EMBEDDED = {
    "brands": "logo",
    "users": "photo",
    "suspended_tickets": "attachments",
    "side_conversation_events": "message.attachments",
}
"""The field of the rows that contains their files."""
CREDENTIALS = ("authorization", "cookie", "x-on-behalf-of", "organizationid", "botid")
RANGE = re.compile(r"bytes=(\d+)-")


def respond(dispatcher: Dispatcher, request: Request, base: str, collection: str, params: dict[str, str]) -> Reply:
    """The redirect to the storage, or, from the storage, the file; 400 with credentials, as from real storage."""
    return respond_with_faults(dispatcher, request, lambda: _respond(dispatcher, request, base, collection, params))


def respond_with_faults(dispatcher: Dispatcher, request: Request, respond: Callable[[], Reply]) -> Reply:
    """Record a request, and return its reply or that of a fault."""
    account = dispatcher.account
    with account.lock:
        account.requests.append(request)
        fault = dispatcher.faults.match(request.method, request.path, request.query)
        reply = dispatcher.faults.replacement(fault) if fault else None
        if reply is None:
            reply = respond()
            reply = dispatcher.faults.damage(fault, request.path, reply) if fault else reply
        request.status = reply.status
        return reply


def _respond(dispatcher: Dispatcher, request: Request, base: str, collection: str, params: dict[str, str]) -> Reply:
    try:
        if collection in ("", exports.COLLECTION) and any(name in request.headers for name in CREDENTIALS):
            raise errors.ApiError(
                400, "<Error><Code>InvalidArgument</Code></Error>", {"Content-Type": "application/xml"}
            )
        if collection == exports.COLLECTION:
            content = exports.stored_file(dispatcher.account, params["bot"], params["name"], request.query)
            return Reply(200, content, {"Content-Type": "application/json"})
        if not collection:
            return _stored(request, _row(dispatcher, params["collection"], params["identifier"]))
        auth.authenticate(dispatcher.account, dispatcher.oauth, endpoints()[0], request.headers)
        headers = dispatcher.limits.acquire(request.method, request.path, 1)
        collection, identifier = _file_of(collection, params["identifier"])
        row = _row(dispatcher, collection, identifier)
        target = f"http://localhost:{urlsplit(base).port}/storage/{collection}/{row['id']}"
        return Reply(302, b"", headers | {"Location": target})
    except errors.ApiError as error:
        return error_reply(error)


def _file_of(collection: str, identifier: str) -> tuple[str, Any]:
    """The collection that contains a file, and the id of the file there."""
    if collection == "attachments":
        return ("suspended_tickets" if identifier.startswith("s") else collection), of_ticket(identifier)
    return collection, int(identifier) + 1 if collection == "users" else identifier


def _row(dispatcher: Dispatcher, collection: str, identifier: Any) -> Row:
    store = dispatcher.account.store
    if collection == "recordings":
        return sound(identifier)
    if collection == "greetings" and any(f"/{identifier}/" in str(row["audio_url"]) for row in store.all(collection)):
        return sound(identifier)
    if collection in EMBEDDED:
        found = embedded_files(store.all(collection), EMBEDDED[collection])
        row = next((file for file in found if str(file["id"]) == str(identifier)), None)
    else:
        row = store.get(collection, int(identifier) if str(identifier).isdigit() else identifier)
    if row is None:
        raise errors.ApiError(404, {"error": "RecordNotFound", "description": "Not found"})
    return row


def _stored(request: Request, row: Row) -> Reply:
    """The file, or its end if the request continues the same version."""
    content = content_of(row)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"Content-Type": str(row["content_type"]), "ETag": etag, "Accept-Ranges": "bytes"}
    match = RANGE.fullmatch(request.headers.get("range", ""))
    if match is None or request.headers.get("if-range", etag) != etag:
        return Reply(200, content, headers)
    start = int(match[1])
    if start >= len(content):
        return Reply(416, b"", {"Content-Range": f"bytes */{len(content)}"})
    headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
    return Reply(206, content[start:], headers)
