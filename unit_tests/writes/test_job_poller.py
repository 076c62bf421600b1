"""A poller finds the job in a response, polls it with growing waits, and times out."""

from collections.abc import Callable
from typing import Any

import pytest
from requests_mock import ANY, Mocker

from source_zendesk.errors import JobError, JobExpiredError, ResponseError
from source_zendesk.writes import job_poller
from source_zendesk.writes.action import Action
from source_zendesk.writes.job import Job
from source_zendesk.writes.job_poller import NOT_FOUND_WAITS, JobPoller
from unit_tests.account import ACCOUNT, ResponseFactory, requester
from unit_tests.writes.write_helpers import Clock

ACTION = Action("create_many_users", {})
JOB = f"{ACCOUNT}/jobs/j1"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the poller, which stands still."""
    standing = Clock(now=1_000.0)
    monkeypatch.setattr(job_poller, "time", standing)
    return standing


def poller(**parameters: Any) -> JobPoller:
    defaults = {
        "emits": "results",
        "job_endpoint": "/jobs/{job_id}",
        "response_key": "job_status",
        "status_key": "job_status",
    }
    return JobPoller(name="create_many_users", requester=requester(), **{**defaults, **parameters})


def status(state: str, **more: Any) -> dict[str, Any]:
    return {"job_status": {"id": "j1", "status": state, **more}}


@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"ticket": {"id": 1}}, {"id": 1, "status": "open"}, {"job_status": None}],
)
def test_a_response_without_a_job_is_done(body: Any, make_response: ResponseFactory) -> None:
    assert poller().job_from_response(ACTION, make_response(200, body), body) is None


@pytest.mark.parametrize("form", [status, lambda state: status(state)["job_status"]], ids=["keyed", "bare"])
def test_a_job_that_may_be_bare_is_found_with_and_without_its_key(
    form: Callable[[str], Any], requests_mock: Mocker, make_response: ResponseFactory
) -> None:
    requests_mock.get(JOB, json=form("completed"))
    made, queued = poller(may_be_bare=True), form("queued")
    job = made.job_from_response(ACTION, make_response(200, queued), queued)
    assert job is not None
    made.poll(job)
    assert (job.id, job.status) == ("j1", "completed")


def test_the_job_id_is_escaped_in_the_path(requests_mock: Mocker) -> None:
    requests_mock.get(ANY, json=status("completed", id="j 1/x"))
    made = poller()
    made.poll(made.resume(ACTION, "j 1/x"))
    assert [asked.url for asked in requests_mock.request_history] == [f"{ACCOUNT}/jobs/j%201%2Fx"]


def test_waits_between_polls_double_up_to_a_maximum(requests_mock: Mocker, clock: Clock) -> None:
    requests_mock.get(JOB, json=status("working"))
    made = poller(first_wait_in_seconds=1.0, longest_wait_in_seconds=5.0)
    job = made.resume(ACTION, "j1")
    waits = []
    for _ in range(5):
        made.poll(job)
        waits.append(round(job.due - clock.now))
    assert waits == [1, 2, 4, 5, 5]


@pytest.mark.parametrize(("retry_in", "headers"), [(0, {}), (-1, {}), (None, {"Retry-After": "0"})])
def test_a_response_never_shortens_the_waits(
    retry_in: Any, headers: dict[str, str], requests_mock: Mocker, clock: Clock
) -> None:
    requests_mock.get(JOB, json=status("working", retry_in=retry_in), headers=headers)
    made = poller()
    job = made.resume(ACTION, "j1")
    waits = []
    for _ in range(6):
        made.poll(job)
        waits.append(round(job.due - clock.now))
    assert waits == [1, 2, 4, 8, 16, 30]


def test_the_status_of_another_job_does_not_end_a_job(requests_mock: Mocker, clock: Clock) -> None:
    other = status("completed", id="j2")
    requests_mock.get(JOB, [{"json": other}, {"json": other}, {"json": status("completed")}])
    made = poller()
    job = made.resume(ACTION, "j1")
    for _ in range(2):
        made.poll(job)
        assert not job.is_over
        assert job.due > clock.now
    made.poll(job)
    assert job.is_over


def test_a_job_whose_status_is_never_returned_is_left_to_the_next_run(requests_mock: Mocker) -> None:
    requests_mock.get(JOB, json=status("completed", id="j2"))
    made = poller()
    with pytest.raises(JobError, match=r"requests for the job j1 with the job j2"):
        made.poll(job_not_found(made))


@pytest.mark.parametrize(
    ("body", "headers", "wait"),
    [
        (status("working", retry_in=3), {}, 3),
        (status("working"), {"Retry-After": "9"}, 9),
        (status("working", retry_in=1e9), {}, 300),
    ],
)
def test_the_wait_is_that_of_the_response(
    body: Any, headers: dict[str, str], wait: int, requests_mock: Mocker, clock: Clock
) -> None:
    requests_mock.get(JOB, json=body, headers=headers)
    made = poller()
    job = made.resume(ACTION, "j1")
    made.poll(job)
    assert round(job.due - clock.now) == wait


def test_a_job_that_takes_too_long_is_an_error(requests_mock: Mocker) -> None:
    requests_mock.get(JOB, json=status("working"))
    made = poller(limit_in_seconds=-1.0)
    with pytest.raises(JobError, match=r"still working.*does not send the action again"):
        made.poll(made.resume(ACTION, "j1"))


def test_a_job_that_ends_after_the_deadline_is_complete(requests_mock: Mocker) -> None:
    requests_mock.get(JOB, json=status("completed"))
    made = poller(limit_in_seconds=-1.0)
    job = made.resume(ACTION, "j1")
    made.poll(job)
    assert job.is_over


@pytest.mark.parametrize("code", [404, 410])
def test_a_404_of_a_job_is_retried_with_growing_waits_for_a_minute(
    code: int, requests_mock: Mocker, clock: Clock
) -> None:
    requests_mock.get(JOB, json={}, status_code=code, headers={"Retry-After": "0"})
    made = poller()
    job = made.resume(ACTION, "j1")
    waits = []
    for _ in NOT_FOUND_WAITS:
        made.poll(job)
        waits.append(round(job.due - clock.now))
    assert waits == sorted(waits) == [1, 2, 4, 8, 15, 30]
    with pytest.raises(JobExpiredError, match=r"no longer has the job j1 \(7 requests\)"):
        made.poll(job)


def test_a_found_job_resets_the_retries_after_a_404(requests_mock: Mocker) -> None:
    gone = {"status_code": 404, "json": {}}
    requests_mock.get(JOB, [*[gone] * 6, {"json": status("working")}, *[gone] * 6, {"json": status("completed")}])
    made = poller()
    job = made.resume(ACTION, "j1")
    for _ in range(14):
        made.poll(job)
    assert job.is_over


def job_not_found(made: JobPoller) -> Job:
    """A job whose status was a 404 for a minute."""
    job = made.resume(ACTION, "j1")
    job.not_found_count = len(NOT_FOUND_WAITS)
    return job


def test_a_job_without_its_endpoint_is_found_in_the_list_by_its_id(requests_mock: Mocker) -> None:
    requests_mock.get(JOB, json={}, status_code=404)
    requests_mock.get(f"{ACCOUNT}/jobs/show_many?ids=j1", json={"job_statuses": [{"id": "j1", "status": "killed"}]})
    made = poller(list_endpoint="/jobs")
    job = job_not_found(made)
    made.poll(job)
    assert job.status == "killed"


@pytest.mark.parametrize("show_many", [{"status_code": 404}, {"json": {"job_statuses": []}}, {"json": ["odd"]}])
def test_a_job_is_found_on_a_later_page_of_the_list(
    show_many: dict[str, Any], requests_mock: Mocker, clock: Clock
) -> None:
    requests_mock.get(JOB, json={}, status_code=404)
    requests_mock.get(f"{ACCOUNT}/jobs/show_many?ids=j1", **show_many)
    first = {"job_statuses": [{"id": "j0", "status": "completed"}], "meta": {"has_more": True, "after_cursor": "c"}}
    second = {"job_statuses": [None, {"id": "j1", "status": "working"}], "meta": {"has_more": False}}
    requests_mock.get(f"{ACCOUNT}/jobs?page[size]=100", json=first)
    requests_mock.get(f"{ACCOUNT}/jobs?page[size]=100&page[after]=c", json=second)
    made = poller(list_endpoint="/jobs", first_wait_in_seconds=3.0)
    job = job_not_found(made)
    made.poll(job)
    assert (job.status, round(job.due - clock.now)) == ("working", 3)


@pytest.mark.parametrize("code", [200, 403, 404])
def test_a_job_that_the_list_does_not_have_is_unknown_however_long_the_list_is(
    code: int, requests_mock: Mocker
) -> None:
    endless = {"job_statuses": [{"id": "j0", "status": "completed"}], "meta": {"has_more": True, "after_cursor": "c"}}
    requests_mock.get(ANY, json=endless, status_code=code)
    requests_mock.get(JOB, json={}, status_code=404)
    made = poller(list_endpoint="/jobs")
    with pytest.raises(JobExpiredError, match="its list of jobs does not have it"):
        made.poll(job_not_found(made))


def test_an_invalid_status_is_an_error(requests_mock: Mocker) -> None:
    requests_mock.get(JOB, json={"job_status": {}})
    made = poller()
    with pytest.raises(ResponseError, match="job j1 is invalid"):
        made.poll(made.resume(ACTION, "j1"))
