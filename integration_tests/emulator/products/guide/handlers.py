"""Rows with a brand id, and the unified search."""

from __future__ import annotations

from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.data import files
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row, Rows, listing
from integration_tests.emulator.data.seeds import HELP_CENTERS
from integration_tests.emulator.data.values import Maker
from integration_tests.emulator.reads import filters

filters.FILTERS["themes.brand_id"] = filters.same("brand_id")


@fixup("redirect_rules")
def of_a_brand(row: Row, m: Maker) -> None:
    row["brand_id"] = str(m.seed_ids.id_of("brands", HELP_CENTERS[m.index % len(HELP_CENTERS)]))


@fixup("themes")
def theme(row: Row, m: Maker) -> None:
    """The first theme of each brand is live."""
    of_a_brand(row, m)
    row["live"] = m.index < len(HELP_CENTERS)


@fixup("content_tags")
def content_tag(row: Row, m: Maker) -> None:
    row["name"] = f"tag {m.index + 1}"


@fixup("guide_medias")
def media(row: Row, m: Maker) -> None:
    row.update(access_key=m.id, url=f"/guide-media/{m.id}")
    files.describe(row, m, "name")


@fixup("external_content_sources", "external_content_types")
def external_part(row: Row, m: Maker) -> None:
    row["name"] = _name(m.collection, m)


def _name(collection: str, m: Maker) -> str:
    """The name of the source or type with this number."""
    return f"{collection.removeprefix('external_content_')} {m.index + 1}"


@fixup("external_content_records")
def external_record(row: Row, m: Maker) -> None:
    row.update(source_id=m.seed_ids.id_of("external_content_sources", m.index), locale="en-us", user_segment_id=None)
    row["type_id"] = m.seed_ids.id_of("external_content_types", m.index)
    row["source"] = {"id": row["source_id"], "name": _name("external_content_sources", m)}
    row["type"] = {"id": row["type_id"], "name": _name("external_content_types", m)}


@serve("unified_search")
def unified_search(call: Call) -> Rows:
    """Articles and posts of all brands, or of the requested ones."""
    store, named = call.account.store, call.query_list("filter[brand_ids]")
    found = [("ARTICLE", "articles", row) for row in store.all("articles")]
    found += [("POST", "posts", row) for row in store.all("posts")]
    query = call.query_value("query") or ""
    return listing(
        {"type": kind, "title": row["title"], "updated_at": row["updated_at"], "url": row["html_url"]}
        for kind, name, row in found
        if (brand := store.brand_of(name, row["id"])) and filters.matches(row, query)
        if not named or str(brand) in named
    )
