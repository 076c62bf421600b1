"""The comments in ticket events, and the comments that later events change."""

import logging
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import starmap
from typing import Any, ClassVar

from source_zendesk import times
from source_zendesk.errors import ResponseError
from source_zendesk.extract.extractors import ExtractedRows, ListExtractor, Row
from source_zendesk.extract.page import ChildReader
from source_zendesk.http.refusals import StreamSkipped

LOGGER = logging.getLogger("airbyte")
REFERENCE = "via_reference_id"
# A post is the text of an agent that Zendesk sent to X or to Facebook.
COMMENT, COMMENT_SUFFIX, POSTS = "Comment", "Comment", ("Tweet", "FacebookEvent")
REDACTIONS = ("CommentRedactionEvent", "AttachmentRedactionEvent")
CHANGES = (*REDACTIONS, "CommentPrivacyChange")
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

    pending_types: ClassVar[Collection[str]] = CHANGES
    left_out: Counter[str] = field(default_factory=Counter, init=False, repr=False)

    def extract(self, body: object) -> list[Row]:
        """The comments, in the order of their events."""
        return self.extract_page(body).records

    def extract_page(self, body: object) -> ExtractedRows:
        """The comments; the read advances by the events. Child events of `pending_types` are pending."""
        events, comments, pending = super().extract(body), [], []
        for event, child in self._children(events):
            if _is_comment(child):
                comments.append((event, child))
            elif child.get("body"):
                self.left_out[str(child.get("event_type"))] += 1
            if child.get("event_type") in self.pending_types:
                pending.append((event, child))
        self._check_texts([child for _, child in comments])
        return ExtractedRows(list(starmap(_with_event, comments)), events, list(starmap(_with_event, pending)))

    def _check_texts(self, comments: list[Row]) -> None:
        """Raise `ResponseError` if no comment of a page has its text."""
        texts = [child for child in comments if child.get("event_type", COMMENT) == COMMENT]
        if texts and all(map(_is_mention, texts)):
            cause = "the response mentions comments without the requested `comment_events`"
            raise ResponseError(self.name, f"{cause}; if that persists, read list_ticket_comments")

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

    def _children(self, events: list[Row]) -> Iterator[tuple[Row, Row]]:
        for event in events:
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
