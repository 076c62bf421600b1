"""Every write of a product succeeds on the account once, and is not sent a second time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from integration_tests.action_helpers import item_of, refusal, write
from integration_tests.emulator import Emulator
from integration_tests.harness import sync
from integration_tests.samples import group_of, sample
from source_zendesk.manifest import Endpoint, Manifest

Json = dict[str, Any]
ENTRIES = Manifest.load().endpoints
EVERY_WRITE = [entry for entry in ENTRIES.values() if entry.kind == "action" and entry.product != "support"]
UPLOADS = [entry for entry in EVERY_WRITE if entry.options.file_field and not entry.options.upload]
WRITES = sample(EVERY_WRITE, group_of)


def sent_to(zendesk: Emulator, entry: Endpoint) -> int:
    """The number of requests to an endpoint."""
    path = re.sub(r"{\w+}", "[^/]+", entry.path)
    requests = zendesk.account.requests
    return sum(request.method == entry.method and bool(re.fullmatch(path, request.path)) for request in requests)


@pytest.mark.parametrize("entry", WRITES, ids=lambda entry: entry.name)
def test_a_write_succeeds_once_and_is_not_sent_again(entry: Endpoint, zendesk: Emulator, tmp_path: Path) -> None:
    item = item_of(entry, zendesk, tmp_path)
    first = write(zendesk, item)
    assert first.errors == []
    records = first.records[entry.name]
    assert {record["_status"] for record in records} == {"completed" if entry.options.jobs else "done"}
    fields = {name for name in records[0] if not name.startswith("_")}
    assert fields <= set(Manifest.load().record_schema(entry)["properties"])
    assert bool(fields) == (entry.options.schema != "action_result")
    second = write(zendesk, item, first.state)
    assert (second.errors, list(second.bodies("record"))) == ([], [])
    assert sent_to(zendesk, entry) == 1


@pytest.mark.parametrize("entry", WRITES, ids=lambda entry: entry.name)
def test_an_incomplete_write_is_refused_before_any_request(entry: Endpoint, zendesk: Emulator, tmp_path: Path) -> None:
    item = item_of(entry, zendesk, tmp_path)
    if entry.placeholders:
        message = refusal(zendesk, {**item, "parameters": {}})
        assert f"`actions[0].parameters.{entry.placeholders[0]}`: it is missing" in message
    assert "`actions[0].body`" in refusal(zendesk, {**item, "body": "[1]"})
    assert zendesk.account.requests == []


@pytest.mark.parametrize("entry", UPLOADS, ids=lambda entry: entry.name)
def test_the_record_of_an_upload_names_the_file(entry: Endpoint, zendesk: Emulator, tmp_path: Path) -> None:
    file = tmp_path / "sound.mp3"
    file.write_bytes(b"ID3")
    parameters = item_of(entry, zendesk, tmp_path)["parameters"]
    (record,) = write(zendesk, {"stream": entry.name, "parameters": parameters, "file": str(file)}).records[entry.name]
    assert "sound.mp3" in str(record)


@pytest.mark.parametrize("name", ["create_api_token", "update_api_token"])
def test_an_api_token_is_redacted(name: str, zendesk: Emulator, tmp_path: Path) -> None:
    (record,) = write(zendesk, item_of(ENTRIES[name], zendesk, tmp_path)).records[name]
    assert record["token"] == "****"


def test_a_second_vote_replaces_the_first(zendesk: Emulator) -> None:
    post = dict(zendesk.store.all("posts")[0])
    for name, value in (("upvote_post", 1), ("downvote_post", -1)):
        (vote,) = write(zendesk, {"stream": name, "parameters": {"post_id": post["id"]}}).records[name]
        assert vote["value"] == value
    after = zendesk.store.get("posts", post["id"]) or {}
    assert (after["vote_count"], after["vote_sum"]) == (post["vote_count"] + 1, post["vote_sum"] - 1)
    assert after["updated_at"] == post["updated_at"]


def test_a_comment_raises_the_count_of_its_post(zendesk: Emulator) -> None:
    post = dict(zendesk.store.all("posts")[0])
    item = {
        "stream": "create_post_comment",
        "parameters": {"post_id": post["id"]},
        "body": {"comment": {"body": "Thanks"}, "notify_subscribers": False},
    }
    (comment,) = write(zendesk, item).records["create_post_comment"]
    assert (comment["post_id"], comment["body"]) == (post["id"], "Thanks")
    after = zendesk.store.get("posts", post["id"]) or {}
    assert after["comment_count"] == post["comment_count"] + 1


def test_a_title_is_changed_in_its_translation_only(zendesk: Emulator) -> None:
    article = dict(zendesk.store.all("articles")[0])
    texts = {"parameters": {"article_id": article["id"]}, "body": {"article": {"title": "New", "promoted": True}}}
    (record,) = write(zendesk, {"stream": "update_article", **texts}).records["update_article"]
    assert (record["title"], record["promoted"]) == (article["title"], True)
    name, parameters = "update_article_translation", {"article_id": article["id"], "locale": "de"}
    item = {"stream": name, "parameters": parameters, "body": {"translation": {"title": "Neu"}}}
    (translation,) = write(zendesk, item).records[name]
    assert (translation["locale"], translation["title"], translation["source_id"]) == ("de", "Neu", article["id"])


def test_a_deleted_category_takes_its_sections_and_articles_along(zendesk: Emulator) -> None:
    section = zendesk.store.all("sections")[0]
    assert zendesk.store.children("articles", section_id=section["id"])
    item = {"stream": "delete_category", "parameters": {"category_id": section["category_id"]}}
    assert write(zendesk, item).errors == []
    assert zendesk.store.get("sections", section["id"]) is None
    assert zendesk.store.children("articles", section_id=section["id"]) == []


def test_more_attachments_than_zendesk_adds_at_once_are_refused(zendesk: Emulator) -> None:
    item = {"stream": "associate_article_attachments", "parameters": {"article_id": 1}}
    message = refusal(zendesk, {**item, "body": {"attachment_ids": [*range(21)]}})
    assert "21 items; associate_article_attachments takes at most 20" in message
    assert zendesk.account.requests == []


def upload_item(folder: Path, **fields: Any) -> Json:
    """An item that adds an attachment to the first article of the account."""
    file = folder / "picture.png"
    file.write_bytes(b"PNG")
    return {"stream": "create_article_attachment", "parameters": {"article_id": 1}, "file": str(file), **fields}


def test_an_attachment_has_its_file_and_the_fields_of_its_form(zendesk: Emulator, tmp_path: Path) -> None:
    article = zendesk.store.all("articles")[0]
    item = upload_item(tmp_path, parameters={"article_id": article["id"]}, body={"inline": True, "locale": "de"})
    (row,) = write(zendesk, item).records["create_article_attachment"]
    assert (row["file_name"], row["size"], row["inline"], row["locale"]) == ("picture.png", 3, True, "de")
    assert (zendesk.store.get("article_attachments", row["id"]) or {})["article_id"] == article["id"]


@pytest.mark.parametrize("name", ["create_article_attachment", "upload_article_attachment"])
def test_an_attachment_is_made_of_a_medium_without_a_file(name: str, zendesk: Emulator) -> None:
    article, medium = zendesk.store.all("articles")[0], zendesk.store.all("guide_medias")[0]
    parameters = {"article_id": article["id"]} if name == "create_article_attachment" else {}
    item = {"stream": name, "parameters": parameters, "body": {"guide_media_id": medium["id"]}}
    first = write(zendesk, item)
    (row,) = first.records[name]
    assert (row["file_name"], row["size"]) == (medium["name"], medium["size"])
    assert list(write(zendesk, item, first.state).bodies("record")) == []


def test_a_changed_form_is_another_action(zendesk: Emulator, tmp_path: Path) -> None:
    article = zendesk.store.all("articles")[0]
    item = upload_item(tmp_path, parameters={"article_id": article["id"]})
    first = write(zendesk, item)
    second = write(zendesk, {**item, "body": {"inline": True}}, first.state)
    assert [row["inline"] for row in second.records["create_article_attachment"]] == [True]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"file": None}, '`actions[0].body.guide_media_id`: it is missing; create_article_attachment takes {"guide_me'),
        ({"file": None, "body": {"inline": True}}, "`actions[0].body.guide_media_id`: it is missing"),
        ({"body": {"file": "a.png"}}, "`actions[0].body.file`: give the path of the file in `actions[0].file`"),
        ({"body": {"inline": [True]}}, "`actions[0].body.inline`: expected a string, a number or a boolean"),
        ({"body": {"locale": {"a": 1}}}, "`actions[0].body.locale`: expected a string, a number or a boolean"),
    ],
)
def test_a_form_that_zendesk_does_not_take_is_refused_before_any_request(
    fields: Json, message: str, zendesk: Emulator, tmp_path: Path
) -> None:
    assert message in refusal(zendesk, upload_item(tmp_path, **fields))
    assert zendesk.account.requests == []


def test_a_dry_run_shows_the_fields_and_the_file_of_a_form(zendesk: Emulator, tmp_path: Path) -> None:
    item = upload_item(tmp_path, body={"inline": True})
    result = sync(zendesk.config(dry_run=True, actions=[item]), ["create_article_attachment"])
    (record,) = result.records["create_article_attachment"]
    assert (record["_request"]["body"], record["_request"]["file"]) == ({"inline": True}, item["file"])
    assert record["_request"]["headers"]["Content-Type"].startswith("multipart/form-data")
