"""A pool polls its jobs when they are due, each in a slot that is released when the job ends."""

from collections.abc import Mapping
from typing import Any, cast

import pytest

from source_zendesk.errors import JobError, ResponseError
from source_zendesk.writes.action import Action
from source_zendesk.writes.job import Job
from source_zendesk.writes.job_poller import JobPoller
from source_zendesk.writes.job_pool import MAX_JOBS, JobPool, JobSlots
from unit_tests.writes.write_helpers import Clock, ImpatientSlots, respond

ACTION = Action("update_many_tickets", {})
RESPONSE = respond(200)


class Jobs:
    """Polls each job every second; it ends after the number of polls in `ends_after`, or fails with its error."""

    def __init__(self, clock: Clock, ends_after: Mapping[str, int | Exception]) -> None:
        self._clock, self._ends_after = clock, ends_after
        self.polled: list[tuple[float, str]] = []

    def job_from_response(self, action: Action, _: Any, body: str) -> Job | None:
        if body == "odd":
            raise ZeroDivisionError
        job = self.resume(action, body) if body else None
        if job and self._ends_after.get(body) == 0:
            job.document = {"status": "completed"}
        return job

    def resume(self, action: Action, identifier: str) -> Job:
        return Job(action, identifier, "job", due=self._clock.now)

    def poll(self, job: Job) -> None:
        self.polled.append((self._clock.now, job.id))
        job.due = self._clock.now + 1
        end = self._ends_after.get(job.id, 1)
        if isinstance(end, Exception):
            raise end
        polls = sum(identifier == job.id for _, identifier in self.polled)
        job.document = {"status": "completed" if polls >= end else "working"}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("source_zendesk.writes.job_pool.time", made)
    return made


def start(pool: JobPool, *names: str) -> list[str]:
    """Start jobs; the ids of those that completed meanwhile."""
    completed = []
    for name in names:
        completed += [job.id for job, _ in pool.acquire_slot()]
        pool.add_from_response(ACTION, RESPONSE, name)
    return completed


def pool_of(jobs: Jobs, slots: JobSlots | None = None) -> JobPool:
    return JobPool(cast(JobPoller, jobs), slots or ImpatientSlots())


def free(slots: JobSlots) -> int:
    """Takes all free slots."""
    return sum(slots.acquire(wait=False) for _ in range(MAX_JOBS + 1))


def test_there_are_thirty_slots() -> None:
    slots = ImpatientSlots()
    assert free(slots) == 30
    slots.release()
    assert slots.acquire(wait=False)


def test_jobs_are_yielded_in_the_order_in_which_they_end(clock: Clock) -> None:
    pool = pool_of(Jobs(clock, {"slow": 3, "fast": 1, "ended": 0, "medium": 2}))
    start(pool, "slow", "fast", "ended", "medium")
    assert [(job.id, error) for job, error in pool.iter_completed()] == [
        ("fast", None), ("ended", None), ("medium", None), ("slow", None),
    ]  # fmt: skip
    assert list(pool.iter_completed()) == []


def test_a_job_is_polled_only_when_it_is_due_and_not_after_its_end(clock: Clock) -> None:
    jobs = Jobs(clock, {"a": 3, "ended": 0})
    pool = pool_of(jobs)
    start(pool, "a", "ended")
    list(pool.iter_completed())
    assert jobs.polled == [(0, "a"), (1, "a"), (2, "a")]


def test_jobs_are_polled_while_no_slot_is_free(clock: Clock) -> None:
    slots = ImpatientSlots(2)
    jobs = Jobs(clock, {"a": 2, "b": 1, "c": 1, "d": 1})
    with pool_of(jobs, slots) as pool:
        assert start(pool, "a", "b", "c", "d") == ["b", "c"]
        assert free(slots) == 0
        assert [job.id for job, _ in pool.iter_completed()] == ["d", "a"]
    assert free(slots) == 2


@pytest.mark.parametrize(
    ("failure", "cause"),
    [
        (JobError("s", "too slow"), "too slow"),
        (ResponseError("s", "odd"), "the job b cannot be polled now: Stream s: odd. No record"),
    ],
)
def test_a_job_that_cannot_be_polled_is_yielded_with_its_error(clock: Clock, failure: Exception, cause: str) -> None:
    slots = ImpatientSlots(2)
    pool = pool_of(Jobs(clock, {"a": 2, "b": failure}), slots)
    start(pool, "a", "b")
    (failed, error), (ended, none) = pool.iter_completed()
    assert (failed.id, ended.id, none) == ("b", "a", None)
    assert isinstance(error, JobError)
    assert error.cause.startswith(cause)
    assert free(slots) == 2


def test_a_response_without_a_job_releases_its_slot(clock: Clock) -> None:
    slots = ImpatientSlots(1)
    pool = pool_of(Jobs(clock, {}), slots)
    list(pool.acquire_slot())
    assert pool.add_from_response(ACTION, RESPONSE, "") is None
    list(pool.acquire_slot())
    with pytest.raises(ZeroDivisionError):
        pool.add_from_response(ACTION, RESPONSE, "odd")
    assert free(slots) == 1


def test_a_resumed_job_is_polled_in_its_slot(clock: Clock) -> None:
    slots = ImpatientSlots(1)
    pool = pool_of(Jobs(clock, {}), slots)
    list(pool.acquire_slot())
    pool.resume(ACTION, "j1")
    assert free(slots) == 0
    assert [job.id for job, _ in pool.iter_completed()] == ["j1"]
    assert free(slots) == 1


def test_a_wait_polls_the_jobs_and_lasts_its_time(clock: Clock) -> None:
    jobs = Jobs(clock, {"a": 3, "b": 9})
    pool = pool_of(jobs)
    start(pool, "a", "b")
    pool.sleep_polling(4.5)
    assert clock.now == 4.5
    assert jobs.polled[-1] == (4, "b")
    assert start(pool, "c") == ["a"]


def test_an_interrupted_pool_releases_its_slots(clock: Clock) -> None:
    slots = ImpatientSlots(3)

    def interrupt() -> None:
        with pool_of(Jobs(clock, {"a": 9}), slots) as pool:
            start(pool, "a")
            list(pool.acquire_slot())
            raise KeyError

    with pytest.raises(KeyError):
        interrupt()
    assert free(slots) == 3


def test_a_pool_without_a_poller_has_no_jobs_and_acquires_no_slots(clock: Clock) -> None:
    slots = ImpatientSlots(1)
    with JobPool(None, slots) as pool:
        assert start(pool, "a", "b") == []
        pool.resume(ACTION, "j1")
        pool.sleep_polling(2)
        assert list(pool.iter_completed()) == []
        assert (free(slots), clock.now) == (1, 2)
