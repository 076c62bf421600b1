"""Writes of the attachments of articles."""

from __future__ import annotations

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.reads import lists

LARGEST = 20


@serve("associate_attachments")
def associate_attachments(call: Call) -> Reply:
    """Add at most twenty attachments to an article."""
    (article,), ids = lists.parents(call), call.json_body().get("attachment_ids")
    if not isinstance(ids, list) or not ids:
        raise errors.record_invalid(attachment_ids="attachment_ids is required")
    if len(ids) > LARGEST:
        raise errors.too_many_items(LARGEST)
    for one in ids:
        row = lists.find(call, "article_attachments", str(one))
        call.account.store.update("article_attachments", row["id"], article_id=article["id"])
    return ok("")
