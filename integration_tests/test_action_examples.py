"""Runs the examples of docs/actions.md on an account."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness import Result, sync
from source_zendesk.manifest.resources import load_schema

Json = dict[str, Any]
PAGE = (Path(__file__).parent.parent / "docs" / "actions.md").read_text()
EXAMPLES = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
CONFIGS = {example["actions"][0]["stream"]: example for example in EXAMPLES if "actions" in example}


def act(
    zendesk: Emulator, stream: str, body: Json | None = None, state: Any = None, parameters: Json | None = None
) -> Result:
    """Run an example; `body` and `parameters` replace ids from the response of an earlier one."""
    config = {**zendesk.config(), **CONFIGS[stream]}
    (action,) = config["actions"]
    if body:
        action = {**action, "body": {**action["body"], **body}}
    if parameters:
        action = {**action, "parameters": {**action["parameters"], **parameters}}
    config["actions"] = [action]
    result = sync(config, [stream], state)
    assert result.errors == []
    return result


def tags_of(zendesk: Emulator, number: int) -> list[str]:
    ticket = zendesk.store.get("tickets", number) or {}
    return list(ticket["tags"])


def test_tickets_are_tagged_in_bulk(zendesk: Emulator) -> None:
    result = act(zendesk, "update_many_tickets")
    records = result.records["update_many_tickets"]
    assert [(record["id"], record["success"]) for record in records] == [("2", True), ("3", True), ("4", True)]
    assert all("outage-june" in tags_of(zendesk, number) for number in (2, 3, 4))
    assert "outage-june" not in tags_of(zendesk, 5)
    assert set(records[0]) - {"_action", "_status"} <= set(load_schema("job_result")["properties"])


def test_users_are_imported_once(zendesk: Emulator) -> None:
    first = act(zendesk, "create_or_update_many_users")
    again = act(zendesk, "create_or_update_many_users", state=first.state)
    imported = [user["name"] for user in zendesk.store.all("users") if user.get("email", "").endswith("@example.com")]
    assert {"Ada Lovelace", "Grace Hopper"} <= set(imported)
    assert len(first.records["create_or_update_many_users"]) == 2
    assert list(again.bodies("record")) == []


def test_an_article_is_created_and_gets_its_attachment(
    zendesk: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "manual.pdf").write_bytes(b"%PDF-1.7")
    monkeypatch.chdir(tmp_path)
    section = zendesk.store.all("sections")[0]["id"]
    (article,) = act(zendesk, "create_article", parameters={"section_id": section}).records["create_article"]
    attached = act(zendesk, "create_article_attachment", parameters={"article_id": article["id"]})
    (record,) = attached.records["create_article_attachment"]
    assert (article["section_id"], article["draft"]) == (section, True)
    assert (record["article_id"], record["file_name"], record["inline"]) == (article["id"], "manual.pdf", False)


def test_an_app_is_uploaded_built_and_installed(
    zendesk: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "app.zip").write_bytes(b"PK\x03\x04")
    monkeypatch.chdir(tmp_path)
    (upload,) = act(zendesk, "upload_sell_app_package").records["upload_sell_app_package"]
    (build,) = act(zendesk, "create_sell_app", {"upload_id": upload["id"]}).records["create_sell_app"]
    assert build["status"] == "completed"
    (installed,) = act(zendesk, "install_sell_app", {"app_id": build["app_id"]}).records["install_sell_app"]
    kept = zendesk.store.get("sell_installations", installed["id"])
    assert kept is not None
    assert kept["pending_installation"] is False


def test_more_jobs_than_the_account_limit_all_complete(zendesk: Emulator) -> None:
    zendesk.account.jobs.limit = 3
    items = [
        {"stream": "update_many_tickets", "parameters": {"ids": 2 + n % 20}, "body": {"ticket": {"priority": str(n)}}}
        for n in range(5)
    ]
    config = {**zendesk.config(), "allow_writes": True, "actions": items}
    result = sync(config, ["update_many_tickets"])
    assert len(list(result.bodies("record"))) == len(items)


@pytest.mark.parametrize("outcome", ["failed", "killed"])
def test_a_failed_job_fails_its_stream(zendesk: Emulator, outcome: str) -> None:
    zendesk.account.jobs.outcome = outcome
    result = sync({**zendesk.config(), **CONFIGS["update_many_tickets"]}, ["update_many_tickets"])
    assert outcome.title() in result.stream_errors["update_many_tickets"]
