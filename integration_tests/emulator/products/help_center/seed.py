"""Fixups of help center rows: all references are within one brand, or to rows of the account."""

from __future__ import annotations

from typing import Any

from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.links import Store, link
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.seeds import HELP_CENTERS
from integration_tests.emulator.data.values import HOST, Maker

LOCALES = ("en-us", "de", "fr", "ja", "pt-br", "es-419")
ITEMS = (("Article", "articles"), ("Comment", "article_comments"), ("Post", "posts"), ("PostComment", "post_comments"))
VOTED = 20
"""The maximum number of items with votes, by type and brand."""


def label_name(identifier: Any) -> str:
    return f"label-{identifier}"


@fixup("articles")
def article(row: Row, m: Maker) -> None:
    labels = m.seed_ids.by_brand("article_labels")[m.parent]
    row.update(
        author_id=m.seed_ids.agent(m.index), section_id=m.of_brand("sections", m.parent), outdated=False,
        user_segment_id=m.seed_ids.id_of("user_segments", m.index) if m.index % 3 else None, content_tag_ids=[],
        permission_group_id=m.seed_ids.id_of("permission_groups", m.index), promoted=m.index % 10 == 0,
        outdated_locales=[],
        label_names=[label_name(labels[n % len(labels)]) for n in range(m.index, m.index + m.index % 3)],
        edited_at=row["updated_at"], html_url=f"{HOST}/hc/articles/{m.id}", draft=m.index % 9 == 5,
    )  # fmt: skip
    row["user_segment_ids"] = [row["user_segment_id"]] if row["user_segment_id"] else []


@fixup("article_labels")
def label(row: Row, m: Maker) -> None:
    row["name"] = label_name(m.id)


@fixup("sections")
def section(row: Row, m: Maker) -> None:
    row.update(category_id=m.of_brand("categories", m.parent), parent_section_id=None, outdated=False)


@fixup("categories")
def category(row: Row, _: Maker) -> None:
    row["outdated"] = False


@fixup("article_translations", "section_translations", "category_translations")
def translation(row: Row, m: Maker) -> None:
    """A translation; the first parent has one in every locale and in additional ones."""
    source = m.collection.removesuffix("_translations")
    first = m.parent == m.seed_ids.ids({"category": "categories"}.get(source, f"{source}s"))[0]
    locale = LOCALES[m.index % 6] + (f"-x-{m.index}" if first and m.index >= 6 else "")
    row.update(
        locale=locale, source_type=source.title(), title=f"{row['title']} ({locale})", outdated=False, hidden=False
    )
    row.update(created_by_id=m.seed_ids.agent(m.index), updated_by_id=m.seed_ids.agent(m.index))


@link("articles", "sections", "categories")
def in_source_language(store: Store, row: Row, _: Any) -> None:
    """Copy the text of the first translation."""
    name = "article" if "label_names" in row else "section" if "category_id" in row else "category"
    first = store.children(f"{name}_translations", source_id=row["id"])[0]
    row.update(locale=first["locale"], source_locale=first["locale"], name=first["title"])
    if name == "article":
        row.update(title=first["title"], body=first["body"])
        count_votes(store, row, None)
    else:
        row["description"] = first["body"]


@link("article_comments")
def count_votes(store: Store, row: Row, _: Any) -> None:
    votes = store.children("votes", item_id=row["id"])
    row.update(vote_count=len(votes), vote_sum=sum(vote["value"] for vote in votes))


@fixup("article_comments")
def comment(row: Row, m: Maker) -> None:
    row.update(author_id=m.seed_ids.end_user(m.index), source_type="Article", locale="en-us", non_author_editor_id=None)


@fixup("votes")
def vote(row: Row, m: Maker) -> None:
    kind, collection = ITEMS[m.index % 4]
    ids = m.seed_ids.by_brand(collection)[m.parent]
    row.update(item_type=kind, item_id=ids[m.index // 4 % min(len(ids), VOTED)], value=-1 if m.index % 5 == 0 else 1)
    row.update(user_id=m.seed_ids.end_user(m.index), url=f"{HOST}/api/v2/help_center/votes/{m.id}.json")


@fixup("article_subscriptions", "section_subscriptions", "post_subscriptions", "topic_subscriptions")
def subscription(row: Row, m: Maker) -> None:
    row.update(content_type=m.collection.removesuffix("_subscriptions").title(), user_id=m.seed_ids.end_user(m.index))


@fixup("user_subscriptions")
def follower(row: Row, m: Maker) -> None:
    row["follower_id"] = m.seed_ids.agent(m.index + 1)


@fixup("user_segments")
def user_segment(row: Row, m: Maker) -> None:
    row.update(built_in=m.index < 2, name=f"Segment {m.index + 1}", group_ids=[m.seed_ids.id_of("groups", m.index)])
    row.update(organization_ids=[], added_user_ids=[], or_tags=[])


@fixup("account_custom_claims")
def custom_claim(row: Row, m: Maker) -> None:
    row.update(brand_id=m.seed_ids.id_of("brands", HELP_CENTERS[m.index % len(HELP_CENTERS)]), account_id=1)
