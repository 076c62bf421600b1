"""Community: posts with comment and vote counts, badges and topics."""

from __future__ import annotations

from typing import Any

from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.links import Store, link
from integration_tests.emulator.data.rows import Row, Rows, listing
from integration_tests.emulator.data.values import Maker
from integration_tests.emulator.products.help_center.seed import count_votes
from integration_tests.emulator.reads import filters, lists

filters.FILTERS.update({
    "posts.filter_by": lambda _, values: lambda row: row["status"] == values[-1],
    "posts.topic": filters.same("topic_id"),
    "posts.created_after": filters.since("created_after", "created_at"),
    "posts.updated_after": filters.since("updated_after", "updated_at"),
    "posts.created_before": filters.until("created_before", "created_at"),
    "posts.updated_before": filters.until("updated_before", "updated_at"),
    "posts.created_at": filters.on("created_at", "created_at"),
    "posts.updated_at": filters.on("updated_at", "updated_at"),
    "badge_assignments.user_id": filters.same("user_id"),
    "badge_assignments.badge_id": filters.same("badge_id"),
    "badge_categories.brand_id": filters.same("brand_id"),
})  # fmt: skip


@fixup("posts")
def post(row: Row, m: Maker) -> None:
    row.update(topic_id=m.of_brand("topics", m.parent), author_id=m.seed_ids.end_user(m.index), content_tag_ids=[])
    row["non_author_editor_id"] = None


@fixup("post_comments")
def comment(row: Row, m: Maker) -> None:
    row.update(author_id=m.seed_ids.end_user(m.index), non_author_editor_id=None)


@fixup("topics")
def topic(row: Row, m: Maker) -> None:
    row["user_segment_id"] = m.seed_ids.id_of("user_segments", m.index) if m.index % 3 else None


@fixup("badges")
def badge(row: Row, m: Maker) -> None:
    """The last category has no badge."""
    used = max(m.seed_ids.count("badge_categories") - 1, 1)
    row["badge_category_id"] = m.seed_ids.id_of("badge_categories", m.index % used)


@fixup("badge_categories")
def badge_category(row: Row, m: Maker) -> None:
    row["brand_id"] = str(m.seed_ids.id_of("brands", 0))


@fixup("badge_assignments")
def badge_assignment(row: Row, m: Maker) -> None:
    row.update(badge_id=m.seed_ids.id_of("badges", m.index), user_id=str(m.seed_ids.end_user(m.index)))


@link("posts", "post_comments")
def counted(store: Store, row: Row, _: Any) -> None:
    count_votes(store, row, None)
    if "comment_count" in row:
        row["comment_count"] = len(store.children("post_comments", post_id=row["id"]))


@serve("search_posts")
def search_posts(call: Call) -> Rows:
    rows = filters.choose(call, lists.within_brand(call, lists.scope(call)))
    return listing(row | {"result_type": "post"} for row in rows.dicts())
