"""Every action is sent once, in the documented form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from integration_tests.action_helpers import required_body
from integration_tests.conftest import Command
from integration_tests.harness import Result, configured_catalog, discover, sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply
from integration_tests.samples import group_of, sample
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.placeholders import INTEGERS
from source_zendesk.writes.action import TAKES_BODY

Json = dict[str, Any]
EVERY_ACTION = [entry for entry in Manifest.load().endpoints.values() if entry.kind == "action"]
ACTIONS = sample(EVERY_ACTION, group_of)
EMULATOR = Path(__file__).parent / "emulator"
FILES = [EMULATOR / "api" / "endpoints.json", *sorted(EMULATOR.glob("products/*/endpoints.json"))]
LISTS = [
    content if isinstance(content, list) else content["endpoints"]
    for content in map(json.loads, map(Path.read_bytes, FILES))
]
API = [endpoint for endpoints in LISTS for endpoint in endpoints]
DESCRIBED = {(endpoint["method"], endpoint["path"]): endpoint for endpoint in API}
UNDESCRIBED_QUERY = {"create_ticket": {"async"}}
"""https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#create-ticket"""

UPLOADS = {
    "upload_files": "",
    "create_macro_attachment": "attachment",
    "create_associated_macro_attachment": "attachment",
    "upload_sell_app_package": "uploaded_data",
    "create_article_attachment": "file",
    "upload_article_attachment": "file",
    "create_custom_object_record_attachment": "uploaded_data",
    "update_brand_logo": "brand[logo][uploaded_data]",
    "upload_side_conversation_attachment": "file",
}
"""Actions with a file, and its form field; empty if the file is the body."""
PRESIGNED = {
    "create_guide_media": "asset_upload_id",
    "replace_guide_media": "asset_upload_id",
    "create_user_image": "token",
    "import_theme": "",
    "update_theme": "",
    "upload_badge_icon": "",
}
"""Actions whose file goes to a storage host, and the key of its id in the body, if the body has one."""
STORED = "/stored"
PACKAGE = b"PK\x03\x04 a package"
JOB = {"id": "bulk 1", "status": "queued", "url": "https://elsewhere.example.com/api/v2/job_statuses/other.json"}
RESULTS = [{"id": 1, "success": True}, {"index": 1, "success": False, "error": "RecordInvalid"}]
ENDED_BULK: Json = {**JOB, "status": "completed", "results": RESULTS}
ENDED_BUILD = {"id": "build 1", "status": "completed", "app_id": 123, "retry_in": 0}
EXPORT = {"id": "export 1", "status": "pending", "data": {"download": {"url": "https://files.example.com/theme.zip"}}}
THEME_JOB = "/api/v2/guide/theming/jobs/export%201"
ENDED_INSTALL = {"id": "install 1", "status": "completed", "installation_id": 16}


def respond_like_zendesk(arrived: RecordedRequest) -> Reply:
    """A reply in the endpoint's format; jobs are completed at the first poll."""
    if "job_statuses/" in arrived.path or arrived.path == THEME_JOB:
        return Reply(body=status_of(arrived.path))
    if arrived.path == STORED:
        return Reply(200, "")
    served = next(e["serve"] for key, e in DESCRIBED.items() if is_at(arrived, *key))
    if served.startswith("job_"):
        return Reply(body={"job_status": JOB})
    address = {"url": f"http://localhost:{arrived.headers['Host'].rpartition(':')[2]}{STORED}"}
    theme = {"job": {**EXPORT, "data": {"upload": {**address, "parameters": {"key": "1"}}}}}
    bodies = {
        "media_upload_url": {"upload_url": {**address, "asset_upload_id": "upload 1"}},
        "user_image_upload": {"upload": {**address, "token": "upload 1"}},
        "badge_icon_upload": {"badge_icon_upload": {**address, "id": "upload 1"}},
        "import_theme": theme,
        "update_theme": theme,
        "export_theme": {"job": EXPORT},
        "app_build": {"job_id": "build 1"},
        "app_install": {"id": 16, "app_id": 1, "pending_job_id": "install 1"},
        "trigger_category_jobs": {"status": "complete", "results": {"trigger_categories": []}, "errors": []},
    }
    return Reply(204) if arrived.method == "DELETE" else Reply(body=bodies.get(served, {}))


def status_of(path: str) -> Json:
    known: dict[str, Json] = {
        "/api/v2/job_statuses/bulk%201": {"job_status": ENDED_BULK},
        "/api/v2/agent_availabilities/agent_statuses/job_statuses/bulk%201": ENDED_BULK,
        THEME_JOB: {"job": {"status": "completed", "errors": None}},
        "/api/v2/apps/job_statuses/build%201": ENDED_BUILD,
        "/api/sell/apps/job_statuses/build%201": ENDED_BUILD,
        "/api/sell/apps/installations/job_statuses/install%201": ENDED_INSTALL,
    }
    return known[path]


def is_at(arrived: RecordedRequest, method: str, path: str) -> bool:
    """Whether a request is for an endpoint; `{placeholders}` match their escaped value."""
    here, there = arrived.path.split("/"), path.split("/")
    fits = (a == b or (b.startswith("{") and a == escaped(b)) for a, b in zip(here, there, strict=False))
    return arrived.method == method and len(here) == len(there) and all(fits)


def escaped(placeholder: str) -> str:
    return quote(path_value_of(placeholder[1:-1]), safe="")


def value_of(name: str) -> str:
    return f"{name}/é?"


def path_value_of(name: str) -> str:
    """A value for a placeholder; each integer is another one."""
    return str(sorted(INTEGERS).index(name)) if name in INTEGERS else value_of(name)


def item_of(entry: Endpoint, package: Path) -> Json:
    """An item of `actions` with all parameters of the endpoint."""
    names = [name for names in (*entry.required_params, *entry.options.optional_params) for name in names.split("|")]
    path = {name: path_value_of(name) for name in entry.placeholders}
    item: Json = {"stream": entry.name, "parameters": {name: value_of(name) for name in names} | path}
    if entry.name in UPLOADS or entry.name in PRESIGNED:
        item["file"] = str(package)
    if entry.name in PRESIGNED:
        media_type = "application/zip" if entry.options.file_field else "image/png"
        item["body"] = {**required_body(entry), "content_type": media_type}
    elif entry.name not in UPLOADS and entry.options.sends in TAKES_BODY:
        item["body"] = {**required_body(entry), "sent_to": {"stream": entry.name}}
    return item


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "app.zip"
    path.write_bytes(PACKAGE)
    return path


class AllActions:
    """One sync with an item of every action, and a second one with the state of the first."""

    def __init__(self, package: Path) -> None:
        self.items = {entry.name: item_of(entry, package) for entry in ACTIONS}
        with RecordingServer(respond_like_zendesk) as recorder:
            config = recorder.config(*self.items.values())
            self.first = sync(config, list(self.items))
            addresses = {entry.options.upload.path for entry in ACTIONS} - {""}
            self.requests = [each for each in recorder.writes if each.path not in {*addresses, STORED}]
            self.polls = list(recorder.polled_paths)
            recorder.requests.clear()
            self.second = sync(config, list(self.items), self.first.state)
            self.again = list(recorder.requests)

    def requests_for(self, entry: Endpoint) -> list[RecordedRequest]:
        return [arrived for arrived in self.requests if is_at(arrived, entry.method, entry.path)]


@pytest.fixture(scope="module")
def all_actions(package: Path) -> AllActions:
    return AllActions(package)


def files_of(verb: str, config: Json, *streams: str) -> Json:
    """The files of a command; the catalog of `read` has these streams, discovered or not."""
    found = {name: {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh"]} for name in streams}
    return {"config": config, **({"catalog": configured_catalog(found, streams)} if verb == "read" else {})}


def error_text(result: Result) -> str:
    """All error messages of a command."""
    return " ".join([*result.errors, *(str(status.get("message")) for status in result.bodies("connectionStatus"))])


def test_actions_and_write_endpoints_match() -> None:
    reads = {(entry.method, entry.path) for entry in Manifest.load().endpoints.values() if entry.kind != "action"}
    gets = {("GET", "/api/v2/views/{view_id}/export"), ("GET", "/api/v2/users/me/session/renew")}
    writes = {key for key, e in DESCRIBED.items() if key[0] != "GET" and key not in reads and not e.get("extra")}
    assert sorted((entry.method, entry.path) for entry in EVERY_ACTION) == sorted(writes | gets)


def test_each_action_takes_the_query_parameters_of_its_endpoint() -> None:
    for entry in EVERY_ACTION:
        names = {
            name for names in (*entry.required_params, *entry.options.optional_params) for name in names.split("|")
        }
        described = set(DESCRIBED[entry.method, entry.path].get("query", {})) | UNDESCRIBED_QUERY.get(entry.name, set())
        assert names - set(entry.placeholders) == described, entry.name


def test_a_run_sends_only_the_action_and_its_polls(all_actions: AllActions) -> None:
    assert len(all_actions.requests) == len(ACTIONS)
    assert all_actions.first.errors == []


@pytest.mark.parametrize("entry", ACTIONS, ids=lambda entry: entry.name)
def test_an_action_is_sent_once_with_its_path_query_and_body(entry: Endpoint, all_actions: AllActions) -> None:
    (arrived,) = all_actions.requests_for(entry)
    item = all_actions.items[entry.name]
    queried = [name for name in item["parameters"] if name not in entry.placeholders]
    assert arrived.query == {name: value_of(name) for name in queried}
    if UPLOADS.get(entry.name):
        assert arrived.form == {UPLOADS[entry.name]: ("app.zip", "application/zip", PACKAGE)}
    elif entry.name in PRESIGNED:
        described = {"file_size": len(PACKAGE)} if entry.name == "upload_badge_icon" else {}
        upload_id = {PRESIGNED[entry.name]: "upload 1"} if PRESIGNED[entry.name] else {}
        kept = {name: value for name, value in item["body"].items() if name != "content_type" or not upload_id}
        assert arrived.body == kept | described | upload_id
    elif entry.name in UPLOADS:
        assert (arrived.content, arrived.headers["Content-Type"]) == (PACKAGE, "application/zip")
    else:
        assert arrived.body == item.get("body")
    assert arrived.headers["Authorization"].startswith("Basic ")


@pytest.mark.parametrize("entry", ACTIONS, ids=lambda entry: entry.name)
def test_records_name_their_action_and_the_state_contains_it(entry: Endpoint, all_actions: AllActions) -> None:
    records = all_actions.first.records[entry.name]
    assert records
    for record in records:
        assert record["_status"] in ("done", "completed", "complete")
        assert record["_action"]["stream"] == entry.name
        parameters = all_actions.items[entry.name]["parameters"]
        assert record["_action"]["parameters"] == {**parameters, **({"token": "****"} if "token" in parameters else {})}
    state = all_actions.first.state_of(entry.name)
    state.pop("salt", None)
    assert state == {"actions": {records[0]["_action"]["fingerprint"]: {"status": "done"}}}


@pytest.mark.parametrize(
    "entry", [e for e in ACTIONS if e.options.jobs not in ("", "$batch_jobs")], ids=lambda e: e.name
)
def test_a_job_ends_with_its_results_as_records(entry: Endpoint, all_actions: AllActions) -> None:
    records = [{k: v for k, v in r.items() if k[0] != "_"} for r in all_actions.first.records[entry.name]]
    results, install = (
        [{"id": "1", "success": True}, RESULTS[1]],
        {"id": 16, "app_id": 1, "pending_job_id": "install 1"},
    )
    if entry.name in PRESIGNED:
        assert [(record["id"], record.get("status", "completed")) for record in records] == [
            (EXPORT["id"], "completed")
        ]
        return
    assert (
        records
        == {
            "$job_statuses": [{}] if entry.name == "create_ticket" else results,
            "$app_job_statuses": [ENDED_BUILD],
            "$install_job_statuses": [install],
            "$agent_status_jobs": results,
            "$theme_jobs": [{**EXPORT, "status": "completed", "errors": None}],
        }[entry.options.jobs]
    )


def test_jobs_are_polled_by_id_on_the_account_host(all_actions: AllActions) -> None:
    jobs = {"bulk%201", "build%201", "install%201", "export%201"}
    assert {path.rpartition("/")[2] for path in all_actions.polls} == jobs


def test_a_second_run_with_the_state_of_the_first_sends_nothing(all_actions: AllActions) -> None:
    assert all_actions.again == []
    assert all_actions.second.errors == []
    assert list(all_actions.second.bodies("record")) == []


@pytest.mark.parametrize(("allow_writes", "message"), [(False, "set `allow_writes`"), ("yes", "'yes'"), (1, "1")])
@pytest.mark.parametrize("verb", ["check", "discover", "read"])
def test_nothing_is_sent_without_allow_writes(command: Command, verb: str, allow_writes: Any, message: str) -> None:
    item = {"stream": "delete_group", "parameters": {"group_id": 1}}
    with RecordingServer() as recorder:
        config = recorder.config(item, allow_writes=allow_writes)
        result = command(verb, **files_of(verb, config, "delete_group"))
        assert message in error_text(result)
        assert recorder.requests == []


def test_discover_has_no_action_streams_without_allow_writes(command: Command) -> None:
    with RecordingServer() as recorder:
        result = command("read", **files_of("read", recorder.config(allow_writes=False), "delete_group"))
        assert "name it in `actions`" in error_text(result)
        assert recorder.requests == []


def test_discover_has_only_configured_actions() -> None:
    kinds = {entry.name for entry in EVERY_ACTION}
    with RecordingServer() as recorder:
        assert kinds.intersection(discover(recorder.config())) == set()
        named = recorder.config({"stream": "delete_group", "parameters": {"group_id": 1}})
        assert kinds.intersection(discover(named)) == {"delete_group"}


@pytest.mark.parametrize("verb", ["check", "discover"])
def test_check_and_discover_write_nothing(command: Command, verb: str) -> None:
    me = Reply(body={"user": {"id": 1, "role": "admin"}, "tags": []})
    with RecordingServer(lambda _: me) as recorder:
        command(verb, config=recorder.config({"stream": "delete_group", "parameters": {"group_id": 1}}))
        assert {arrived.method for arrived in recorder.requests} <= {"GET"}


def test_actions_support_only_incremental_sync() -> None:
    with RecordingServer() as recorder:
        found = discover(recorder.config({"stream": "delete_group", "parameters": {"group_id": 1}}))
    assert found["delete_group"]["supported_sync_modes"] == ["incremental"]
    assert {"_action", "_status"} <= set(found["delete_group"]["json_schema"]["properties"])


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"stream": "delete_groups"}, "'delete_groups' is not a stream"),
        ({"stream": "groups"}, "'groups' is not an action"),
        ({"stream": "delete_group"}, "`actions[0].parameters.group_id`: it is missing; delete_group takes group_id"),
        ({"stream": "delete_group", "parameters": {"group_id": 1, "id": 2}}, "`actions[0].parameters.id`"),
        ({"stream": "delete_group", "parameters": {"group_id": [1]}}, "group_id`: expected an integer; got a list"),
        ({"stream": "delete_many_users", "parameters": {"ids": {"a": 1}}}, "ids`: expected a string, a number,"),
        ({"stream": "delete_many_users"}, "`actions[0].parameters.ids` or `external_ids`: it is missing"),
        ({"stream": "create_group", "body": "{'group': 1}"}, "`actions[0].body`: expected an object or its JSON text"),
        ({"stream": "create_group", "body": "[1]"}, "`actions[0].body`: expected an object; got a list"),
        ({"stream": "create_group", "body": {"name": "A"}}, "`actions[0].body.group`: it is missing"),
        ({"stream": "create_group", "parameters": "no"}, "`actions[0].parameters`"),
        ({"stream": "create_group", "boddy": {}}, "`actions[0].boddy`: unknown field"),
        ({"stream": "create_group", "file": "/a"}, "create_group takes no file"),
        ({"stream": "delete_group", "parameters": {"group_id": 1}, "body": {"a": 1}}, "delete_group takes no body"),
        ({"stream": "upload_files", "parameters": {"filename": "a"}}, "`actions[0].file`: it is missing"),
        ({"stream": "upload_files", "parameters": {"filename": "a"}, "file": "/no/such"}, "/no/such does not exist"),
        ({"stream": "upload_files", "parameters": {"filename": "a"}, "file": "/tmp"}, "/tmp is a directory"),
        (
            {"stream": "upload_files", "parameters": {"filename": "a"}, "file": "/proc/self/environ"},
            "`actions[0].file`: /proc/self/environ is a system file",
        ),
        (
            {"stream": "create_many_users", "body": {"users": [{}] * 101}},
            "101 items; create_many_users takes at most 100",
        ),
        ({"stream": "delete_many_users", "parameters": {"ids": list(range(101))}}, "101 items"),
        ({"stream": "delete_many_tickets", "parameters": {"ids": "1," * 101}}, "101 items"),
        (
            {
                "stream": "create_custom_object_record_job",
                "parameters": {"custom_object_key": "car"},
                "body": {"job": {"action": "create", "items": [{}] * 101}},
            },
            "101 items",
        ),
    ],
)
@pytest.mark.parametrize("verb", ["check", "discover", "read"])
def test_invalid_items_are_named_before_anything_is_sent(command: Command, verb: str, item: Json, message: str) -> None:
    with RecordingServer() as recorder:
        good = {"stream": "create_group", "body": {"group": {"name": "A"}}}
        result = command(verb, **files_of(verb, recorder.config(item, good), "tags"))
        assert message in error_text(result)
        assert recorder.requests == []


def test_an_action_accepts_a_hundred_items() -> None:
    with RecordingServer(respond_like_zendesk) as recorder:
        item = {"stream": "create_many_users", "body": {"users": [{}] * 100}}
        assert sync(recorder.config(item), ["create_many_users"]).errors == []


def test_a_dry_run_emits_planned_requests_and_sends_nothing(package: Path) -> None:
    oauth = {"credentials": "client_credentials", "client_id": "id", "client_secret": "s3cr3t-t0ken"}
    upload = {"stream": "upload_files", "parameters": {"filename": "a.zip"}, "file": str(package)}
    ticket = {"stream": "create_ticket", "body": {"ticket": {"subject": "Hello"}}, "parameters": {"async": True}}
    with RecordingServer() as recorder:
        config = {**recorder.config(upload, ticket, allow_writes="dry_run"), "credentials": oauth}
        result = sync(config, ["upload_files", "create_ticket"])
        assert recorder.requests == []
    assert result.errors == []
    (record,) = result.records["create_ticket"]
    request = record["_request"]
    assert (request["method"], request["url"]) == ("POST", f"{config['base_url']}/api/v2/tickets")
    assert (request["query"], request["body"]) == ({"async": "true"}, ticket["body"])
    assert request["headers"]["Authorization"] == "****"
    assert request["headers"]["Idempotency-Key"] == record["_action"]["fingerprint"]
    assert record["_status"] == "dry_run"
    assert result.records["upload_files"][0]["_request"]["file"] == str(package)
    assert "s3cr3t-t0ken" not in json.dumps(result.messages)
    assert not any("actions" in state for state in result.states_of("create_ticket"))


def test_actions_are_sent_after_a_dry_run() -> None:
    item = {"stream": "delete_group", "parameters": {"group_id": 1}}
    with RecordingServer() as recorder:
        dry = sync({**recorder.config(item), "dry_run": True}, ["delete_group"])
        sync(recorder.config(item), ["delete_group"], dry.state)
        assert recorder.sent_lines == ["DELETE /api/v2/groups/1"]


def test_a_duplicate_item_is_sent_once() -> None:
    items = [{"stream": "delete_group", "parameters": p} for p in ({"group_id": 1}, '{"group_id": "1"}')]
    with RecordingServer() as recorder:
        result = sync(recorder.config(*items), ["delete_group"])
        assert recorder.sent_lines == ["DELETE /api/v2/groups/1"]
    assert len(result.records["delete_group"]) == 1


def test_items_of_one_stream_are_sent_in_their_order() -> None:
    items = [{"stream": "delete_group", "parameters": {"group_id": n}} for n in (3, 1, 2)]
    with RecordingServer() as recorder:
        sync(recorder.config(*items), ["delete_group"])
        assert recorder.sent_lines == [f"DELETE /api/v2/groups/{n}" for n in (3, 1, 2)]


def test_only_a_new_item_is_sent() -> None:
    items = [{"stream": "delete_group", "parameters": {"group_id": n}} for n in (1, 2)]
    with RecordingServer() as recorder:
        first = sync(recorder.config(items[0]), ["delete_group"])
        sync(recorder.config(*reversed(items)), ["delete_group"], first.state)
        assert recorder.sent_lines == ["DELETE /api/v2/groups/1", "DELETE /api/v2/groups/2"]


def test_secrets_are_redacted() -> None:
    refused = Reply(422, {"error": "RecordInvalid", "description": "no"})
    with RecordingServer(lambda _: refused) as recorder:
        item = {"stream": "set_user_password", "parameters": {"user_id": 1}, "body": {"password": "hunter2"}}
        result = sync(recorder.config(item), ["set_user_password"])
    assert result.errors
    assert not any(secret in json.dumps(result.messages) for secret in ("hunter2", "s3cr3t-t0ken"))
