"""Requests for signed addresses, and requests with the id of an uploaded file."""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatchcase

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.signed_uploads import SignedUpload


def issue_upload(call: Call, largest: int = 0, types: Collection[str] = ()) -> SignedUpload:
    """An address for the file that the body describes; 400 without type and size, or for others than Zendesk takes."""
    body = call.json_body()
    kind, size = body.get("content_type"), body.get("file_size")
    if (
        not isinstance(kind, str)
        or not isinstance(size, int)
        or (types and not any(fnmatchcase(kind, each) for each in types))
    ):
        raise errors.listed(400, "BadRequest", "Invalid property")
    if largest and size > largest:
        raise errors.listed(400, "BadRequest", "The file is too large")
    return call.account.signed_uploads.issue(kind, size)


def uploaded_file(call: Call, identifier: object) -> SignedUpload:
    """The uploaded file with this id; 400 if the storage host does not have it."""
    upload = call.account.signed_uploads.stored(identifier)
    if upload is None:
        raise errors.listed(400, "BadRequest", "The file is not uploaded")
    return upload
