"""The jobs in flight, at most thirty per account."""

import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import requests
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.errors import JobError
from source_zendesk.writes.action import Action
from source_zendesk.writes.job_poller import Job, JobPoller

# https://developer.zendesk.com/api-reference/introduction/rate-limits/#job-limit
MAX_JOBS = 30


class JobSlots:
    """Lets at most thirty jobs of all streams be in flight. Safe for threads."""

    def __init__(self, most: int = MAX_JOBS) -> None:
        self._slots = threading.BoundedSemaphore(most)

    def acquire(self, *, wait: bool) -> bool:
        """Take a slot; without `wait`, False where none is free."""
        return self._slots.acquire(blocking=wait)

    def release(self) -> None:
        """A job has ended."""
        self._slots.release()


JobResult = tuple[Job, JobError | None]


class JobPool:
    """Follows jobs side by side, each within a slot of the account's; as a context, it gives all slots back.

    Without a poller, for streams whose actions begin no jobs, it stays empty and takes no slots.
    """

    def __init__(self, poller: JobPoller | None, slots: JobSlots) -> None:
        self._poller, self._slots = poller, slots
        self._jobs: list[Job] = []
        self._completed: list[JobResult] = []
        self._held = 0

    def __enter__(self) -> "JobPool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._held:
            self.release_slot()

    def acquire_slot(self) -> Iterator[JobResult]:
        """Take the slot of a job that may begin, following those of this stream while there is none."""
        if self._poller is None:
            return
        while not self._slots.acquire(wait=not self._jobs):
            self._poll_due()
        self._held += 1
        yield from self._take_completed()

    def release_slot(self) -> None:
        """No job began in the slot taken last, or one ended."""
        if self._held:
            self._held -= 1
            self._slots.release()

    def add_from_response(self, action: Action, response: requests.Response, body: Any) -> Job | None:
        """The job that an answer tells of, which flies from now on in the slot taken last."""
        job = None
        try:
            job = self._poller.job_from_response(action, response, body) if self._poller else None
        finally:
            if job is None:
                self.release_slot()
        if job:
            self._jobs.append(job)
        return job

    def resume(self, action: Action, identifier: str) -> None:
        """Follow a job that an earlier run began, in the slot taken last."""
        if self._poller:
            self._jobs.append(self._poller.resume(action, identifier))

    def iter_completed(self) -> Iterator[JobResult]:
        """The jobs as they end, until none is left; with the error where their end cannot be known."""
        yield from self._take_completed()
        while self._jobs:
            self._poll_due()
            yield from self._take_completed()

    def sleep_polling(self, seconds: float) -> None:
        """Sleep, and follow the jobs meanwhile, since what is waited for may be that they end."""
        end = time.monotonic() + seconds
        while self._jobs and self._next_due() < end:
            self._poll_due()
        time.sleep(max(end - time.monotonic(), 0))

    def _take_completed(self) -> list[JobResult]:
        landed, self._completed = self._completed, []
        return landed

    def _next_due(self) -> float:
        return min(job.due for job in self._jobs)

    def _poll_due(self) -> None:
        time.sleep(max(self._next_due() - time.monotonic(), 0))
        for job in [job for job in self._jobs if job.due <= time.monotonic()]:
            error = self._poll(job)
            if error or job.is_over:
                self._jobs.remove(job)
                self.release_slot()
                self._completed.append((job, error))

    def _poll(self, job: Job) -> JobError | None:
        try:
            if self._poller and not job.is_over:
                self._poller.poll(job)
        except JobError as error:
            return error
        except AirbyteTracedException as error:
            return JobError(job.action.stream, f"the job {job.id} cannot be followed now: {error.message}")
        return None
