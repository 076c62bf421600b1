"""Writes of the attachments of articles."""

from __future__ import annotations

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, created, ok
from integration_tests.emulator.reads import lists
from integration_tests.emulator.writes.files import parts

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


@serve("upload_article_attachment")
def upload_article_attachment(call: Call) -> Reply:
    """Store a file without an article."""
    name, content = parts(call).get("file", (None, b""))
    if not name:
        raise errors.record_invalid(file="file is required")
    store = call.account.store
    parent = next(row["id"] for row in store.all("articles") if store.brand_of("articles", row["id"]) == call.brand)
    row = store.create("article_attachments", parent, file_name=name, size=len(content), inline=False, article_id=None)
    return created("article_attachment", row)
