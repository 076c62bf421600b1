"""Background jobs: queued, working, then ended; each poll advances a job by one step."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from integration_tests.emulator.api import errors
from integration_tests.emulator.data.clock import Clock, iso
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.tables import Table

MAX_RUNNING = 30
RETENTION_SECONDS = 86_400
DONE = frozenset({"completed", "failed", "killed"})


@dataclass
class Job:
    """One job; `work` runs when it ends and returns its results."""

    id: str
    kind: str
    total: int | None
    work: Callable[[], Any]
    started: float
    polls: int = 0
    status: str = "queued"
    message: str | None = None
    results: Any = None
    ended: float | None = None
    more: Row = field(default_factory=dict)

    def row(self, url: str) -> Row:
        done = self.status in DONE
        progress = self.total if done else min(self.polls, self.total or 0)
        return {
            "id": self.id, "job_type": self.kind, "url": url, "total": self.total, "progress": progress,
            "status": self.status, "message": self.message, "results": self.results,
        }  # fmt: skip


class Jobs:
    """The account's jobs; each ends with status `outcome` after `polls` polls or, if set, after `seconds`."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.polls = 2
        self.seconds: float | None = None
        self.outcome = "completed"
        self.retry_in = 0
        self.limit = MAX_RUNNING
        self.base_url = ""
        self.all: dict[str, Job] = {}

    def url(self, job: Job) -> str:
        return f"{self.base_url}/api/v2/job_statuses/{job.id}.json"

    def running(self) -> list[str]:
        return [job.id for job in self.all.values() if job.status not in DONE]

    def start(self, kind: str, total: int | None, work: Callable[[], Any], **more: Any) -> Job:
        """Queue a job; 429 if `limit` jobs are queued or running."""
        running = self.running()
        if len(running) >= self.limit:
            raise errors.too_many_jobs(running)
        job = Job(secrets.token_hex(16), kind, total, work, self.clock.epoch(), more=more)
        self.all[job.id] = job
        return job

    def poll(self, identifier: str) -> Job | None:
        """Advance a job by one step; None for an unknown or expired job."""
        job = self.all.get(identifier)
        if job is None:
            return None
        if job.ended is not None:
            return job if self.clock.epoch() - job.ended < RETENTION_SECONDS else None
        job.polls += 1
        job.status = "working"
        if self._is_due(job):
            self._end(job)
        return job

    def _is_due(self, job: Job) -> bool:
        if self.seconds is None:
            return job.polls >= self.polls
        return self.clock.epoch() - job.started >= self.seconds

    def _end(self, job: Job) -> None:
        job.status, job.ended = self.outcome, self.clock.epoch()
        job.results = job.work() if self.outcome == "completed" else []
        stamp = iso(int(job.ended)).replace("T", " ").replace("Z", " UTC")
        verbs = {"completed": "Completed", "failed": "Failed", "killed": "Killed"}
        job.message = f"{verbs[job.status]} at {stamp}"


class JobRows:
    """The jobs of this run, newest first, then the seeded ones."""

    def __init__(self, jobs: Jobs, old: Table) -> None:
        self.jobs = jobs
        self.old = old

    def ids(self) -> Sequence[str]:
        return [*(job.id for job in reversed(self.jobs.all.values()) if "app" not in job.more), *self.old.ids()]

    def get(self, identifier: Any) -> Row | None:
        job = self.jobs.all.get(identifier)
        return job.row(self.jobs.url(job)) if job else self.old.get(identifier)

    def json(self, identifier: Any) -> bytes:
        return orjson.dumps(self.get(identifier))

    def by(self, field: str, value: Any) -> Sequence[Any]:
        return self.old.by(field, value)
