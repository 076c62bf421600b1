"""A job that Zendesk runs for a write: its status, its failure and its records."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from source_zendesk.extract.extractors import RecordExtractor, Row
from source_zendesk.http.error_text import NO_REASON, describe_value, one_line
from source_zendesk.writes.action import Action

SUCCEEDED = frozenset({"completed", "complete"})
ENDED = SUCCEEDED | {"failed", "killed"}


@dataclass
class Job:
    """A job in flight: its action, the response to the write with its `warning`, and the job's last status document.

    `not_found_count` counts the consecutive 404s of status requests.
    """

    action: Action
    id: str
    emits: str
    write_response: Row = field(default_factory=dict)
    document: Row = field(default_factory=dict)
    warning: str = ""
    deadline: float = 0.0
    wait: float = 0.0
    due: float = 0.0
    not_found_count: int = 0

    @property
    def status(self) -> str:
        """`queued`, `working`, `completed`, `failed` or `killed`."""
        return str(self.document.get("status") or "queued")

    @property
    def is_over(self) -> bool:
        """Whether the job has ended, successfully or not."""
        return self.status in ENDED

    @property
    def is_failed(self) -> bool:
        """Whether the job has ended without success."""
        return self.is_over and self.status not in SUCCEEDED

    @property
    def failure(self) -> str:
        """The error text for a failed or killed job, with the job's own message."""
        cause = _describe_failure(self.document) or NO_REASON
        return f"the job {self.id or 'of Zendesk'} {'was killed' if self.status == 'killed' else 'failed'}: {cause}"

    def records(self, extractor: RecordExtractor) -> list[Row]:
        """The records of an ended job, by `emits`: its `results`, its last status (`job`) or the write's `response`.

        If the response is the job, its fields have the values of the last status. A later run has no response to the
        write, so it emits the last status with the job's id.
        """
        if self.emits == "response" and self.write_response:
            return [self._update(row) for row in extractor.extract(self.write_response)]
        if self.emits != "results":
            return [{"id": self.id, **self.document} if self.id else self.document]
        results = self.document.get("results")
        rows = results if isinstance(results, list) else [results] if results else []
        summary = {"status": self.status, "message": self.document.get("message")}
        return [row if isinstance(row, dict) else {"id": row} for row in rows] or [summary]

    def _update(self, row: Row) -> Row:
        """A row of the response to the write; if it is the job, with the later values of all fields but objects.

        The object `data` of the response contains what later ones lack.
        """
        if str(row.get("id")) != self.id:
            return row
        later = {name: value for name, value in self.document.items() if not isinstance(row.get(name), dict)}
        return {**row, **later}

    @property
    def failed_results(self) -> str:
        """The reasons of the failed results, each with its id or index; empty if there are none."""
        return one_line("; ".join(_iter_failures(self.document)))


def _describe_failure(document: Row) -> str:
    """Why a job failed: its own message and errors, and those of its results."""
    texts = {key: document.get(key) for key in ("message", "error", "details", "errors")}
    return one_line(": ".join(filter(None, (describe_value(texts), "; ".join(_iter_failures(document))))))


def _iter_failures(document: Row) -> Iterator[str]:
    results = document.get("results")
    for row in results if isinstance(results, list) else [results]:
        if isinstance(row, dict) and (row.get("success") is False or row.get("error") or row.get("errors")):
            key = "id" if row.get("id") is not None else "index"
            yield f"{key} {row.get(key)}: {describe_value(row) or NO_REASON}"
