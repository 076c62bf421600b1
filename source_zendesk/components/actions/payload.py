"""What the request of an action carries."""

import mimetypes
from pathlib import Path
from typing import Any

from source_zendesk.components.actions.action import Action

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
