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


def fingerprint(stream: str, parameters: Mapping[str, Any], body: Any, file: UploadFile | None, salt: str = "") -> str:
    """The same text for the same stream, parameters, body and file content, whatever their order or the file's name.

    With a salt it is slow to make, so that who knows both cannot try passwords until one fits.
    """
    parts = [stream, parameters, body, file.digest if file else None]
    content = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str).encode()
    return hashlib.scrypt(content, salt=salt.encode(), n=2**14, r=8, p=1, dklen=16).hex() if salt else _hex(content)


def _hex(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


DRY_RUN = "dry_run"
"""The value of `allow_writes` that shows what would be sent."""


@dataclass(frozen=True)
class Action:
    """A request that changes the account: the parameters of its path and query, and its body or its file."""

    stream: str
    parameters: Mapping[str, Any]
    body: Mapping[str, Any] | None = None
    file: UploadFile | None = None
    salt: str = ""

    @cached_property
    def fingerprint(self) -> str:
        """What tells it from other actions; a number and its text are the same parameter.

        Salted where it covers a secret, which could be guessed from it otherwise.
        """
        texts = {name: query_value(name, value) for name, value in self.parameters.items()}
        return fingerprint(self.stream, texts, self.body, self.file, self.salt if self.is_secret else "")

    def unread(self) -> "Action":
        """The same with its file unread, so that the file's content is in memory only as long as this one is."""
        return replace(self, file=self.file.unread()) if self.file else self

    @property
    def is_secret(self) -> bool:
        """Whether its parameters or its body hold a secret."""
        return any(find_secrets([self.parameters, self.body]))

    @property
    def redacted(self) -> "Action":
        """The same without secrets, for records and messages."""
        return replace(self, parameters=redact_action(self.parameters), body=redact_action(self.body))

    def describe(self) -> dict[str, Any]:
        """How its records name it."""
        return {"stream": self.stream, "parameters": redact_action(self.parameters), "fingerprint": self.fingerprint}

    def path(self, endpoint: str) -> str:
        """The endpoint with its placeholders filled."""
        return fill_path(endpoint, {name: _text(self.parameters[name]) for name in find_placeholders(endpoint)})

    def query(self, placeholders: list[str]) -> dict[str, str | list[str]]:
        """The parameters that are not in the path."""
        return {name: query_value(name, value) for name, value in self.parameters.items() if name not in placeholders}


def query_value(name: str, value: Any) -> str | list[str]:
    """A query parameter as Zendesk takes it: a list is joined by commas, or repeated under a name with brackets."""
    if not isinstance(value, (list, tuple)):
        return _text(value)
    texts = [_text(item) for item in value]
    return texts if name.endswith("]") else ",".join(texts)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# By what a family sends: whether an item may have a body, and whether a file.
TAKES_BODY = frozenset({"json", "json_or_multipart"})
TAKES_FILE = frozenset({"binary", "multipart", "json_or_multipart"})
NEEDS_FILE = frozenset({"binary", "multipart"})
UNKNOWN_TYPE = "application/binary"


def payload(action: Action, file_field: str) -> dict[str, Any]:
    """The part of a request that holds the body or the file; the file is a form field where one is named.

    https://developer.zendesk.com/api-reference/ticketing/tickets/ticket-attachments/#upload-files
    """
    if action.file is None:
        return {} if action.body is None else {"json": action.body}
    content, kind = action.file.content, _kind(action.file.path)
    if file_field:
        return {"files": {file_field: (action.file.path.name, content, kind)}}
    return {"data": content, "headers": {"Content-Type": kind}}


def _kind(file: Path) -> str:
    return mimetypes.guess_type(file.name)[0] or UNKNOWN_TYPE
