"""Jobs are polled until they end, and every result is emitted as a record."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness import sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply, respond_in_sequence
from source_zendesk.writes import job_poller
from source_zendesk.writes.job_pool import MAX_JOBS

pytestmark = pytest.mark.usefixtures("no_wait_for_limits")

Json = dict[str, Any]
IMPORT = {"stream": "create_many_users", "body": {"users": [{"name": "Ada"}, {"name": ""}]}}
INSTALL = {"stream": "install_sell_app", "body": {"app_id": 82, "settings": {}}}
BUILD = {"stream": "create_sell_app", "body": {"name": "My app", "upload_id": "123"}}
BATCH: Json = {"stream": "create_trigger_category_batch_job", "body": {"job": {"action": "patch", "items": {}}}}
RESULTS = [{"id": 1, "success": True}, {"index": 1, "success": False, "error": "UserInvalid", "details": "Name"}]
EMITTED = [{"id": "1", "success": True}, RESULTS[1]]


def status(state: str, **more: Any) -> Reply:
    return Reply(body={"job_status": {"id": "j1", "status": state, "message": None, "results": None, **more}})


def job_responder(begun: Reply, *polls: Reply) -> Any:
    """A responder with a reply to a write, and replies to the polls of its job."""
    following = respond_in_sequence(*polls)
    return lambda arrived: following(arrived) if "job_statuses/" in arrived.target else begun


QUEUED = status("queued", url="https://acme.zendesk.com/api/v2/job_statuses/j1.json")
COMPLETED = status("completed", results=RESULTS, message="Completed at 2024-05-06 05:02:40 +0000")


def plain(records: list[Json]) -> list[Json]:
    return [{name: value for name, value in record.items() if not name.startswith("_")} for record in records]


def test_a_polled_job_emits_a_record_for_each_result() -> None:
    with RecordingServer(job_responder(QUEUED, QUEUED, status("working", progress=1), COMPLETED)) as recorder:
        result = sync(recorder.config(IMPORT), ["create_many_users"])
        assert recorder.sent_lines == ["POST /api/v2/users/create_many"]
        assert recorder.polled_paths == ["/api/v2/job_statuses/j1"] * 3
    records = result.records["create_many_users"]
    assert plain(records) == EMITTED
    assert {record["_status"] for record in records} == {"completed"}
    assert result.errors == []


@pytest.mark.parametrize("ended", ["failed", "killed"])
def test_a_failed_job_fails_its_stream_with_the_job_message(ended: str) -> None:
    over = status(ended, message="The account is locked", results=RESULTS[1:])
    with RecordingServer(job_responder(QUEUED, over)) as recorder:
        config = recorder.config(IMPORT)
        result = sync(config, ["create_many_users"])
        assert "The account is locked" in result.stream_errors["create_many_users"]
        assert plain(result.records["create_many_users"]) == RESULTS[1:]
        assert result.records["create_many_users"][0]["_status"] == ended
        again = sync(config, ["create_many_users"], result.state)
        assert len(recorder.sent_lines) == 1
        assert again.errors == []


def test_a_failed_job_does_not_affect_other_streams() -> None:
    with RecordingServer(job_responder(QUEUED, status("failed", message="no"))) as recorder:
        other = {"stream": "delete_group", "parameters": {"group_id": 1}}
        result = sync(recorder.config(IMPORT, other), ["create_many_users", "delete_group"])
    assert result.statuses["delete_group"][-1] == "COMPLETE"
    assert result.statuses["create_many_users"][-1] == "INCOMPLETE"


@pytest.mark.parametrize(
    ("results", "rows"),
    [
        ({"success": True}, [{"success": True}]),
        ([], [{"status": "completed", "message": "Done"}]),
        (None, [{"status": "completed", "message": "Done"}]),
    ],
)
def test_a_job_without_results_emits_one_record(results: Any, rows: list[Json]) -> None:
    purge = {"stream": "delete_ticket_permanently", "parameters": {"ticket_id": 5}}
    with RecordingServer(job_responder(QUEUED, status("completed", results=results, message="Done"))) as recorder:
        result = sync(recorder.config(purge), ["delete_ticket_permanently"])
    assert plain(result.records["delete_ticket_permanently"]) == rows


def test_a_completed_job_is_not_polled() -> None:
    with RecordingServer(job_responder(COMPLETED)) as recorder:
        result = sync(recorder.config(IMPORT), ["create_many_users"])
        assert recorder.polled_paths == []
    assert plain(result.records["create_many_users"]) == EMITTED


def test_a_job_without_id_is_polled_by_its_url_on_the_account_host() -> None:
    begun = Reply(body={"job_status": {"url": "https://elsewhere.example.com/x/y/j1.json", "status": "queued"}})
    with RecordingServer(job_responder(begun, COMPLETED)) as recorder:
        sync(recorder.config(IMPORT), ["create_many_users"])
        assert recorder.polled_paths == ["/api/v2/job_statuses/j1"]


def test_a_job_id_cannot_change_the_path() -> None:
    begun, over = (status(state, id="x/users/1?a=b") for state in ("queued", "completed"))
    with RecordingServer(job_responder(begun, over)) as recorder:
        sync(recorder.config(IMPORT), ["create_many_users"])
        assert recorder.requests[-1].target == "/api/v2/job_statuses/x%2Fusers%2F1%3Fa%3Db"


def test_a_job_with_an_invalid_id_is_unknown_and_not_polled() -> None:
    with RecordingServer(job_responder(status("queued", id="../users/1"))) as recorder:
        result = sync(recorder.config(IMPORT), ["create_many_users"])
        assert recorder.polled_paths == []
    assert result.records["create_many_users"][0]["_status"] == "unknown"
    assert "`job_id` starts with a dot" in result.stream_errors["create_many_users"]


def test_a_failed_poll_is_retried() -> None:
    with RecordingServer(job_responder(QUEUED, Reply(500), Reply(429), Reply(200, "{cut"), COMPLETED)) as recorder:
        result = sync(recorder.config(IMPORT), ["create_many_users"])
        assert len(recorder.polled_paths) == 4
        assert len(recorder.sent_lines) == 1
    assert result.errors == []


GONE = Reply(404, {"error": "RecordNotFound", "description": "Not found"})


@pytest.fixture
def immediate_polls(monkeypatch: pytest.MonkeyPatch) -> int:
    """Poll a missing job again without a pause; returns the number of polls."""
    count = len(job_poller.NOT_FOUND_WAITS)
    monkeypatch.setattr(job_poller, "NOT_FOUND_WAITS", (0.0,) * count)
    return count


def test_a_job_not_found_at_first_is_polled_again(zendesk: Emulator, immediate_polls: int) -> None:
    zendesk.faults.add("job_statuses/*", status=404, times=immediate_polls)
    config = zendesk.config(allow_writes=True, actions=[IMPORT])
    result = sync(config, ["create_many_users"])
    assert result.errors == []
    assert [record["_status"] for record in result.records["create_many_users"]] == ["completed"] * 2


def test_a_job_missing_from_its_endpoint_is_polled_in_the_list(zendesk: Emulator, immediate_polls: int) -> None:
    fault = zendesk.faults.add("job_statuses/[0-9a-f]*", status=404, times=1000)
    config = zendesk.config(allow_writes=True, actions=[IMPORT])
    result = sync(config, ["create_many_users"])
    assert fault.hits > immediate_polls
    assert result.errors == []
    assert [record["_status"] for record in result.records["create_many_users"]] == ["completed"] * 2


@pytest.mark.usefixtures("immediate_polls")
def test_a_job_found_only_in_the_list_emits_its_results() -> None:
    listed = Reply(body={"job_statuses": [{"id": "j1", "status": "completed", "results": RESULTS}]})
    respond = job_responder(QUEUED, GONE)
    with RecordingServer(lambda a: listed if a.path == "/api/v2/job_statuses" else respond(a)) as recorder:
        result = sync(recorder.config(IMPORT), ["create_many_users"])
        assert len(recorder.sent_lines) == 1
    assert plain(result.records["create_many_users"]) == EMITTED
    assert result.errors == []


@pytest.mark.usefixtures("immediate_polls")
def test_an_expired_job_is_unknown_and_not_sent_again() -> None:
    with RecordingServer(job_responder(QUEUED, GONE)) as recorder:
        config = recorder.config(IMPORT)
        first = sync(config, ["create_many_users"])
        assert "no longer has the job j1" in first.stream_errors["create_many_users"]
        assert [record["_status"] for record in first.records["create_many_users"]] == ["unknown"]
        second = sync(config, ["create_many_users"], first.state)
        assert len(recorder.sent_lines) == 1
        assert second.errors == []


@pytest.mark.usefixtures("immediate_polls")
def test_the_status_of_another_job_closes_no_action() -> None:
    other = status("completed", id="j2", results=[{"id": 9}])
    with RecordingServer(job_responder(QUEUED, other)) as recorder:
        config = recorder.config(IMPORT)
        first = sync(config, ["create_many_users"])
        assert "for the job j1 with the job j2" in first.stream_errors["create_many_users"]
        assert first.records["create_many_users"] == []
        recorder.responder = job_responder(QUEUED, other, COMPLETED)
        second = sync(config, ["create_many_users"], first.state)
        assert len(recorder.sent_lines) == 1
    assert plain(second.records["create_many_users"]) == EMITTED


def test_the_next_run_polls_a_job_with_a_refused_status() -> None:
    with RecordingServer(job_responder(QUEUED, Reply(403, {"error": "Forbidden"}), COMPLETED)) as recorder:
        config = recorder.config(IMPORT)
        first = sync(config, ["create_many_users"])
        assert (
            "does not return the status of the job j1 (status 403, Forbidden)"
            in first.stream_errors["create_many_users"]
        )
        second = sync(config, ["create_many_users"], first.state)
        assert len(recorder.sent_lines) == 1
    assert plain(second.records["create_many_users"]) == EMITTED
    assert second.errors == []


def test_a_run_killed_while_polling_resumes_polling() -> None:
    with RecordingServer(job_responder(QUEUED, COMPLETED)) as recorder:
        config = recorder.config(IMPORT)
        first = sync(config, ["create_many_users"])
        recorder.requests.clear()
        statuses = [next(iter(state["actions"].values())) for state in first.states_of("create_many_users")]
        assert statuses[:3] == [
            {"status": "sending", "at": statuses[0]["at"]},
            {"status": "waiting", "job": "j1"},
            {"status": "done"},
        ]
        waiting = first.state_after(2)
        second = sync(config, ["create_many_users"], waiting)
        assert recorder.sent_lines == []
        assert recorder.polled_paths == ["/api/v2/job_statuses/j1"]
    assert plain(second.records["create_many_users"]) == EMITTED


class Account:
    """An account with at most `most` jobs, each completed at its second poll."""

    def __init__(self, max_jobs: int) -> None:
        self.max_jobs = max_jobs
        self.polls: dict[str, int] = {}
        self.largest = 0

    def __call__(self, arrived: RecordedRequest) -> Reply:
        if "job_statuses/" in arrived.target:
            job = arrived.path.rpartition("/")[2]
            self.polls[job] += 1
            return status("completed" if self.polls[job] > 1 else "working", id=job, results=[{"id": job}])
        running = sum(count < 2 for count in self.polls.values())
        if running >= self.max_jobs:
            return Reply(429, {"error": "TooManyJobs", "current_job_ids": []})
        self.largest = max(self.largest, running + 1)
        job = f"j{len(self.polls)}"
        self.polls[job] = 0
        return status("queued", id=job)


def test_at_most_thirty_jobs_of_all_streams_are_in_flight() -> None:
    streams = ("delete_many_tickets", "mark_many_tickets_as_spam")
    items = [{"stream": stream, "parameters": {"ids": n}} for n in range(35) for stream in streams]
    account = Account(max_jobs=1000)
    with RecordingServer(account) as recorder:
        result = sync(recorder.config(*items), streams)
        assert len(recorder.sent_lines) == len(items)
    assert account.largest <= MAX_JOBS
    assert sum(len(result.records[stream]) for stream in streams) == len(items)
    assert result.errors == []


def test_a_job_over_the_limit_is_retried() -> None:
    full = Reply(429, {"error": "TooManyJobs", "current_job_ids": ["a"]})
    begun = respond_in_sequence(full, full, QUEUED)
    polls = job_responder(QUEUED, COMPLETED)
    with RecordingServer(lambda a: polls(a) if "job_statuses/" in a.target else begun(a)) as recorder:
        result = sync(recorder.config(IMPORT), ["create_many_users"])
        assert len(recorder.sent_lines) == 3
    assert plain(result.records["create_many_users"]) == EMITTED


def test_an_app_build_is_polled_at_its_retry_interval() -> None:
    working = Reply(body={"id": "b1", "status": "working", "retry_in": 0}, headers={"Retry-After": ""})
    over = {"id": "b1", "status": "completed", "app_id": 123, "message": "Completed"}
    with RecordingServer(job_responder(Reply(body={"job_id": "b1"}), working, Reply(body=over))) as recorder:
        result = sync(recorder.config(BUILD), ["create_sell_app"])
        assert recorder.polled_paths == ["/api/sell/apps/job_statuses/b1"] * 2
    assert plain(result.records["create_sell_app"]) == [over]


@pytest.mark.parametrize("wrap", [lambda body: body, lambda body: {"installation": body}], ids=["bare", "wrapped"])
def test_an_app_with_requirements_is_installed_when_its_job_completes(wrap: Any) -> None:
    installation = {"id": 16, "app_id": 82, "pending_job_id": "p1"}
    over = {"id": "p1", "status": "completed", "installation_id": 16}
    with RecordingServer(job_responder(Reply(body=wrap(installation)), Reply(body=over))) as recorder:
        result = sync(recorder.config(INSTALL), ["install_sell_app"])
        assert recorder.polled_paths == ["/api/sell/apps/installations/job_statuses/p1"]
    assert plain(result.records["install_sell_app"]) == [installation]


def test_an_app_without_requirements_is_installed_immediately() -> None:
    installation = {"id": 16, "app_id": 82, "url": "https://acme.zendesk.com/x", "pending_job_id": None}
    with RecordingServer(job_responder(Reply(body=installation))) as recorder:
        result = sync(recorder.config(INSTALL), ["install_sell_app"])
        assert recorder.polled_paths == []
    assert [(record["id"], record["_status"]) for record in result.records["install_sell_app"]] == [(16, "done")]


def test_a_failed_installation_gives_its_cause() -> None:
    begun, over = {"id": 16, "pending_job_id": "p1"}, {"id": "p1", "status": "failed", "message": "No such target"}
    with RecordingServer(job_responder(Reply(body=begun), Reply(body=over))) as recorder:
        result = sync(recorder.config(INSTALL), ["install_sell_app"])
    assert "the job p1 failed: No such target" in result.stream_errors["install_sell_app"]


def test_a_failed_batch_job_gives_its_cause() -> None:
    over = {"status": "failed", "results": {}, "errors": [{"code": "InvalidAction", "title": "No such action"}]}
    with RecordingServer(job_responder(Reply(body=over))) as recorder:
        result = sync(recorder.config(BATCH), [BATCH["stream"]])
    assert "No such action" in result.stream_errors[BATCH["stream"]]
    assert plain(result.records[BATCH["stream"]]) == [over]


def test_an_asynchronous_ticket_creation_is_polled() -> None:
    ticket = {"stream": "create_ticket", "parameters": {"async": True}, "body": {"ticket": {"subject": "Hello"}}}
    with RecordingServer(job_responder(QUEUED, status("completed", results=[{"id": 7, "success": True}]))) as recorder:
        result = sync(recorder.config(ticket), ["create_ticket"])
        assert recorder.sent_lines == ["POST /api/v2/tickets?async=true"]
    assert plain(result.records["create_ticket"]) == [{"id": 7, "success": True}]
