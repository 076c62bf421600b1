"""Voice comments about calls."""

from __future__ import annotations

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.reads import lists
from integration_tests.emulator.writes.generic import REQUIRED

REQUIRED["call"] = ("from_line", "to_line", "call_started_at", "direction", "app_id")


@serve("comment_on_call")
def comment_on_call(call: Call) -> Reply:
    """Add a voice comment to the call's ticket; the comment is the whole response."""
    (row,) = lists.parents(call)
    title = call.json_body().get("title")
    if not title:
        raise errors.record_invalid(title="title: cannot be blank")
    data = {"call_id": row["id"], "title": title, "from_line": row["from_line"], "to_line": row["to_line"]}
    comment = {"id": row["id"] + 1, "type": "TpeVoiceComment", "title": title, "public": True, "data": data}
    return ok(comment | {"author_id": call.json_body().get("author_id"), "attachments": []}, 201)
