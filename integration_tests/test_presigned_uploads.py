"""A file for a storage host: each step is sent once, a failure leaves the action unsent, and no signature gets out."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest

from integration_tests.action_helpers import item_of, refusal, write
from integration_tests.emulator import Emulator
from integration_tests.emulator.api.signed_uploads import PATH as STORAGE
from integration_tests.harness import Result, State, configured_catalog, console, discover, sync
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.writes.storage_client import MAX_RETRIES

pytestmark = pytest.mark.usefixtures("no_wait_for_limits")

Json = dict[str, Any]
MANIFEST = Manifest.load()
ENTRIES = [entry for entry in MANIFEST.endpoints.values() if entry.options.upload]
BEFORE = [entry for entry in ENTRIES if entry.options.upload.path]
AFTER = [entry for entry in ENTRIES if not entry.options.upload.path]
MEDIA = "/api/v2/guide/medias/upload_url"
"""Its page names no media types."""
STORED = f"{STORAGE}/*"
each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)


def is_form(entry: Endpoint) -> bool:
    return bool(entry.options.file_field)


def address_path(entry: Endpoint) -> str:
    """The path of the request whose response contains the address."""
    return entry.options.upload.path or entry.path


def sent(zendesk: Emulator) -> list[str]:
    """The requests that are no polls of jobs, each as its method and path; the storage host has one path."""
    lines = [f"{each.method} {each.path}" for each in zendesk.requests if each.method != "GET"]
    return ["the file" if STORAGE in line else line for line in lines]


def steps_of(entry: Endpoint, item: Json) -> list[str]:
    """The requests of an action that is done."""
    path = entry.path.format(**item["parameters"])
    before = [f"POST {entry.options.upload.path}", "the file"]
    request = f"{entry.method} {path}"
    return [*before, request] if entry in BEFORE else [request, "the file"]


def signatures(zendesk: Emulator) -> list[str]:
    uploads = zendesk.account.signed_uploads.all.values()
    return [text for each in uploads for text in (each.signature, each.parameters.get("policy", "")) if text]


def assert_no_signature(zendesk: Emulator, result: Result) -> None:
    output = json.dumps(result.messages) + "".join(result.noise) + result.stderr
    assert signatures(zendesk)
    assert [text for text in signatures(zendesk) if text in output] == []


def actions_of(result: Result, entry: Endpoint) -> list[str]:
    return [each["status"] for each in result.state_of(entry.name)["actions"].values()]


@each_entry
def test_each_step_is_sent_once_and_the_storage_host_gets_the_file(
    entry: Endpoint, zendesk: Emulator, tmp_path: Path
) -> None:
    item = item_of(entry, zendesk, tmp_path)
    first = write(zendesk, item)
    assert first.errors == []
    assert sent(zendesk) == steps_of(entry, item)
    (upload,) = zendesk.account.signed_uploads.all.values()
    assert upload.content == b"content"
    assert_no_signature(zendesk, first)
    assert write(zendesk, item, first.state).records[entry.name] == []
    assert sent(zendesk) == steps_of(entry, item)


@each_entry
def test_the_storage_host_gets_no_header_of_the_account(entry: Endpoint, zendesk: Emulator, tmp_path: Path) -> None:
    """The storage host refuses credentials; other headers of the configuration may be secret too."""
    item = item_of(entry, zendesk, tmp_path)
    config = {**zendesk.config(), "allow_writes": True, "actions": [item], "on_behalf_of": "ada@example.com"}
    assert sync(config, [entry.name]).errors == []
    (stored,) = [each for each in zendesk.requests if STORAGE in each.path]
    transport = {"host", "content-length", "content-type", "accept-encoding", "user-agent"}
    signed = set() if is_form(entry) else {"content-disposition", "x-amz-server-side-encryption"}
    assert set(stored.headers) - transport == signed


@each_entry
@pytest.mark.parametrize(
    "fault", [{"status": 403}, {"status": 422}, {"status": 500}, {"status": 504}, {"kind": "not_json"}], ids=str
)
def test_an_action_without_an_address_is_sent_again_by_the_next_run(
    entry: Endpoint, fault: Json, zendesk: Emulator, tmp_path: Path
) -> None:
    item = item_of(entry, zendesk, tmp_path)
    zendesk.faults.add(address_path(entry), method="POST", **fault)
    first = write(zendesk, item)
    assert first.records[entry.name] == []
    assert first.state_of(entry.name)["actions"] == {}
    error = first.stream_errors[entry.name]
    assert "the action with" in error
    if fault.get("status") in (403, 422):
        assert f"POST {address_path(entry)}: status {fault['status']}" in error
        assert error.endswith("; the next run sends it again.") == (entry in BEFORE)
    assert sent(zendesk) == [f"POST {address_path(entry)}"]
    zendesk.faults.clear()
    assert write(zendesk, item, first.state).errors == []
    assert sent(zendesk)[1:] == steps_of(entry, item)


@each_entry
@pytest.mark.parametrize("status", [307, 400, 403, 411])
def test_an_action_whose_file_is_refused_is_sent_again_by_the_next_run(
    entry: Endpoint, status: int, zendesk: Emulator, tmp_path: Path
) -> None:
    item = item_of(entry, zendesk, tmp_path)
    body = "<Error><Code>SignatureDoesNotMatch</Code><SignatureProvided>s3cr3t</SignatureProvided></Error>"
    zendesk.faults.add(STORED, status=status, body=body, headers={"Location": "http://localhost/elsewhere"})
    first = write(zendesk, item)
    assert first.records[entry.name] == []
    assert first.state_of(entry.name)["actions"] == {}
    error = first.stream_errors[entry.name]
    assert f"was not done, because the upload of its file to localhost failed: status {status}, Signature" in error
    assert error.endswith("; the next run sends it again.")
    assert "s3cr3t" not in str(first.messages)
    assert_no_signature(zendesk, first)
    assert sent(zendesk)[-1] == "the file"
    assert write(zendesk, item, first.state).errors == []
    assert sent(zendesk)[-len(steps_of(entry, item)) :] == steps_of(entry, item)


@each_entry
def test_only_a_file_that_starts_no_job_is_uploaded_again_after_a_failure(
    entry: Endpoint, zendesk: Emulator, tmp_path: Path
) -> None:
    """After a failed form, the job may have started."""
    item = item_of(entry, zendesk, tmp_path)
    zendesk.faults.add(STORED, status=500, headers={"Retry-After": "0"})
    first = write(zendesk, item)
    assert sent(zendesk).count("the file") == (1 if is_form(entry) else 2)
    assert actions_of(first, entry) == ["unknown" if is_form(entry) else "done"]
    count = len(sent(zendesk))
    assert write(zendesk, item, first.state).records[entry.name] == []
    assert len(sent(zendesk)) == count


@each_entry
def test_a_storage_host_that_keeps_failing_leaves_the_outcome_of_a_job_alone_unknown(
    entry: Endpoint, zendesk: Emulator, tmp_path: Path
) -> None:
    item = item_of(entry, zendesk, tmp_path)
    zendesk.faults.add(
        STORED, status=503, times=99, body="<Error><Code>SlowDown</Code></Error>", headers={"Retry-After": "0"}
    )
    first = write(zendesk, item)
    assert sent(zendesk).count("the file") == (1 if is_form(entry) else MAX_RETRIES + 1)
    assert "status 503, SlowDown" in first.stream_errors[entry.name]
    if is_form(entry):
        assert [row["_status"] for row in first.records[entry.name]] == ["unknown"]
        return
    assert (first.records[entry.name], first.state_of(entry.name)["actions"]) == ([], {})
    zendesk.faults.clear()
    assert write(zendesk, item, first.state).errors == []


@pytest.mark.parametrize("entry", BEFORE, ids=lambda entry: entry.name)
@pytest.mark.parametrize("status", [422, 500])
def test_the_last_step_has_the_outcomes_of_other_actions(
    entry: Endpoint, status: int, zendesk: Emulator, tmp_path: Path
) -> None:
    is_refused = status == 422
    item = item_of(entry, zendesk, tmp_path)
    steps = steps_of(entry, item)
    zendesk.faults.add(steps[-1].partition(" ")[2], method=entry.method, status=status)
    first = write(zendesk, item)
    assert sent(zendesk) == steps
    (key,) = entry.required_body
    error = first.stream_errors[entry.name]
    assert f"a body with `{key}` and the file {item['file']} (fingerprint " in error
    assert (f" at {entry.method} {entry.path}: status 422" in error) == is_refused
    assert [row["_status"] for row in first.records[entry.name]] == ([] if is_refused else ["unknown"])
    second = write(zendesk, item, first.state)
    assert sent(zendesk)[len(steps) :] == (steps if is_refused else [])
    assert [row["_status"] for row in second.records[entry.name]] == (["done"] if is_refused else [])


@each_entry
def test_an_incomplete_item_is_refused_before_any_request(entry: Endpoint, zendesk: Emulator, tmp_path: Path) -> None:
    item = item_of(entry, zendesk, tmp_path)
    missing = {name: value for name, value in item.items() if name != "file"}
    assert f"`actions[0].file`: it is missing; {entry.name} uploads a file" in refusal(zendesk, missing)
    assert "does not exist" in refusal(zendesk, {**item, "file": str(tmp_path / "none.png")})
    for names in entry.required_body:
        message = refusal(zendesk, {**item, "body": {}})
        assert f"`actions[0].body.{names}`: it is missing; {entry.name} takes {{" in message
        assert "`file`" not in message
    for name in entry.placeholders:
        assert f"`actions[0].parameters.{name}`: it is missing" in refusal(zendesk, {**item, "parameters": {}})
    assert zendesk.requests == []


@each_entry
def test_a_file_that_zendesk_does_not_take_is_refused_before_any_request(
    entry: Endpoint, zendesk: Emulator, tmp_path: Path
) -> None:
    item, upload = item_of(entry, zendesk, tmp_path), entry.options.upload
    limit = upload.max_bytes or 50 * 1024 * 1024
    os.truncate(item["file"], limit + 1)
    assert (
        f"{Path(item['file']).name} has more than {limit // 10**6 if limit % 1024 else limit // 1024**2} MB"
        in refusal(zendesk, item)
    )
    os.truncate(item["file"], limit)
    text = Path(item["file"]).with_suffix(".txt")
    text.write_text("a")
    assert bool(upload.content_types) == (upload.path != MEDIA)
    if upload.content_types:
        body = {name: value for name, value in item.get("body", {}).items() if name != "content_type"}
        message = refusal(zendesk, {**item, "body": body, "file": str(text)})
        assert f"its media type is text/plain; {entry.name} takes {', '.join(upload.content_types)}" in message
    assert zendesk.requests == []


@pytest.mark.parametrize("entry", [e for e in ENTRIES if not is_form(e)], ids=lambda entry: entry.name)
def test_the_media_type_of_the_body_replaces_that_of_the_name(
    entry: Endpoint, zendesk: Emulator, tmp_path: Path
) -> None:
    item = item_of(entry, zendesk, tmp_path)
    item["body"] = {**item["body"], "content_type": "image/svg+xml", "file_size": 1}
    assert write(zendesk, item).errors == []
    (upload,) = zendesk.account.signed_uploads.all.values()
    assert (upload.content_type, upload.size) == ("image/svg+xml", 7)
    last = next(each for each in reversed(zendesk.requests) if each.path.startswith("/api/v2"))
    assert "file_size" not in last.json() if entry in BEFORE else last.json()["file_size"] == 7


@each_entry
def test_a_dry_run_sends_nothing(entry: Endpoint, zendesk: Emulator, tmp_path: Path) -> None:
    item = item_of(entry, zendesk, tmp_path)
    result = sync({**zendesk.config(), "dry_run": True, "actions": [item]}, [entry.name])
    (record,) = result.records[entry.name]
    request = record["_request"]
    assert (request["method"], request["file"]) == (entry.method, item["file"])
    assert request["url"].endswith(entry.path.format(**item["parameters"]))
    assert request["body"].items() >= item["body"].items()
    assert zendesk.requests == []


@pytest.mark.parametrize("name", ["create_user_image", "import_theme"])
def test_a_debug_log_contains_no_signature(name: str, zendesk: Emulator, tmp_path: Path) -> None:
    entry = MANIFEST.endpoints[name]
    item = item_of(entry, zendesk, tmp_path)
    zendesk.faults.add(STORED, status=429, headers={"Retry-After": "0"})
    config = {**zendesk.config(), "allow_writes": True, "actions": [item]}
    catalog = configured_catalog(discover(config), [entry.name])
    result = console("read", "--debug", config=config, catalog=catalog, env={"LOG_LEVEL": "debug"})
    assert result.errors == []
    assert sent(zendesk).count("the file") == 2
    assert_no_signature(zendesk, result)
    login = zendesk.account.login
    secret = base64.b64encode(f"{login.email}/token:{login.api_token}".encode()).decode()
    assert secret not in json.dumps(result.messages)


def jobs_of(zendesk: Emulator, stream: str, folder: Path, state: State | None = None) -> Result:
    return write(zendesk, item_of(MANIFEST.endpoints[stream], zendesk, folder), state)


def test_an_imported_theme_is_in_the_list_of_themes(zendesk: Emulator, tmp_path: Path) -> None:
    (record,) = jobs_of(zendesk, "import_theme", tmp_path).records["import_theme"]
    assert (record["status"], record["_status"]) == ("completed", "completed")
    themes = {row["id"]: row for row in sync(zendesk.config(), ["themes"]).records["themes"]}
    assert themes[record["data"]["theme_id"]]["live"] is False
    assert set(record["data"]["upload"]["parameters"].values()) | {record["data"]["upload"]["url"]} == {"****"}


def test_a_resumed_import_has_the_id_of_its_job_and_sends_nothing(zendesk: Emulator, tmp_path: Path) -> None:
    first = jobs_of(zendesk, "import_theme", tmp_path)
    (record,) = jobs_of(zendesk, "import_theme", tmp_path, first.state_after(2)).records["import_theme"]
    assert (record["id"], record["_status"]) == (first.records["import_theme"][0]["id"], "completed")
    assert len(zendesk.account.signed_uploads.all) == 1


@pytest.mark.parametrize("stream", ["import_theme", "update_theme"])
def test_a_failed_job_of_a_theme_gives_the_reason_of_zendesk(stream: str, zendesk: Emulator, tmp_path: Path) -> None:
    zendesk.jobs.outcome = "failed"
    result = jobs_of(zendesk, stream, tmp_path)
    assert "Templates have syntax errors" in result.stream_errors[stream]
    (record,) = result.records[stream]
    assert (record["status"], record["_status"]) == ("failed", "failed")
    assert [each["code"] for each in record["errors"]] == ["InvalidTemplates"]


def test_a_badge_has_the_uploaded_icon(zendesk: Emulator, tmp_path: Path) -> None:
    (icon,) = jobs_of(zendesk, "upload_badge_icon", tmp_path).records["upload_badge_icon"]
    assert {icon["url"], *icon["headers"].values()} == {"****"}
    item = item_of(MANIFEST.endpoints["create_badge"], zendesk, tmp_path)
    item["body"]["badge"]["icon_upload_id"] = icon["id"]
    (badge,) = write(zendesk, item).records["create_badge"]
    assert badge["icon_url"].endswith(icon["id"])


def test_a_replaced_medium_has_another_version(zendesk: Emulator, tmp_path: Path) -> None:
    item = item_of(MANIFEST.endpoints["replace_guide_media"], zendesk, tmp_path)
    before = dict(zendesk.store.get("guide_medias", item["parameters"]["media_id"]) or {})
    (record,) = write(zendesk, item).records["replace_guide_media"]
    assert (record["id"], record["name"], record["size"]) == (before["id"], "picture.png", 7)
    assert record["version"] == before["version"] + 1
