"""Comments out of ticket events."""

from dataclasses import dataclass
from typing import Any

from source_zendesk.components.reading.extraction.base import Row
from source_zendesk.components.reading.extraction.list_rows import ListRows
from source_zendesk.errors import AnswerError

REFERENCE = "via_reference_id"


@dataclass
class CommentRows(ListRows):
    """The child events of type `Comment` of the ticket events under `record_key`.

    Each also carries what its event knows better, `via_reference_id`, and what only its event knows: `ticket_id`,
    `timestamp` and, where it has none itself, `created_at`. Raises `AnswerError` where events say that there
    were comments and none is there: the server did not heed `include`.
    https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/#incremental-ticket-event-export
    """

    def rows(self, body: Any) -> list[Row]:
        """The comments, in the order of their events."""
        found = [(event, child) for event in super().rows(body) for child in self.inner(event, "child_events")]
        comments = [(event, child) for event, child in found if child.get("event_type") == "Comment"]
        if any(_is_mention(child) for _, child in found) and all(_is_mention(child) for _, child in comments):
            cause = "the answer mentions comments without the text that it was asked to include"
            raise AnswerError(self.name, f"{cause}; list_{self.name} has them if it stays so")
        return [{**self._of_event(event), **child, **_reference(event)} for event, child in comments]

    def clock_rows(self, body: Any, rows: list[Row]) -> list[Row]:
        """The events: the export is ordered by their time."""
        return super().rows(body)

    def _of_event(self, event: Row) -> Row:
        return {name: event.get(name) for name in ("ticket_id", "timestamp", "created_at")}


def _reference(event: Row) -> Row:
    """What the event came from, such as the ticket that was merged; Zendesk tells it of the event alone."""
    return {} if event.get(REFERENCE) is None else {REFERENCE: event[REFERENCE]}


def _is_mention(child: Row) -> bool:
    """Whether a child event says no more than that there was a comment."""
    return bool(child.get("comment_present")) and "body" not in child
