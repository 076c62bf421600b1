"""The comments in ticket events, and the comments that later events change."""

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from source_zendesk import times
from source_zendesk.errors import ResponseError
from source_zendesk.extract.extractors import ListExtractor, Row
from source_zendesk.extract.partitions import ChildReader
from source_zendesk.http.refusals import StreamSkipped

LOGGER = logging.getLogger("airbyte")
REFERENCE = "via_reference_id"
# A post is the text of an agent that Zendesk sent to X or to Facebook.
COMMENT, COMMENT_SUFFIX, POSTS = "Comment", "Comment", ("Tweet", "FacebookEvent")
CHANGES = ("CommentRedactionEvent", "AttachmentRedactionEvent", "CommentPrivacyChange")
CONTENT = ("body", "html_body", "plain_body", "author_id", "attachments")


@dataclass
class CommentExtractor(ListExtractor):
    """The child events with comments of the ticket events under `record_key`: comments, calls, tweets, Facebook posts.

    Each comment gets `via_reference_id` of its event, and `ticket_id`, `timestamp` and `created_at` if it has none
    itself. Raises `ResponseError` if events mention comments but the response contains none: the server ignored
    `include`.
    https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/#incremental-ticket-event-export
    https://developer.zendesk.com/documentation/ticketing/reference-guides/ticket-audit-events-reference/
    """

    left_out: Counter[str] = field(default_factory=Counter, init=False, repr=False)

    def extract(self, body: object) -> list[Row]:
        """The comments, in the order of their events."""
        comments = []
        for event, child in self._children(body):
            if _is_comment(child):
                comments.append((event, child))
            elif child.get("body"):
                self.left_out[str(child.get("event_type"))] += 1
        texts = [child for _, child in comments if child.get("event_type", COMMENT) == COMMENT]
        if texts and all(map(_is_mention, texts)):
            cause = "the response mentions comments without the requested `comment_events`"
            raise ResponseError(self.name, f"{cause}; if that persists, read list_ticket_comments")
        return [_with_event(event, child) for event, child in comments]

    def pending(self, body: object) -> list[Row]:
        """The child events that redact a comment or an attachment, or change whether a comment is public."""
        return [_with_event(event, child) for event, child in self._children(body) if is_change(child)]

    def cursor_rows(self, body: object, rows: list[Row]) -> list[Row]:
        """The events: the export is ordered by their time."""
        return super().extract(body)

    def finish(self) -> None:
        """Log the number of child events that have a text and are no comments, by type."""
        if self.left_out:
            counts = ", ".join(f"{kind} {count}" for kind, count in self.left_out.most_common())
            LOGGER.info(
                "Stream %s: left out child events with a text that are no comments: %s. `ticket_events` contains them",
                self.name,
                counts,
            )
            self.left_out.clear()

    def _children(self, body: object) -> Iterator[tuple[Row, Row]]:
        for event in super().extract(body):
            for child in self.nested_list(event, "child_events"):
                yield event, child


def _is_comment(child: Row) -> bool:
    kind = child.get("event_type")
    return str(kind).endswith(COMMENT_SUFFIX) or kind in POSTS or bool(child.get("comment_present"))


def is_change(row: Row) -> bool:
    """Whether a child event changes an earlier comment."""
    return row.get("event_type") in CHANGES


def _with_event(event: Row, child: Row) -> Row:
    """The child event with fields of its event; only the event contains an origin such as a merged ticket."""
    fields = {name: event.get(name) for name in ("ticket_id", "timestamp", "created_at")}
    reference = {} if event.get(REFERENCE) is None else {REFERENCE: event[REFERENCE]}
    return {**fields, **child, **reference}


def _is_mention(child: Row) -> bool:
    """Whether a child event only notes that there was a comment."""
    return bool(child.get("comment_present")) and not any(name in child for name in CONTENT)


@dataclass(frozen=True)
class ChangedComments:
    """Requests the comments again that events change: a destination replaces them by their id.

    Zendesk changes the comment itself: any later response, also of the export, contains its new form only.
    """

    stream: str
    comments: ChildReader

    def replace_pending(self, rows: list[Row], since: int) -> list[Row]:
        """The comments among the rows, and those that the changes among the rows name; one request for each ticket.

        Ignores changes before `since`, and changes of comments among the rows, which have their new form already.
        """
        comments = [row for row in rows if not is_change(row)]
        current = {str(row.get("id")) for row in comments}
        named: dict[Any, set[str]] = {}
        for change in filter(is_change, rows):
            comment = str(change.get("comment_id") or "")
            if comment not in current and (times.epoch(change.get("timestamp")) or 0) >= since:
                named.setdefault(change.get("ticket_id"), set()).add(comment)
        return [*comments, *(row for ticket, ids in named.items() for row in self._current_form(ticket, ids))]

    def _current_form(self, ticket: Any, ids: set[str]) -> Iterator[Row]:
        """The comments with these ids; all comments of the ticket if a change names none."""
        try:
            for page in self.comments.read_pages({}, {"ticket_id": ticket}):
                for row in page.rows:
                    if "" in ids or str(row.get("id")) in ids:
                        yield {**row, "event_type": row.get("type"), "timestamp": times.epoch(row.get("created_at"))}
        except StreamSkipped as skipped:
            LOGGER.warning(
                "Stream %s: comments of ticket %s changed, but Zendesk refuses them (%s)", self.stream, ticket, skipped
            )
