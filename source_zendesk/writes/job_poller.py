"""Polls the status of the jobs that Zendesk runs for writes."""

import logging
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from airbyte_cdk.sources.declarative.requesters.requester import Requester

from source_zendesk.errors import JobError, JobExpiredError, ResponseError
from source_zendesk.extract.extractors import Row
from source_zendesk.http import backoff
from source_zendesk.http.error_text import error_text, one_line, warning_text
from source_zendesk.http.limit_headers import parse_retry_after
from source_zendesk.http.rate_limit_retry import send_within_limit
from source_zendesk.manifest.placeholders import InvalidPathValueError, fill_path
from source_zendesk.printable import count_of
from source_zendesk.writes.action import Action
from source_zendesk.writes.job import ENDED, Job
from source_zendesk.writes.job_list import JobList, response_body

LOGGER = logging.getLogger("airbyte")
LONGEST_WAIT = 300.0
NOT_FOUND_STATUSES = (404, 410)
# A new job may not be visible on every server of Zendesk yet; a minute is enough.
NOT_FOUND_WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


@dataclass
class JobPoller:
    """Polls the status of a job with growing waits until the job has ended, for up to `limit_in_seconds`.

    The write's response contains the job under `response_key`, or is the job; `id_field` names the field of its id. The
    status is at `job_endpoint`, under `status_key`. With `may_be_bare`, neither needs its key. `emits` selects what
    becomes records. `retry_in` in the status and the header `Retry-After` may make the waits longer, not shorter. A
    404, or the status of another job, is retried for a minute. After a 404, the poller then searches the list of jobs
    at `list_endpoint`, if there is one. A job that is not in the list has expired.
    https://developer.zendesk.com/api-reference/ticketing/ticket-management/job_statuses/
    """

    name: str
    requester: Requester
    emits: str
    job_endpoint: str
    list_endpoint: str = ""
    id_field: str = "id"
    response_key: str = ""
    may_be_bare: bool = False
    status_key: str = ""
    first_wait_in_seconds: float = field(default_factory=lambda: backoff.SHORTEST_WAIT_AFTER_RESPONSE)
    longest_wait_in_seconds: float = 30.0
    limit_in_seconds: float = 7200.0

    def job_from_response(self, action: Action, response: requests.Response, body: Any) -> Job | None:
        """The job in the response to a write; None if the write is already done."""
        document = self._document_at(self.response_key, body)
        identifier = document.get(self.id_field)
        if not identifier and self.id_field == "id":
            identifier = _last_path_part(document.get("url"))
        if not identifier and str(document.get("status")) not in ENDED:
            return None
        job = self.resume(action, str(identifier or ""))
        job.write_response, job.warning = body, warning_text(response)
        job.document = document if "status" in document else {}
        self._schedule(job, response)
        return job

    def _document_at(self, key: str, body: Any) -> Row:
        document = _value_at_key(body, key)
        if document is None and self.may_be_bare:
            document = body
        return document if isinstance(document, dict) else {}

    def resume(self, action: Action, identifier: str) -> Job:
        """A job that an earlier run started."""
        now = time.monotonic()
        deadline = now + self.limit_in_seconds
        return Job(action, identifier, self.emits, deadline=deadline, wait=self.first_wait_in_seconds, due=now)

    def poll(self, job: Job) -> None:
        """Request and store the job's status; raises `JobError` if it is unavailable or the job takes too long."""
        path = self._path(job)
        response = send_within_limit(self.name, lambda: self.requester.send_request(path=path))
        if response is not None and response.status_code in NOT_FOUND_STATUSES:
            self._handle_not_found(job, response)
            return
        if response is None or response.status_code >= 400:
            raise self._status_error(job, response)
        document = self._document_at(self.status_key, response_body(response))
        if "status" not in document:
            raise ResponseError(self.name, f"the status of the job {job.id} is invalid")
        if _is_of_another_job(document, job):
            self._handle_other_job(job, one_line(document["id"]))
            return
        job.not_found_count = 0
        self._update(job, document, response)

    def _handle_other_job(self, job: Job, other: str) -> None:
        """Schedule the next request; raises `JobError`, which leaves the action waiting, after a minute."""
        if not self._retry_for_a_minute(job, f"Zendesk responds with the job {other}"):
            text = f"Zendesk responds to requests for the job {job.id} with the job {other}. Run the sync again."
            raise JobError(self.name, text)

    def _retry_for_a_minute(self, job: Job, problem: str) -> bool:
        """Schedule the next request; False if a minute is over."""
        if job.not_found_count >= len(NOT_FOUND_WAITS):
            return False
        wait = NOT_FOUND_WAITS[job.not_found_count]
        job.not_found_count, job.due = job.not_found_count + 1, time.monotonic() + wait
        LOGGER.info("Stream %s: job %s: %s; retrying in %.0f s", self.name, job.id, problem, wait)
        return True

    def _handle_not_found(self, job: Job, response: requests.Response) -> None:
        """Schedule the next request, or take the status from the list of jobs; raises `JobExpiredError`."""
        if self._retry_for_a_minute(job, f"Zendesk does not find it (status {response.status_code})"):
            return
        document = JobList(self.name, self.requester, self.list_endpoint).find(job.id) if self.list_endpoint else None
        if document is None:
            raise self._expiry_error(job)
        self._update(job, document)

    def _update(self, job: Job, document: Row, response: requests.Response | None = None) -> None:
        job.document = document
        self._schedule(job, response)
        if not job.is_over and time.monotonic() > job.deadline:
            raise JobError(
                self.name,
                f"the job {job.id} is still {job.status} after {self.limit_in_seconds:.0f} s. Run the sync again: it "
                "continues to wait and does not send the action again.",
            )

    def _path(self, job: Job) -> str:
        try:
            return fill_path(self.job_endpoint, {"job_id": job.id})
        except InvalidPathValueError as error:
            raise JobExpiredError(self.name, f"{error}. Check the account; the action is not sent again") from error

    def _schedule(self, job: Job, response: requests.Response | None) -> None:
        retry_in = job.document.get("retry_in")
        retry_after = parse_retry_after(response) if response is not None else None
        reported = retry_after if retry_after is not None else retry_in if isinstance(retry_in, (int, float)) else 0.0
        job.due = time.monotonic() + min(max(job.wait, reported), LONGEST_WAIT)
        job.wait = min(job.wait * 2, self.longest_wait_in_seconds)

    def _expiry_error(self, job: Job) -> JobExpiredError:
        requested = count_of(job.not_found_count + 1, "request")
        unlisted = ", and its list of jobs does not have it" if self.list_endpoint else ""
        return JobExpiredError(
            self.name,
            f"Zendesk no longer has the job {job.id} ({requested}{unlisted}); it keeps jobs for a day, and "
            "this one may have succeeded or failed. Check the account; the action is not sent again",
        )

    def _status_error(self, job: Job, response: requests.Response | None) -> JobError:
        reason = f"status {response.status_code}, {error_text(response)}" if response is not None else "no response"
        cause = f"Zendesk does not return the status of the job {job.id} ({reason})"
        return JobError(self.name, f"{cause}. Run the sync again.")


def _is_of_another_job(document: Row, job: Job) -> bool:
    identifier = document.get("id")
    return isinstance(identifier, str) and identifier != job.id


def _value_at_key(body: Any, key: str) -> Any:
    return body.get(key) if key and isinstance(body, dict) else body


def _last_path_part(url: Any) -> str:
    """The last segment of a URL's path; empty if the value is not a URL."""
    try:
        return urlsplit(str(url or "")).path.rpartition("/")[2].removesuffix(".json")
    except ValueError:
        return ""
