"""A job that Zendesk does a write in."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from source_zendesk.components.actions.action import Action
from source_zendesk.components.reading.extraction.base import Extraction, Row
from source_zendesk.components.requests.error_text import one_line, text_of

SUCCEEDED = frozenset({"completed", "complete"})
ENDED = SUCCEEDED | {"failed", "killed"}


@dataclass
class Job:
    """A job in flight: the action that began it, the answer to that with its `warning`, and the job's last status.

    `misses` counts the 404s in a row to requests for its status.
    """

    action: Action
    id: str
    emits: str
    answer: Row = field(default_factory=dict)
    document: Row = field(default_factory=dict)
    warning: str = ""
    deadline: float = 0.0
    wait: float = 0.0
    due: float = 0.0
    misses: int = 0

    @property
    def status(self) -> str:
        """`queued`, `working`, `completed`, `failed` or `killed`."""
        return str(self.document.get("status") or "queued")

    @property
    def is_over(self) -> bool:
        """Whether it ended, in any way."""
        return self.status in ENDED

    @property
    def is_failed(self) -> bool:
        """Whether it ended otherwise than well."""
        return self.is_over and self.status not in SUCCEEDED

    @property
    def failure(self) -> str:
        """What is to be said of a job that failed or was killed, with its own message."""
        cause = _reasons(self.document) or "no reason given"
        return f"the job {self.id or 'of Zendesk'} {'was killed' if self.status == 'killed' else 'failed'}: {cause}"

    def rows(self, answer: Extraction) -> list[Row]:
        """What of an ended job becomes records: its `results`, its last status (`job`) or the `answer` to the write."""
        if self.emits == "answer" and self.answer:
            return answer.rows(self.answer)
        if self.emits != "results":
            return [self.document]
        results = self.document.get("results")
        rows = results if isinstance(results, list) else [results] if results else []
        whole = {"status": self.status, "message": self.document.get("message")}
        return [row if isinstance(row, dict) else {"id": row} for row in rows] or [whole]

    @property
    def failed_results(self) -> str:
        """The reasons of the results that failed, each with its id or index; empty if none did."""
        return one_line("; ".join(_failures(self.document)))


def _reasons(document: Row) -> str:
    """Why a job failed: its own message and errors, and those of its results."""
    told = {key: document.get(key) for key in ("message", "error", "details", "errors")}
    return one_line(": ".join(filter(None, (text_of(told), "; ".join(_failures(document))))))


def _failures(document: Row) -> Iterator[str]:
    results = document.get("results")
    for row in results if isinstance(results, list) else [results]:
        if isinstance(row, dict) and (row.get("success") is False or row.get("error") or row.get("errors")):
            place = "id" if row.get("id") is not None else "index"
            yield f"{place} {row.get(place)}: {text_of(row) or 'no reason given'}"
