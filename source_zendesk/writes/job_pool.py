"""The jobs in flight, up to thirty per account."""

import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import requests
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.errors import JobError
from source_zendesk.writes.action import Action
from source_zendesk.writes.job import Job
from source_zendesk.writes.job_poller import JobPoller

# https://developer.zendesk.com/api-reference/introduction/rate-limits/#job-limit
MAX_JOBS = 30


class JobSlots:
    """Limits the jobs in flight of all streams. Thread-safe."""

    def __init__(self, count: int = MAX_JOBS) -> None:
        self._slots = threading.BoundedSemaphore(count)

    def acquire(self, *, wait: bool) -> bool:
        """Acquire a slot; without `wait`, return False if none is free."""
        return self._slots.acquire(blocking=wait)

    def release(self) -> None:
        """Release the slot of a job that has ended."""
        self._slots.release()


JobResult = tuple[Job, JobError | None]


class JobPool:
    """Polls jobs concurrently, each in a slot; as a context manager, it releases all slots at the end.

    Without a poller, for streams whose actions start no jobs, it stays empty and acquires no slots.
    """

    def __init__(self, poller: JobPoller | None, slots: JobSlots) -> None:
        self._poller, self._slots = poller, slots
        self._jobs: list[Job] = []
        self._completed: list[JobResult] = []
        self._acquired = 0

    def __enter__(self) -> "JobPool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._acquired:
            self.release_slot()

    def acquire_slot(self) -> Iterator[JobResult]:
        """Acquire a slot for the next action, and poll this stream's jobs while none is free."""
        if self._poller is None:
            return
        while not self._slots.acquire(wait=not self._jobs):
            self._poll_due()
        self._acquired += 1
        yield from self._take_completed()

    def release_slot(self) -> None:
        """Release a slot: its action started no job, or its job has ended."""
        if self._acquired:
            self._acquired -= 1
            self._slots.release()

    def add_from_response(self, action: Action, response: requests.Response, body: Any) -> Job | None:
        """The job in the response to a write, which from now on uses the slot acquired last; None without a job."""
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
        """Poll a job that an earlier run started, in the slot acquired last."""
        if self._poller:
            self._jobs.append(self._poller.resume(action, identifier))

    def iter_completed(self) -> Iterator[JobResult]:
        """All jobs in the order in which they end, each with the error if its result is unavailable."""
        yield from self._take_completed()
        while self._jobs:
            self._poll_due()
            yield from self._take_completed()

    def sleep_polling(self, seconds: float) -> None:
        """Sleep and poll the jobs meanwhile, because the wait may be for one of them to end."""
        end = time.monotonic() + seconds
        while self._jobs and self._next_due() < end:
            self._poll_due()
        time.sleep(max(end - time.monotonic(), 0))

    def _take_completed(self) -> list[JobResult]:
        completed, self._completed = self._completed, []
        return completed

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
            return JobError(job.action.stream, f"the job {job.id} cannot be polled now: {error.message}")
        return None
