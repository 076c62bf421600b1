"""Writes of articles, sections and categories, their translations and their labels."""

from __future__ import annotations

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, created, no_content, ok
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.products.help_center.seed import LOCALES
from integration_tests.emulator.reads import lists
from integration_tests.emulator.writes.generic import REQUIRED, body_object, validate

REQUIRED.update({
    "article": ("title", "locale"), "section": ("name", "locale"), "category": ("name", "locale"),
    "translation": ("title", "locale"), "label": ("name",), "user_segment": ("name", "user_type"),
})  # fmt: skip
TRANSLATIONS = {
    "articles": "article_translations", "sections": "section_translations", "categories": "category_translations"
}  # fmt: skip
SINGULAR = {"articles": "article", "sections": "section", "categories": "category"}
IN_TRANSLATION = {"articles": {"title", "body", "draft", "locale"}, "categories": {"name", "description", "locale"}}
"""The fields that only the endpoints of translations change."""


@serve("create_translated")
def create_translated(call: Call) -> Reply:
    """Create an object with a translation in its language, or with the given translations."""
    store, name = call.account.store, call.endpoint.of
    fields = body_object(call)
    texts = fields.pop("translations", None)
    if texts:
        first = texts[0]
        fields = {"title": first["title"], "name": first["title"], "locale": first["locale"], **fields}
    validate(call, fields, call.endpoint.key, name)
    _check_locale(fields["locale"])
    above = {column: lists.parents(call)[-1]["id"] for column in call.endpoint.parent.values()}
    title = fields["title"] if name == "articles" else fields["name"]
    row = store.create(name, call.brand, **{**fields, **above, "name": title, "source_locale": fields["locale"]})
    body = fields.get("body") or fields.get("description") or ""
    for text in texts or [{"locale": fields["locale"], "title": title, "body": body}]:
        store.create(TRANSLATIONS[name], row["id"], **text)
    return created(call.endpoint.key, row)


@serve("update_metadata")
def update_metadata(call: Call) -> Reply:
    """Change an object, except the fields of its translations."""
    name, row = call.endpoint.of, lists.path_row(call)
    ignored = IN_TRANSLATION.get(name, set())
    fields = {field: value for field, value in body_object(call).items() if field not in ignored}
    return ok({call.endpoint.key: call.account.store.update(name, row["id"], **fields)})


@serve("delete_with_content")
def delete_with_content(call: Call) -> Reply:
    """Delete a section with its articles, or a category with its sections and their articles."""
    store, row = call.account.store, lists.path_row(call)
    sections = [row] if call.endpoint.of == "sections" else store.children("sections", category_id=row["id"])
    for section in sections:
        for article in store.children("articles", section_id=section["id"]):
            store.delete("articles", article["id"])
        store.delete("sections", section["id"])
    store.delete(call.endpoint.of, row["id"])
    return no_content()


@serve("set_source_locale")
def set_source_locale(call: Call) -> Reply:
    """Make a translation the source of its object; 422 if there is none in the language."""
    store, name, row = call.account.store, call.endpoint.of, lists.path_row(call)
    field = f"{SINGULAR[name]}_locale"
    locale = call.json_body().get(field)
    if locale not in {text["locale"] for text in store.children(TRANSLATIONS[name], source_id=row["id"])}:
        raise errors.record_invalid(**{field: f"{field}: there is no translation in this language"})
    store.update(name, row["id"], source_locale=locale)
    return ok("")


@serve("comment_on_article")
def comment_on_article(call: Call) -> Reply:
    """Add a comment to an article; it needs a language."""
    (article,) = lists.parents(call)
    fields = body_object(call)
    if not fields.get("body") or not fields.get("locale"):
        raise errors.record_invalid(locale="body and locale: cannot be blank")
    return created("comment", call.account.store.create("article_comments", article["id"], **fields))


# translations


def _check_locale(locale: str) -> None:
    if locale not in LOCALES:
        raise errors.record_invalid(locale="locale: is not enabled in the help center")


def _texts(call: Call) -> tuple[int, dict[str, Row]]:
    """The id of the object in the path, and its translations by language."""
    (source,) = lists.parents(call)
    rows = call.account.store.children(call.endpoint.of, source_id=source["id"])
    return source["id"], {row["locale"]: row for row in rows}


@serve("create_translation")
def create_translation(call: Call) -> Reply:
    """Add a translation in a language that the object lacks."""
    source, known = _texts(call)
    fields = body_object(call)
    validate(call, fields, "translation", call.endpoint.of)
    _check_locale(fields["locale"])
    if fields["locale"] in known:
        raise errors.record_invalid(locale="locale: has already been taken")
    return created("translation", call.account.store.create(call.endpoint.of, source, **fields))


@serve("update_translation")
def update_translation(call: Call) -> Reply:
    _, known = _texts(call)
    row, fields = known.get(call.params["locale"]), body_object(call)
    if row is None:
        raise errors.not_found()
    if fields.get("locale", row["locale"]) in known.keys() - {row["locale"]}:
        raise errors.record_invalid(locale="locale: has already been taken")
    return ok({"translation": call.account.store.update(call.endpoint.of, row["id"], **fields)})


@serve("delete_translation")
def delete_translation(call: Call) -> Reply:
    """Delete the translation of an article, a section or a category, unless it is the only one."""
    store, text = call.account.store, call.params["translation_id"]
    for name in TRANSLATIONS.values():
        row = store.get(name, int(text)) if text.isdigit() else None
        if row and store.brand_of(name, row["id"]) == call.brand:
            if len(store.children(name, source_id=row["source_id"])) == 1:
                raise errors.record_invalid(base="The only translation cannot be deleted")
            store.delete(name, row["id"])
            return no_content()
    raise errors.not_found()


# labels


@serve("label_article")
def label_article(call: Call) -> Reply:
    """Add a label to an article; a new label if there is none of this name."""
    (article,), store = lists.parents(call), call.account.store
    fields = body_object(call)
    validate(call, fields, "label", "article_labels")
    known = (row for row in store.all("article_labels") if row["name"] == fields["name"])
    row = next((row for row in known if store.brand_of("article_labels", row["id"]) == call.brand), None)
    row = row or store.create("article_labels", call.brand, **fields)
    names = [*dict.fromkeys([*article["label_names"], row["name"]])]
    store.update("articles", article["id"], label_names=names)
    return created("label", row)


@serve("unlabel_article")
def unlabel_article(call: Call) -> Reply:
    """Remove a label from one article."""
    (article,), label = lists.parents(call), lists.path_row(call)
    _remove_label(call, article, label["name"])
    return no_content()


@serve("delete_label")
def delete_label(call: Call) -> Reply:
    """Remove a label from all articles of the help center, and delete it."""
    store, label = call.account.store, lists.path_row(call)
    for article in store.all("articles"):
        if label["name"] in article["label_names"] and store.brand_of("articles", article["id"]) == call.brand:
            _remove_label(call, article, label["name"])
    store.delete("article_labels", label["id"])
    return no_content()


def _remove_label(call: Call, article: Row, name: str) -> None:
    names = [each for each in article["label_names"] if each != name]
    call.account.store.update("articles", article["id"], label_names=names)
