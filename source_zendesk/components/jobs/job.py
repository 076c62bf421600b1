"""A job that Zendesk does a write in."""

from dataclasses import dataclass, field

from source_zendesk.components.actions.action import Action
from source_zendesk.components.reading.extraction.base import Extraction, Row

SUCCEEDED = frozenset({"completed", "complete"})
ENDED = SUCCEEDED | {"failed", "killed"}


@dataclass
class Job:
    """A job in flight: the action that began it, the answer to that, and the last that was heard of it."""

    action: Action
    id: str
    emits: str
    answer: Row = field(default_factory=dict)
    document: Row = field(default_factory=dict)
    deadline: float = 0.0
    wait: float = 0.0
    due: float = 0.0

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
        cause = self.document.get("message") or self.document.get("errors") or "no reason given"
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
