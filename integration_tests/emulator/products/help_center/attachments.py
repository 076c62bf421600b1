"""Writes of the attachments of articles, and of images in posts and comments."""

from __future__ import annotations

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, created, ok
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.reads import lists
from integration_tests.emulator.writes.files import parts
from integration_tests.emulator.writes.signed_uploads import issue_upload, uploaded_file

LARGEST = 20
LARGEST_IMAGE = 2_000_000


@serve("user_image_upload")
def user_image_upload(call: Call) -> Reply:
    upload = issue_upload(call, LARGEST_IMAGE, ["image/*"])
    return ok({"upload": {"headers": upload.headers, "token": upload.id, "url": upload.url(call.base)}})


@serve("create_user_image")
def create_user_image(call: Call) -> Reply:
    """The path of an uploaded image, for the texts of a brand."""
    body = call.json_body()
    lists.find(call, "brands", str(body.get("brand_id")))
    upload = uploaded_file(call, body.get("token"))
    path = f"/hc/user_images/{upload.id}.{upload.content_type.rpartition('/')[2]}"
    return created("user_image", {"content_type": upload.content_type, "path": path, "size": upload.size})


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
    """Store a file or a medium, for the article in the path or without one; only inline ones may have a locale."""
    form = {name: (file_name, content) for name, (file_name, content) in parts(call).items()}
    texts = {name: content.decode() for name, (file_name, content) in form.items() if file_name is None}
    unknown = sorted(set(form) - {"file", "guide_media_id", "inline", "locale"})
    if unknown:
        raise errors.record_invalid(**{unknown[0]: f"{unknown[0]}: is not a field of the form"})
    if "locale" in texts and texts.get("inline") != "true":
        raise errors.record_invalid(locale="locale: only for inline attachments")
    articles = lists.parents(call)
    more = {"inline": texts.get("inline") == "true", "article_id": articles[-1]["id"] if articles else None}
    fields = _content(call, form) | more | {name: texts[name] for name in ("locale",) if name in texts}
    return created("article_attachment", call.account.store.create("article_attachments", _owner(call), **fields))


def _content(call: Call, form: dict[str, tuple[str | None, bytes]]) -> Row:
    name, content = form.get("file", (None, b""))
    if name:
        return {"file_name": name, "size": len(content)}
    medium = lists.find(call, "guide_medias", form.get("guide_media_id", (None, b""))[1].decode())
    return {"file_name": medium["name"], "size": medium["size"]}


def _owner(call: Call) -> int:
    """The article in the path; without one, an article of the help center, because each row needs a parent."""
    store, articles = call.account.store, lists.parents(call)
    own = (row["id"] for row in store.all("articles") if store.brand_of("articles", row["id"]) == call.brand)
    return int(articles[-1]["id"] if articles else next(own))
