"""Writes change the emulated account; jobs, uploads and idempotency keys behave like Zendesk's."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
import requests

from integration_tests.emulator import Emulator
from integration_tests.emulator.api.routes import Endpoint, endpoints
from integration_tests.emulator.examples import Example, example
from integration_tests.emulator_auth import EmulatorAuth
from integration_tests.samples import group_of_served, sample

Json = dict[str, Any]
WRITES = sample((each for each in endpoints() if each.method != "GET" and not each.account), group_of_served)
JOBS = [endpoint for endpoint in WRITES if endpoint.serve.startswith("job_")]
PLAIN = [endpoint for endpoint in WRITES if endpoint.serve in ("create", "update", "delete")]
HOSTS = {e.of: e for e in endpoints() if e.method == "GET" and e.serve == "show"}


def name_of(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


def send(zendesk: Emulator, method: str, path: str, **kwargs: Any) -> requests.Response:
    url = path if path.startswith("http") else zendesk.base_url + path
    return requests.request(method, url, auth=EmulatorAuth(zendesk), timeout=120, **kwargs)


UPLOADED = {
    "write_media": ("/api/v2/guide/medias/upload_url", "upload_url", "asset_upload_id"),
    "create_user_image": ("/api/v2/guide/user_images/uploads", "upload", "token"),
}
"""Handlers that need an uploaded file: the request for its address, the key of the address, and of the id."""


def uploaded(zendesk: Emulator, path: str, key: str, name: str) -> Json:
    """The id of a file that is on the storage host."""
    issued = send(zendesk, "POST", path, json={"content_type": "image/png", "file_size": 7}).json()
    headers = issued.get("headers") or issued[key]["headers"]
    assert requests.put(issued[key]["url"], data=b"content", headers=headers, timeout=120).status_code == 200
    return {name: issued[key][name]}


def act(zendesk: Emulator, endpoint: Endpoint) -> tuple[Example, requests.Response]:
    """Send the example of an endpoint; upload the package of an app build, or the file that it needs, first."""
    sent = example(zendesk.store, endpoint)
    if endpoint.serve == "app_build":
        package = {"uploaded_data": ("app.zip", b"zip")}
        number = send(zendesk, "POST", "/api/sell/apps/uploads", files=package).json()["id"]
        sent.body = {"name": "Built", "upload_id": number}
    if endpoint.serve == "delete_upload":
        token = send(zendesk, "POST", "/api/v2/uploads?filename=a", data=b"x").json()["upload"]["token"]
        sent.path = f"/api/v2/uploads/{token}"
    if endpoint.serve in UPLOADED:
        sent.body |= uploaded(zendesk, *UPLOADED[endpoint.serve])
    kwargs: Json = {"params": sent.query}
    if sent.form:
        kwargs["files"] = {sent.form: ("a.zip", sent.file)}
    elif sent.body is not None:
        kwargs["json"] = sent.body
    elif sent.file:
        kwargs["data"] = sent.file
    return sent, send(zendesk, endpoint.method, sent.path, **kwargs)


@pytest.mark.parametrize("endpoint", WRITES, ids=name_of)
def test_every_write_succeeds_with_the_documented_key(endpoint: Endpoint, zendesk: Emulator) -> None:
    _, response = act(zendesk, endpoint)
    assert response.status_code in (200, 201, 202, 204), response.text
    if response.status_code == 204:
        assert response.content == b""
    elif endpoint.serve.startswith("job_"):
        assert response.json()["job_status"]["status"] == "queued"
    elif endpoint.key and endpoint.serve != "app_install":
        assert endpoint.key in response.json()


WHOLE = {"ticket_fields": "?creator=true"}
"""Handlers that return all fields of a row."""


@pytest.mark.parametrize("endpoint", PLAIN, ids=name_of)
def test_a_written_row_is_read_back(endpoint: Endpoint, zendesk: Emulator) -> None:
    sent, response = act(zendesk, endpoint)
    shown = HOSTS.get(endpoint.of)
    if shown is None or (endpoint.serve == "create" and shown.parent):
        return
    if endpoint.serve == "create":
        assert response.status_code == 201
        row = response.json()[endpoint.key]
        path = shown.path.replace(f"{{{shown.id}}}", str(row.get("id", row.get("key")))) + WHOLE.get(endpoint.of, "")
        assert send(zendesk, "GET", path).json()[shown.key] == row
        return
    after = send(zendesk, "GET", sent.path + WHOLE.get(endpoint.of, ""))
    soft = endpoint.of in ("groups", "brands", "deleted_users")
    assert after.status_code == (404 if endpoint.serve == "delete" and not soft else 200)
    if endpoint.serve == "update":
        assert after.json()[endpoint.key] == response.json()[endpoint.key]


@pytest.mark.parametrize("endpoint", JOBS, ids=name_of)
def test_a_job_is_queued_then_working_then_completed(endpoint: Endpoint, zendesk: Emulator) -> None:
    zendesk.jobs.polls = 3
    _, response = act(zendesk, endpoint)
    assert response.headers["zendesk-ratelimit-inflight-jobs"].startswith("total=30; remaining=29")
    job = response.json()["job_status"]
    assert (job["status"], job["results"]) == ("queued", None)
    polled = [send(zendesk, "GET", job["url"]).json()["job_status"] for _ in range(4)]
    assert [one["status"] for one in polled] == ["working", "working", "completed", "completed"]
    results = polled[-1]["results"]
    assert results["success"] if isinstance(results, dict) else all(row.get("success", True) for row in results)
    assert job["id"] in [one["id"] for one in send(zendesk, "GET", "/api/v2/job_statuses").json()["job_statuses"]]


def test_a_job_reports_on_each_item(zendesk: Emulator) -> None:
    body = {"tickets": [{"id": 1, "status": "solved"}, {"id": 999}]}
    job = send(zendesk, "PUT", "/api/v2/tickets/update_many", json=body).json()["job_status"]
    assert (zendesk.store.get("tickets", 1) or {})["status"] != "solved"
    for _ in range(2):
        found = send(zendesk, "GET", "/api/v2/job_statuses/show_many", params={"ids": job["id"]}).json()["job_statuses"]
    done, failed = found[0]["results"]
    assert done == {"index": 0, "id": 1, "action": "update", "status": "Updated", "success": True}
    assert (failed["id"], failed["success"], failed["error"]) == (999, False, "TicketNotFound")
    assert (zendesk.store.get("tickets", 1) or {})["status"] == "solved"


@pytest.mark.parametrize("outcome", ["failed", "killed"])
def test_a_job_can_fail(outcome: str, zendesk: Emulator) -> None:
    zendesk.jobs.outcome, zendesk.jobs.polls = outcome, 1
    job = send(zendesk, "DELETE", "/api/v2/tickets/destroy_many?ids=1").json()["job_status"]
    assert send(zendesk, "GET", job["url"]).json()["job_status"]["status"] == outcome
    assert zendesk.store.tickets.deleted(1) is False


def test_a_job_can_end_after_a_time_instead_of_polls(zendesk: Emulator) -> None:
    zendesk.jobs.seconds = 60
    job = send(zendesk, "DELETE", "/api/v2/tickets/destroy_many?ids=1").json()["job_status"]
    found = [send(zendesk, "GET", job["url"]).json()["job_status"]["status"] for _ in range(3)]
    zendesk.clock.advance(seconds=61)
    found.append(send(zendesk, "GET", job["url"]).json()["job_status"]["status"])
    assert found == ["working", "working", "working", "completed"]


def test_a_job_status_expires_after_a_day(zendesk: Emulator) -> None:
    zendesk.jobs.polls = 1
    job = send(zendesk, "DELETE", "/api/v2/tickets/destroy_many?ids=1").json()["job_status"]
    assert send(zendesk, "GET", job["url"]).status_code == 200
    zendesk.clock.advance(hours=25)
    assert send(zendesk, "GET", job["url"]).status_code == 404


def test_only_thirty_jobs_run_at_once(zendesk: Emulator) -> None:
    for _ in range(30):
        assert send(zendesk, "DELETE", "/api/v2/tickets/destroy_many?ids=1").status_code == 200
    response = send(zendesk, "DELETE", "/api/v2/tickets/destroy_many?ids=1")
    assert (response.status_code, response.json()["error"]) == (429, "TooManyJobs")
    assert len(response.json()["current_job_ids"]) == 30


def test_a_bulk_request_has_a_hundred_items_at_most(zendesk: Emulator) -> None:
    ids = ",".join(str(number) for number in range(101))
    response = send(zendesk, "DELETE", f"/api/v2/tickets/destroy_many?ids={ids}")
    assert (response.status_code, response.json()["error"]) == (400, "TooManyItems")


def test_a_ticket_is_created_once_for_an_idempotency_key(zendesk: Emulator) -> None:
    body, headers = {"ticket": {"comment": {"body": "Hello"}}}, {"Idempotency-Key": "k1"}
    first = send(zendesk, "POST", "/api/v2/tickets", json=body, headers=headers)
    again = send(zendesk, "POST", "/api/v2/tickets", json=body, headers=headers)
    assert [one.headers["x-idempotency-lookup"] for one in (first, again)] == ["miss", "hit"]
    assert first.json() == again.json()
    other = send(zendesk, "POST", "/api/v2/tickets", json={"ticket": {"comment": {"body": "Bye"}}}, headers=headers)
    assert (other.status_code, other.json()["error"]) == (400, "IdempotentRequestError")
    zendesk.clock.advance(hours=3)
    assert send(zendesk, "POST", "/api/v2/tickets", json=body, headers=headers).json() != first.json()


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/v2/tickets", {"ticket": {"subject": "x"}}, "base"),
        ("/api/v2/tickets", {}, "ticket"),
        ("/api/v2/users", {"user": {}}, "name"),
        ("/api/v2/users", {"user": {"name": "x", "email": "user2@example.com"}}, "email"),
        ("/api/v2/group_memberships", {"group_membership": {"user_id": 1}}, "group_id"),
    ],
)
def test_missing_and_duplicate_values_are_named(path: str, body: Json, field: str, zendesk: Emulator) -> None:
    response = send(zendesk, "POST", path, json=body)
    assert (response.status_code, response.json()["error"]) == (422, "RecordInvalid")
    assert field in response.json()["details"]


def test_a_body_that_is_not_json_is_refused(zendesk: Emulator) -> None:
    assert send(zendesk, "POST", "/api/v2/groups", data="{").status_code == 422


def test_an_outdated_safe_update_is_a_conflict(zendesk: Emulator) -> None:
    body = {"ticket": {"status": "open", "safe_update": True, "updated_stamp": "2020-01-01T00:00:00Z"}}
    assert send(zendesk, "PUT", "/api/v2/tickets/1", json=body).status_code == 409


def test_a_read_only_token_cannot_write(zendesk: Emulator) -> None:
    token = zendesk.oauth.issue(scope="read").access
    headers = {"Authorization": f"Bearer {token}"}
    response = requests.post(
        f"{zendesk.base_url}/api/v2/groups", headers=headers, json={"group": {"name": "x"}}, timeout=120
    )
    assert response.status_code == 403


def test_an_uploaded_file_is_attached_by_its_token(zendesk: Emulator) -> None:
    upload = send(zendesk, "POST", "/api/v2/uploads?filename=a.txt", data=b"content").json()["upload"]
    more = send(zendesk, "POST", f"/api/v2/uploads?filename=b.txt&token={upload['token']}", data=b"more").json()[
        "upload"
    ]
    assert [file["file_name"] for file in more["attachments"]] == ["a.txt", "b.txt"]
    body = {"ticket": {"comment": {"body": "See files", "uploads": [upload["token"]]}}}
    ticket = send(zendesk, "PUT", "/api/v2/tickets/1", json=body).json()["ticket"]
    comment = send(zendesk, "GET", f"/api/v2/tickets/{ticket['id']}/comments").json()["comments"][-1]
    assert [file["size"] for file in comment["attachments"]] == [7, 4]


@pytest.mark.parametrize("family", ["/api/v2/apps", "/api/sell/apps"])
def test_an_app_build_job_gives_a_retry_interval(family: str, zendesk: Emulator) -> None:
    zendesk.jobs.retry_in = 3
    number = send(zendesk, "POST", f"{family}/uploads", files={"uploaded_data": ("a.zip", b"zip")}).json()["id"]
    job = send(zendesk, "POST", family, json={"name": "New app", "upload_id": str(number)}).json()["job_id"]
    polled = [send(zendesk, "GET", f"{family}/job_statuses/{job}").json() for _ in range(2)]
    assert [(one["status"], one["retry_in"]) for one in polled] == [("working", 3), ("completed", 3)]
    assert send(zendesk, "GET", f"{family}/{polled[1]['app_id']}").json()["name"] == "New app"


def test_an_installation_is_pending_until_its_job_ends(zendesk: Emulator) -> None:
    app = zendesk.store.all("sell_apps")[0]["id"]
    made = send(zendesk, "POST", "/api/sell/apps/installations", json={"app_id": str(app), "settings": {"a": 1}}).json()
    path = f"/api/sell/apps/installations/job_statuses/{made['pending_job_id']}"
    polled = [send(zendesk, "GET", path).json() for _ in range(2)]
    assert [one["installation_id"] for one in polled] == [None, made["id"]]
    shown = send(zendesk, "GET", f"/api/sell/apps/installations/{made['id']}").json()["installation"]
    assert (made["pending_installation"], shown["pending_installation"]) == (True, False)


def test_a_deleted_user_is_inactive_in_the_export_and_can_be_purged(zendesk: Emulator) -> None:
    user = zendesk.store.all("users")[1]["id"]
    assert send(zendesk, "DELETE", f"/api/v2/users/{user}").json()["user"]["active"] is False
    assert user in [row["id"] for row in send(zendesk, "GET", "/api/v2/deleted_users").json()["deleted_users"]]
    purged = send(zendesk, "DELETE", f"/api/v2/deleted_users/{user}").json()["deleted_user"]
    assert (purged["name"], purged["email"]) == ("Permanently Deleted User", None)


def test_deleted_groups_are_listed_only_on_request(zendesk: Emulator) -> None:
    group = zendesk.store.all("groups")[0]["id"]
    assert send(zendesk, "DELETE", f"/api/v2/groups/{group}").status_code == 204
    found = [
        [row["id"] for row in send(zendesk, "GET", f"/api/v2/groups{query}").json()["groups"]]
        for query in ("", "?exclude_deleted=false")
    ]
    assert [group in ids for ids in found] == [False, True]


def test_a_secret_is_redacted_from_a_comment(zendesk: Emulator) -> None:
    comment = zendesk.store.children("comments", ticket_id=1)[0]
    path = f"/api/v2/tickets/1/comments/{comment['id']}/redact"
    assert send(zendesk, "PUT", path, json={"text": "Comment"}).json()["comment"]["body"].startswith("▇▇▇▇▇▇▇ 1")
    assert "Comment" not in zendesk.store.children("comments", ticket_id=1)[0]["body"]


def test_the_command_line_prints_a_usable_config() -> None:
    line = [sys.executable, "-m", "integration_tests.emulator", "--port", "0", "--rows", "3", "--tickets", "3"]
    with subprocess.Popen(
        [*line, "--fault", "groups:503"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        url = json.loads("".join(iter(process.stdout.readline, "}\n")) + "}")["base_url"]
        auth = ("owner@example.com/token", "emulated-api-token")
        statuses = [requests.get(f"{url}/api/v2/groups", auth=auth, timeout=120).status_code for _ in range(2)]
        process.terminate()
    assert statuses == [503, 200]
