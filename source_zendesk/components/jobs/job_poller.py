"""Follows the jobs that Zendesk does writes in."""

import logging
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from airbyte_cdk.sources.declarative.requesters.requester import Requester

from source_zendesk.components.actions.action import Action
from source_zendesk.components.jobs.job import ENDED, Job
from source_zendesk.components.jobs.job_list import JobList, body_of
from source_zendesk.components.reading.extraction.base import Row
from source_zendesk.components.requests.error_text import error_text, warning_of
from source_zendesk.components.requests.rate_limit_retry import send_within_limit
from source_zendesk.components.requests.retry_wait import told_wait
from source_zendesk.errors import AnswerError, JobError, JobExpiredError
from source_zendesk.manifest.placeholders import UnfitValueError, filled

LOGGER = logging.getLogger("airbyte")
SHORTEST_WAIT, LONGEST_TOLD_WAIT = 0.01, 300.0
GONE = (404, 410)
# A new job may not have reached the server that is asked for it; a minute is enough for that.
WAITS_AFTER_MISSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


@dataclass
class JobPoller:
    """Asks for the status of a job until it has ended, less and less often, for `limit_in_seconds` at most.

    The job lies in an answer under `answer_key`, or is the answer; `id_field` names its id there. Its status is asked
    for at `job_endpoint` on the account's own host and lies under `status_key`. `emits` says what becomes records.
    `retry_in` and `Retry-After` are obeyed. A 404 is retried for a minute; after that the status comes from the list of
    jobs at `list_endpoint`, if there is one, and a job that is not there has expired.
    https://developer.zendesk.com/api-reference/ticketing/ticket-management/job_statuses/
    """

    name: str
    requester: Requester
    emits: str
    job_endpoint: str
    list_endpoint: str = ""
    id_field: str = "id"
    answer_key: str = ""
    may_be_bare: bool = False
    status_key: str = ""
    first_wait_in_seconds: float = 0.1
    longest_wait_in_seconds: float = 30.0
    limit_in_seconds: float = 7200.0

    def begun(self, action: Action, response: requests.Response, body: Any) -> Job | None:
        """The job that an answer tells of, None where the write is done already."""
        found = self._job_in(body)
        identifier = found.get(self.id_field) or (_last_of(found.get("url")) if self.id_field == "id" else "")
        if not identifier and str(found.get("status")) not in ENDED:
            return None
        job = self.resumed(action, str(identifier))
        job.answer, job.warning = body, warning_of(response)
        job.document = found if "status" in found else {}
        self._schedule(job, response)
        return job

    def _job_in(self, body: Any) -> Row:
        found = _under(body, self.answer_key)
        if found is None and self.may_be_bare:
            found = body
        return found if isinstance(found, dict) else {}

    def resumed(self, action: Action, identifier: str) -> Job:
        """A job that an earlier run began."""
        now = time.monotonic()
        deadline = now + self.limit_in_seconds
        return Job(action, identifier, self.emits, deadline=deadline, wait=self.first_wait_in_seconds, due=now)

    def ask(self, job: Job) -> None:
        """Hear how it stands; raises `JobError` where that cannot be known, or when it takes too long."""
        path = self._path(job)
        response = send_within_limit(self.name, lambda: self.requester.send_request(path=path))
        if response is not None and response.status_code in GONE:
            self._missed(job, response)
            return
        if response is None or response.status_code >= 400:
            raise self._untold(job, response)
        document = _under(body_of(response), self.status_key)
        if not isinstance(document, dict) or "status" not in document:
            raise AnswerError(self.name, f"the status of the job {job.id} cannot be read")
        job.misses = 0
        self._hear(job, document, response)

    def _missed(self, job: Job, response: requests.Response) -> None:
        """Schedule the next request, or take the status from the list of jobs; raises `JobExpiredError`."""
        if job.misses < len(WAITS_AFTER_MISSES):
            wait = WAITS_AFTER_MISSES[job.misses]
            job.misses, job.due = job.misses + 1, time.monotonic() + wait
            text = "Stream %s: Zendesk does not find the job %s (status %s); asking again in %.0f s"
            LOGGER.info(text, self.name, job.id, response.status_code, wait)
            return
        document = JobList(self.name, self.requester, self.list_endpoint).find(job.id) if self.list_endpoint else None
        if document is None:
            raise self._expired(job)
        self._hear(job, document)

    def _hear(self, job: Job, document: Row, response: requests.Response | None = None) -> None:
        job.document = document
        self._schedule(job, response)
        if not job.is_over and time.monotonic() > job.deadline:
            raise JobError(
                self.name,
                f"the job {job.id} is still {job.status} after {self.limit_in_seconds:.0f} s. Run the sync again: it "
                "goes on waiting and sends nothing anew.",
            )

    def _path(self, job: Job) -> str:
        try:
            return filled(self.job_endpoint, {"job_id": job.id})
        except UnfitValueError as error:
            raise JobExpiredError(
                self.name, f"{error}. Look at the account; the action will not be sent again"
            ) from error

    def _schedule(self, job: Job, response: requests.Response | None) -> None:
        told = job.document.get("retry_in")
        header = told_wait(response) if response is not None else None
        wait = header if header is not None else told if isinstance(told, (int, float)) else job.wait
        job.wait = min(job.wait * 2, self.longest_wait_in_seconds)
        job.due = time.monotonic() + min(max(wait, SHORTEST_WAIT), LONGEST_TOLD_WAIT)

    def _expired(self, job: Job) -> JobExpiredError:
        unlisted = ", and its list of jobs does not have it" if self.list_endpoint else ""
        return JobExpiredError(
            self.name,
            f"Zendesk no longer knows the job {job.id} (asked {job.misses + 1} times{unlisted}); it keeps them for a "
            "day, and this one may have ended in either way. Look at the account; the action will not be sent again",
        )

    def _untold(self, job: Job, response: requests.Response | None) -> JobError:
        why = f"status {response.status_code}, {error_text(response)}" if response is not None else "no answer"
        return JobError(self.name, f"Zendesk does not tell the status of the job {job.id} ({why}). Run the sync again.")


def _under(body: Any, key: str) -> Any:
    return body.get(key) if key and isinstance(body, dict) else body


def _last_of(url: Any) -> str:
    """The last part of the path of an address, empty if it is none."""
    try:
        return urlsplit(str(url or "")).path.rpartition("/")[2].removesuffix(".json")
    except ValueError:
        return ""
