"""The storage host: stores files at signed addresses, and refuses credentials.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
"""

from __future__ import annotations

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.account import Request
from integration_tests.emulator.api.replies import Reply
from integration_tests.emulator.api.signed_uploads import SignedUpload
from integration_tests.emulator.http import files
from integration_tests.emulator.http.dispatch import Dispatcher
from integration_tests.emulator.writes.files import multipart

XML = {"Content-Type": "application/xml"}


def respond(dispatcher: Dispatcher, request: Request, identifier: str) -> Reply:
    """The response of the storage host to a file, or to a form with a file."""
    return files.respond_with_faults(
        dispatcher, request, lambda: _store(request, dispatcher.account.signed_uploads.all.get(identifier))
    )


def _store(request: Request, upload: SignedUpload | None) -> Reply:
    if any(name in request.headers for name in files.CREDENTIALS):
        return _refusal(400, "InvalidArgument")
    if upload is None or request.query.get("X-Amz-Signature") != [upload.signature]:
        return _refusal(403, "SignatureDoesNotMatch")
    if "content-length" not in request.headers:
        return _refusal(411, "MissingContentLength")
    return _store_form(request, upload) if upload.parameters else _store_file(request, upload)


def _store_file(request: Request, upload: SignedUpload) -> Reply:
    signed = {name.lower(): value for name, value in upload.headers.items()}
    if request.method != "PUT" or {name: request.headers.get(name) for name in signed} != signed:
        return _refusal(403, "SignatureDoesNotMatch")
    if len(request.body) != upload.size:
        return _refusal(400, "IncompleteBody")
    upload.content = request.body
    return Reply(200)


def _store_form(request: Request, upload: SignedUpload) -> Reply:
    """Store the file of a form; fields after it do not count."""
    try:
        fields = multipart(request.headers, request.body)
    except errors.ApiError:
        return _refusal(412, "PreconditionFailed")
    before = {}
    for name, (_, content) in fields.items():
        if name == "file":
            break
        before[name] = content.decode()
    if request.method != "POST" or before != upload.parameters:
        return _refusal(403, "AccessDenied")
    if not fields.get("file", (None, b""))[0]:
        return _refusal(400, "InvalidArgument")
    upload.content = fields["file"][1]
    return Reply(204)


def _refusal(status: int, code: str) -> Reply:
    """An error that contains the signature, as those of real storage do."""
    body = f"<Error><Code>{code}</Code><Message>No</Message><SignatureProvided>signed</SignatureProvided></Error>"
    return Reply(status, body.encode(), XML)
