"""Signed addresses of the storage host, and the files that it stores."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

PATH = "/uploaded-assets"


@dataclass
class SignedUpload:
    """An address for one file: with `headers` for the file alone, or with `parameters` for a form."""

    id: str
    signature: str
    content_type: str = ""
    size: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None

    def url(self, base: str) -> str:
        """The address on the storage host: the same server under another name, so another origin."""
        query = urlencode({"X-Amz-Expires": "3600", "X-Amz-Signature": self.signature})
        return f"http://localhost:{urlsplit(base).port}{PATH}/{self.id}?{query}"


class SignedUploads:
    """All uploads of an account, by id."""

    def __init__(self) -> None:
        self.all: dict[str, SignedUpload] = {}

    def issue(self, content_type: str, size: int) -> SignedUpload:
        """An address for a file of this type and size."""
        upload = self._add(content_type, size)
        name = f'attachment; filename="{upload.id}.{content_type.rpartition("/")[2]}"'
        upload.headers = {
            "Content-Disposition": name, "Content-Type": content_type, "X-Amz-Server-Side-Encryption": "AES256",
        }  # fmt: skip
        return upload

    def issue_form(self) -> SignedUpload:
        """An address for a form."""
        upload = self._add("", None)
        upload.parameters = {"key": f"themes/{upload.id}", "policy": secrets.token_hex(40), "acl": "private"}
        return upload

    def _add(self, content_type: str, size: int | None) -> SignedUpload:
        upload = SignedUpload(f"01J{secrets.token_hex(12)[:23].upper()}", secrets.token_hex(32), content_type, size)
        self.all[upload.id] = upload
        return upload

    def stored(self, identifier: object) -> SignedUpload | None:
        """The upload with this id, if its file is stored."""
        upload = self.all.get(str(identifier))
        return upload if upload and upload.content is not None else None
