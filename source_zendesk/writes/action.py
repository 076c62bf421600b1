"""One item of `actions`: its request, its payload and its fingerprint."""

import hashlib
import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from source_zendesk.manifest.placeholders import fill_path, find_placeholders
from source_zendesk.output.action_redaction import find_secrets, redact_action
from source_zendesk.writes.upload_file import UploadFile


def compute_fingerprint(
    stream: str, parameters: Mapping[str, object], body: object, file: UploadFile | None, salt: str = ""
) -> str:
    """A hash of the stream, parameters, body and file content, independent of key order and file name.

    With a salt it uses scrypt, which slows down guessing a password from the fingerprint and the salt.
    """
    parts = [stream, parameters, body, file.digest if file else None]
    content = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str).encode()
    return (
        hashlib.scrypt(content, salt=salt.encode(), n=2**14, r=8, p=1, dklen=16).hex()
        if salt
        else _sha256_prefix(content)
    )


def _sha256_prefix(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


DRY_RUN = "dry_run"
"""The field that emits the requests without sending them, and the status of their records."""


@dataclass(frozen=True)
class Action:
    """A request that changes the account: the parameters of its path and query, and its body or its file."""

    stream: str
    parameters: Mapping[str, Any]
    body: Mapping[str, object] | None = None
    file: UploadFile | None = None
    salt: str = ""

    @cached_property
    def fingerprint(self) -> str:
        """The identity of the action; a number and its text count as the same parameter.

        It is salted if it covers a secret, which could otherwise be guessed from it.
        """
        texts = {name: query_value(name, value) for name, value in self.parameters.items()}
        return compute_fingerprint(self.stream, texts, self.body, self.file, self.salt if self.is_secret else "")

    def unread(self) -> "Action":
        """A copy whose file is not read yet, so that the content is in memory only as long as the copy."""
        return replace(self, file=self.file.unread()) if self.file else self

    @property
    def is_secret(self) -> bool:
        """Whether its parameters or its body contain a secret."""
        return any(find_secrets([self.parameters, self.body]))

    @property
    def redacted(self) -> "Action":
        """A copy with its secrets redacted, for records and messages."""
        return replace(self, parameters=redact_action(self.parameters), body=redact_action(self.body))

    def describe(self) -> dict[str, object]:
        """The field `_action` of its records."""
        return {"stream": self.stream, "parameters": redact_action(self.parameters), "fingerprint": self.fingerprint}

    def path(self, endpoint: str) -> str:
        """The endpoint with its placeholders filled."""
        return fill_path(endpoint, {name: _text(self.parameters[name]) for name in find_placeholders(endpoint)})

    def query(self, placeholders: list[str]) -> dict[str, str | list[str]]:
        """The parameters that are not in the path."""
        return {name: query_value(name, value) for name, value in self.parameters.items() if name not in placeholders}


def query_value(name: str, value: object) -> str | list[str]:
    """A query parameter in Zendesk's format: a list is joined by commas, or repeated if the name ends in brackets."""
    if not isinstance(value, (list, tuple)):
        return _text(value)
    texts = [_text(item) for item in value]
    return texts if name.endswith("]") else ",".join(texts)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# The values of `sends` of a family whose items may have JSON, a body, a file, or must have a file.
FORM, JSON_AND_UPLOAD = "form", "json_and_upload"
TAKES_JSON = frozenset({"json", "json_or_multipart", JSON_AND_UPLOAD})
TAKES_BODY = TAKES_JSON | {FORM}
NEEDS_FILE = frozenset({"binary", "multipart", JSON_AND_UPLOAD})
TAKES_FILE = NEEDS_FILE | {"json_or_multipart", FORM}
TAKES_BODY_WITH_FILE = frozenset({FORM, JSON_AND_UPLOAD})
DEFAULT_CONTENT_TYPE = "application/binary"


def build_payload(action: Action, sends: str, file_field: str) -> dict[str, object]:
    """The arguments of a request for the body or the file; with `file_field`, the file is sent as a form field.

    A form has the fields of the body, the file, or both. It is a multipart body even without a file.
    https://developer.zendesk.com/api-reference/ticketing/tickets/ticket-attachments/#upload-files
    https://developer.zendesk.com/api-reference/help_center/help-center-api/article_attachments/
    """
    fields = {name: (None, _text(value)) for name, value in (action.body or {}).items()} if sends == FORM else {}
    if action.file is None:
        if fields:
            return {"files": fields}
        return {} if action.body is None else {"json": action.body}
    content, content_type = action.file.content, guess_media_type(action.file.path)
    if file_field:
        return {"files": {**fields, file_field: (action.file.path.name, content, content_type)}}
    return {"data": content, "headers": {"Content-Type": content_type}}


def guess_media_type(file: Path) -> str:
    """The media type of the extension of a file."""
    return mimetypes.guess_type(file.name)[0] or DEFAULT_CONTENT_TYPE
