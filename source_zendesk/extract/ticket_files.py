"""The files of the comments in ticket events: attachments, and recordings of calls."""

from dataclasses import dataclass
from typing import Any

from source_zendesk.extract.extractors import Row
from source_zendesk.extract.ticket_comments import REDACTIONS, CommentExtractor


class CommentFileExtractor(CommentExtractor):
    """Base of the extractors of files of comments; the comments themselves are the rows of a page.

    A comment that only becomes public or private keeps its files, so it is not requested again.
    """

    pending_types = REDACTIONS

    def finish(self) -> None:
        """Log nothing: child events without files are not left out."""
        self.left_out.clear()


@dataclass
class AttachmentExtractor(CommentFileExtractor):
    """The attachments of the comments, each with the ids of its comment, audit and ticket, and the comment's time.

    https://developer.zendesk.com/api-reference/ticketing/tickets/ticket-attachments/
    """

    def to_records(self, rows: list[Row]) -> list[Row]:
        """The attachments, in the order of their comments."""
        return [
            {**_owner(comment), "audit_id": comment.get("audit_id"), **file}
            for comment in rows
            for file in self.nested_list(comment, "attachments")
        ]


@dataclass
class RecordingExtractor(CommentFileExtractor):
    """The `data` of each comment with a recording, with the ids of its comment and ticket.

    https://developer.zendesk.com/documentation/ticketing/reference-guides/ticket-audit-events-reference/#voice-comment-event
    """

    def to_records(self, rows: list[Row]) -> list[Row]:
        """The recordings, in the order of their comments."""
        return [{**_call(comment), **_owner(comment)} for comment in rows if _call(comment).get("recording_url")]


def _owner(comment: Row) -> Row:
    names = ("ticket_id", "author_id", "created_at")
    return {"comment_id": comment.get("id"), **{name: comment.get(name) for name in names}}


def _call(comment: Row) -> dict[str, Any]:
    data = comment.get("data")
    return data if isinstance(data, dict) else {}
