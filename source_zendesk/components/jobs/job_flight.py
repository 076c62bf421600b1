"""The jobs of one stream that have not ended."""

import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import requests
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.components.actions.action import Action
from source_zendesk.components.jobs.job import Job
from source_zendesk.components.jobs.job_poller import JobPoller
from source_zendesk.components.jobs.job_slots import JobSlots
from source_zendesk.errors import JobError

Landing = tuple[Job, JobError | None]


class JobFlight:
    """Follows jobs side by side, each within a slot of the account's; as a context, it gives all slots back.

    Without a poller, for streams whose actions begin no jobs, it stays empty and takes no slots.
    """

    def __init__(self, poller: JobPoller | None, slots: JobSlots) -> None:
        self._poller, self._slots = poller, slots
        self._jobs: list[Job] = []
        self._landed: list[Landing] = []
        self._held = 0

    def __enter__(self) -> "JobFlight":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._held:
            self.give_back()

    def take_slot(self) -> Iterator[Landing]:
        """Take the slot of a job that may begin, following those of this stream while there is none."""
        if self._poller is None:
            return
        while not self._slots.take(wait=not self._jobs):
            self._turn()
        self._held += 1
        yield from self._taken()

    def give_back(self) -> None:
        """No job began in the slot taken last, or one ended."""
        if self._held:
            self._held -= 1
            self._slots.give_back()

    def begun(self, action: Action, response: requests.Response, body: Any) -> Job | None:
        """The job that an answer tells of, which flies from now on in the slot taken last."""
        job = None
        try:
            job = self._poller.begun(action, response, body) if self._poller else None
        finally:
            if job is None:
                self.give_back()
        if job:
            self._jobs.append(job)
        return job

    def resume(self, action: Action, identifier: str) -> None:
        """Follow a job that an earlier run began, in the slot taken last."""
        if self._poller:
            self._jobs.append(self._poller.resumed(action, identifier))

    def landings(self) -> Iterator[Landing]:
        """The jobs as they end, until none is left; with the error where their end cannot be known."""
        yield from self._taken()
        while self._jobs:
            self._turn()
            yield from self._taken()

    def pass_time(self, seconds: float) -> None:
        """Sleep, and follow the jobs meanwhile, since what is waited for may be that they end."""
        end = time.monotonic() + seconds
        while self._jobs and self._next_due() < end:
            self._turn()
        time.sleep(max(end - time.monotonic(), 0))

    def _taken(self) -> list[Landing]:
        landed, self._landed = self._landed, []
        return landed

    def _next_due(self) -> float:
        return min(job.due for job in self._jobs)

    def _turn(self) -> None:
        time.sleep(max(self._next_due() - time.monotonic(), 0))
        for job in [job for job in self._jobs if job.due <= time.monotonic()]:
            error = self._ask(job)
            if error or job.is_over:
                self._jobs.remove(job)
                self.give_back()
                self._landed.append((job, error))

    def _ask(self, job: Job) -> JobError | None:
        try:
            if self._poller and not job.is_over:
                self._poller.ask(job)
        except JobError as error:
            return error
        except AirbyteTracedException as error:
            return JobError(job.action.stream, f"the job {job.id} cannot be followed now: {error.message}")
        return None
