"""Articles: export, locales and search."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import orjson

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import complete_rows, serve
from integration_tests.emulator.api.replies import Reply, ok, page_body
from integration_tests.emulator.data.rows import Row, Rows, listing
from integration_tests.emulator.data.values import HOST
from integration_tests.emulator.exports.incremental import Stamps
from integration_tests.emulator.products.help_center.seed import LOCALES
from integration_tests.emulator.reads import filters, lists, paging, sideloads

LARGEST = 1000
ONE_OF = ("query", "category", "section", "label_names")
paging.CEILINGS.update(
    dict.fromkeys(("/api/v2/help_center/articles/search", "/api/v2/help_center/community_posts/search"), 1000)
)


def labelled(_: Call, values: list[str]) -> filters.Test:
    wanted = {name for text in values for name in text.split(",")}
    return lambda row: bool(wanted.intersection(row["label_names"]))


filters.FILTERS.update({
    "articles.label_names": labelled,
    "articles.start_time": filters.since("start_time", "updated_at"),
    "articles.section": filters.same("section_id"),
    "articles.locale": filters.same("locale"),
    "articles.created_after": filters.since("created_after", "created_at"),
    "articles.updated_after": filters.since("updated_after", "updated_at"),
    "articles.created_before": filters.until("created_before", "created_at"),
    "articles.updated_before": filters.until("updated_before", "updated_at"),
    "articles.created_at": filters.on("created_at", "created_at"),
    "articles.updated_at": filters.on("updated_at", "updated_at"),
    "content_tags.filter[name_prefix]": lambda _, values: lambda row: row["name"].startswith(values[-1]),
})  # fmt: skip
for _name in ("article_translations", "section_translations", "category_translations"):
    filters.FILTERS.update({f"{_name}.locales": filters.same("locale"), f"{_name}.draft": filters.flag("draft")})
    filters.FILTERS[f"{_name}.outdated"] = filters.flag("outdated")


def _since(call: Call) -> Stamps:
    start = call.query_number("start_time")
    if start is None:
        raise errors.bad_parameter("start_time", "is required and must be a Unix time")
    store = call.account.store
    made = call.account.update_times("articles")
    own: Stamps = [pair for pair in made if store.brand_of("articles", pair[1]) == call.brand]
    return own[bisect_left(own, start, key=lambda pair: pair[0]) :]


@serve("export_articles")
def export_articles(call: Call) -> Reply:
    """The last page has `next_page: null`; without new articles, `end_time` is 1 and the list is missing."""
    made = _since(call)
    if not made:
        return ok({"count": 0, "next_page": None, "end_time": 1})
    end = min(LARGEST, len(made))
    if end < len(made):
        end = bisect_right(made, made[end - 1][0], key=lambda pair: pair[0])
    ids, end_time = [i for _, i in made[:end]], made[end - 1][0]
    fragments, extra = sideloads.load(call, Rows(ids, call.account.store.table("articles").json), ids)
    following = None
    if end < len(made):
        following = call.url([*call.query_pairs("start_time"), ("start_time", str(end_time))])
    more = {"count": len(ids), "end_time": end_time, "next_page": following}
    return Reply(body=page_body("articles", fragments, {**more, **extra}))


@complete_rows("export_articles")
def every_article(call: Call) -> list[Row]:
    ids = [i for _, i in _since(call)]
    fragments, _ = sideloads.load(call, Rows(ids, call.account.store.table("articles").json), ids)
    return [orjson.loads(fragment) for fragment in fragments]


@serve("articles_in_locale")
def articles_in_locale(call: Call) -> Rows:
    """The articles with a translation, in its locale."""
    store, locale = call.account.store, call.params["locale"]
    if locale not in LOCALES:
        raise errors.not_found()
    words = {row["source_id"]: row for row in store.all("article_translations") if row["locale"] == locale}
    rows = filters.order(call, filters.choose(call, lists.within_brand(call, lists.scope(call))))
    return listing(_translated(row, words[row["id"]]) for row in rows.dicts() if row["id"] in words)


def _translated(row: Row, words: Row) -> Row:
    return row | {"locale": words["locale"], "title": words["title"], "name": words["title"], "body": words["body"]}


@serve("featured_articles")
def featured_articles(call: Call) -> Rows:
    """The promoted articles with a translation in the locale, without ids."""
    store, locale = call.account.store, call.query_value("locale") or LOCALES[0]
    words = {row["source_id"]: row for row in store.all("article_translations") if row["locale"] == locale}
    rows = lists.within_brand(call, lists.scope(call)).where(lambda row: row["promoted"] and row["id"] in words)
    return listing(_featured(row["id"], words[row["id"]]) for row in rows.dicts())


def _featured(identifier: int, words: Row) -> Row:
    url = f"{HOST}/hc/{words['locale']}/articles/{identifier}"
    row = {"title": f"<b>{words['title']}</b>", "stripped_title": words["title"], "url": url, "multibrand": False}
    return row | {"breadcrumbs": ["Help Center", "Section"]}


@serve("search_articles")
def search_articles(call: Call) -> Rows:
    """Search results; 400 without a search criterion."""
    if not any(call.query_value(name) for name in ONE_OF):
        raise errors.bad_parameter("query", "category, section or label_names is required")
    rows = filters.choose(call, lists.within_brand(call, lists.scope(call)))
    if call.query_value("category"):
        sections = call.account.store.table("sections").by("category_id", call.query_value("category"))
        rows = rows.where(lambda row: row["section_id"] in sections)
    return listing(row | {"result_type": "article", "snippet": "..."} for row in rows.dicts())


@serve("deflection_suggestions")
def deflection_suggestions(call: Call) -> Rows:
    """Names and URLs of articles that match a question."""
    store, query = call.account.store, call.query_value("query") or ""
    own = [row for row in store.all("articles") if store.brand_of("articles", row["id"]) == call.brand]
    found = [row for row in own if filters.matches(row, query)]
    return listing({"name": row["title"], "html_url": row["html_url"]} for row in found[:3])
