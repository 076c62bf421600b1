"""Writes of badges, their categories and their assignments."""

from __future__ import annotations

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, created, no_content, ok
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.reads import lists
from integration_tests.emulator.writes.generic import REQUIRED, body_object, delete_with_children, validate
from integration_tests.emulator.writes.signed_uploads import issue_upload, uploaded_file

REQUIRED.update({
    "badge": ("name", "badge_category_id"), "badge_category": ("name", "slug", "brand_id"),
    "badge_assignment": ("badge_id", "user_id"),
})  # fmt: skip
ICON_TYPES = frozenset({"image/svg+xml", "image/png", "image/jpeg", "image/gif"})


@serve("badge_icon_upload")
def badge_icon_upload(call: Call) -> Reply:
    upload = issue_upload(call, types=ICON_TYPES)
    row = {"id": upload.id, "url": upload.url(call.base), "headers": upload.headers}
    return ok({"badge_icon_upload": row}, 201)


def _with_icon(call: Call, fields: Row) -> Row:
    """The fields with the address of the uploaded icon; null removes the icon."""
    if "icon_upload_id" not in fields:
        return fields
    upload = fields.pop("icon_upload_id")
    icon = f"https://icons.example.com/{uploaded_file(call, upload).id}" if upload else None
    return fields | {"icon_url": icon}


@serve("create_badge")
def create_badge(call: Call) -> Reply:
    fields = body_object(call)
    validate(call, fields, "badge", "badges")
    lists.find(call, "badge_categories", str(fields["badge_category_id"]))
    fields = {"icon_url": None, "description": ""} | _with_icon(call, fields)
    return created("badge", call.account.store.create("badges", **fields))


@serve("update_badge")
def update_badge(call: Call) -> Reply:
    fields = _with_icon(call, body_object(call))
    return ok({"badge": call.account.store.update("badges", lists.path_row(call)["id"], **fields)})


@serve("delete_badge")
def delete_badge(call: Call) -> Reply:
    """Delete a badge with its assignments."""
    return delete_with_children(call, "badge_assignments", "badge_id")


@serve("delete_badge_category")
def delete_badge_category(call: Call) -> Reply:
    """Delete a category; 422 if it has badges."""
    row, store = lists.path_row(call), call.account.store
    if store.children("badges", badge_category_id=row["id"]):
        raise errors.listed(422, "UnprocessableEntity", "The badge category has badges")
    store.delete("badge_categories", row["id"])
    return no_content()


@serve("create_badge_assignment")
def create_badge_assignment(call: Call) -> Reply:
    fields = body_object(call)
    validate(call, fields, "badge_assignment", "badge_assignments")
    lists.find(call, "badges", str(fields["badge_id"]))
    lists.find(call, "users", str(fields["user_id"]))
    return created("badge_assignment", call.account.store.create("badge_assignments", **fields))
