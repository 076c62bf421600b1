"""What tells one action from another."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from source_zendesk.components.actions.upload_file import UploadFile


def fingerprint(stream: str, parameters: Mapping[str, Any], body: Any, file: UploadFile | None, salt: str = "") -> str:
    """The same text for the same stream, parameters, body and file content, whatever their order or the file's name.

    With a salt it is slow to make, so that who knows both cannot try passwords until one fits.
    """
    parts = [stream, parameters, body, file.digest if file else None]
    content = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str).encode()
    return hashlib.scrypt(content, salt=salt.encode(), n=2**14, r=8, p=1, dklen=16).hex() if salt else _hex(content)


def _hex(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]
