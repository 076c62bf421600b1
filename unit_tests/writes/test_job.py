"""The records and the outcome of a job."""

from typing import Any

import pytest

from source_zendesk.writes.action import Action
from source_zendesk.writes.job import Job
from source_zendesk.writes.write_response import WriteResponseExtractor

ACTION = Action("create_many_users", {})


@pytest.mark.parametrize(
    ("status", "is_over", "is_failed"),
    [
        ("queued", False, False),
        ("working", False, False),
        ("completed", True, False),
        ("complete", True, False),
        ("failed", True, True),
        ("killed", True, True),
    ],
)
def test_a_job_ends_with_or_without_success(status: str, *, is_over: bool, is_failed: bool) -> None:
    job = Job(ACTION, "j1", "job", document={"status": status})
    assert (job.is_over, job.is_failed) == (is_over, is_failed)


@pytest.mark.parametrize(
    ("emits", "write_body", "rows"),
    [
        ("results", {}, [{"id": 1}, {"id": "bare"}]),
        ("job", {}, [{"id": "j1", "status": "completed", "results": [{"id": 1}, "bare"]}]),
        ("response", {"id": 16, "status": "on"}, [{"id": 16, "status": "on"}]),
        (
            "response",
            {"id": "j1", "status": "pending", "results": {"a": 1}},
            [{"id": "j1", "status": "completed", "results": {"a": 1}}],
        ),
        ("response", {}, [{"id": "j1", "status": "completed", "results": [{"id": 1}, "bare"]}]),
    ],
)
def test_emits_selects_the_records(emits: str, write_body: Any, rows: Any) -> None:
    job = Job(
        ACTION, "j1", emits, write_response=write_body, document={"status": "completed", "results": [{"id": 1}, "bare"]}
    )
    assert job.records(WriteResponseExtractor("s")) == rows
