"""Rows by category, locale or user segment, and subscriptions."""

from __future__ import annotations

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.rows import Row, Rows, listing
from integration_tests.emulator.products.help_center.seed import LOCALES
from integration_tests.emulator.reads import lists, sideloads

SUBSCRIBED = ("article_subscriptions", "section_subscriptions", "post_subscriptions", "topic_subscriptions")


def _of_category(call: Call, rows: Rows) -> Rows:
    sections = call.account.store.table("sections").by("category_id", call.params["category_id"])
    return rows.where(lambda row: row["section_id"] in sections)


def _labels(call: Call, rows: Rows) -> Rows:
    article = lists.find(call, "articles", call.params["article_id"])
    return rows.where(lambda row: row["name"] in article["label_names"])


def _of_segment(call: Call, rows: Rows) -> Rows:
    """The sections with articles of the user segment."""
    articles = call.account.store.children("articles", user_segment_id=call.params["user_segment_id"])
    sections = {row["section_id"] for row in articles}
    return rows.where(lambda row: row["id"] in sections)


def _segments(call: Call, rows: Rows) -> Rows:
    """The segments of a user; staff are in all of them."""
    user = lists.find(call, "users", call.params["user_id"])
    return rows.where(lambda row: user["role"] != "end-user" or row["user_type"] == "signed_in_users")


def _followers(call: Call, rows: Rows) -> Rows:
    user = lists.find(call, "users", call.params["user_id"])["id"]
    field = "follower_id" if call.query_value("type") == "followings" else "followed_id"
    return rows.where(lambda row: row[field] == user)


lists.WHERE.update({
    "category_articles": _of_category, "article_labels": _labels, "segment_sections": _of_segment,
    "user_segments": _segments, "followers": _followers,
    "inline": lambda _, rows: rows.where(lambda row: row["inline"]),
    "block": lambda _, rows: rows.where(lambda row: not row["inline"]),
    "applicable": lambda _, rows: rows.where(lambda row: row["user_type"] == "signed_in_users"),
})  # fmt: skip


def _translations(call: Call, row: Row) -> Row:
    name = "article" if "label_names" in row else "section" if "category_id" in row else "category"
    return {"translations": call.account.store.children(f"{name}_translations", source_id=row["id"])}


def _categories(call: Call, rows: list[Row]) -> list[Row]:
    store = call.account.store
    sections = [store.get("sections", row.get("section_id")) or row for row in rows]
    ids = dict.fromkeys(section["category_id"] for section in sections)
    return [found for i in ids if (found := store.get("categories", i))]


sideloads.INTO_ROWS["translations"] = _translations
sideloads.TOP_LEVEL["categories"] = _categories
sideloads.ID_FIELDS.update(
    sections=("section_id",),
    topics=("topic_id",),
    posts=("post_id", "item_id"),
    articles=("source_id", "item_id", "content_id"),
)


@serve("translation")
def translation(call: Call) -> Reply:
    rows = lists.scope(call).where(lambda row: row["locale"] == call.params["locale"])
    if not rows.ids:
        raise errors.not_found()
    return ok({"translation": rows.dicts()[0]})


@serve("missing_translations")
def missing_translations(call: Call) -> Reply:
    """The missing locales as strings."""
    there = {row["locale"] for row in lists.scope(call).dicts()}
    return ok({"locales": [locale for locale in LOCALES if locale not in there]})


@serve("help_center_locales")
def help_center_locales(_: Call) -> Reply:
    return ok({"locales": LOCALES, "default_locale": LOCALES[0]})


@serve("help_center_session")
def help_center_session(_: Call) -> Reply:
    return ok({"current_session": {"csrf_token": "emulated-csrf-token"}})


@serve("content_subscriptions")
def content_subscriptions(call: Call) -> Rows:
    """The content subscriptions of a user, of every type."""
    user, store = lists.find(call, "users", call.params["user_id"])["id"], call.account.store
    found = [(name, row) for name in SUBSCRIBED for row in store.children(name, user_id=user)]
    return listing(row for name, row in found if store.brand_of(name, row["id"]) == call.brand)
