"""Comments are extracted from ticket events, and requested again if an event changes them."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from source_zendesk.errors import ResponseError
from source_zendesk.extract.page import Page
from source_zendesk.extract.ticket_comments import ChangedComments, CommentExtractor
from source_zendesk.http.refusals import ParentSkipped

Row = dict[str, Any]
COMMENTS = CommentExtractor("ticket_comments", "ticket_events")
EVENT = {"ticket_id": 1, "timestamp": 9, "created_at": "2024-01-01T00:00:00Z"}


def child(**fields: Any) -> Row:
    return {"event_type": "Comment", **fields}


def event(*children: Row) -> Row:
    return {"ticket_events": [{**EVENT, "child_events": list(children)}]}


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        (event(child(id=2), {"id": 3, "event_type": "Change"}), [{**EVENT, **child(id=2)}]),
        (event(child(created_at="its own")), [{**EVENT, **child(created_at="its own")}]),
        ({"ticket_events": [{**EVENT, "child_events": None}]}, []),
        (
            event(child(body="hello"), child(comment_present=True)),
            [{**EVENT, **child(body="hello")}, {**EVENT, **child(comment_present=True)}],
        ),
        (event({"event_type": "Change", "comment_present": False}), []),
        *(
            (event({"id": 4, "event_type": kind, **content}), [{**EVENT, "id": 4, "event_type": kind, **content}])
            for kind in ("VoiceComment", "FacebookComment", "FacebookEvent", "Tweet", "VoiceApiComment")
            for content in ({"body": "Hi"}, {"data": {"call_id": 7}}, {"comment_present": True})
        ),
        (event(child(comment_present=True, author_id=5)), [{**EVENT, **child(comment_present=True, author_id=5)}]),
        (
            event({"event_type": "New", "comment_present": True}),
            [{**EVENT, "event_type": "New", "comment_present": True}],
        ),
    ],
)
def test_comments_are_extracted(body: Row, rows: list[Row]) -> None:
    assert COMMENTS.extract(body) == rows


@pytest.mark.parametrize(("of_event", "own", "expected"), [(5, None, 5), (None, 6, 6), (None, None, None)])
def test_comment_gets_the_origin_of_its_event(of_event: Any, own: Any, expected: Any) -> None:
    body = {"ticket_events": [{**EVENT, "via_reference_id": of_event, "child_events": [child(via_reference_id=own)]}]}
    assert COMMENTS.extract(body) == [{**EVENT, **child(via_reference_id=expected)}]


@pytest.mark.parametrize(
    "body",
    [
        {},
        event(child(comment_present=True)),
        event({"comment_present": True}),
        event(child(comment_present=True), {"event_type": "VoiceComment", "comment_present": True, "data": {}}),
    ],
)
def test_mentions_without_a_text_are_an_error(body: Row) -> None:
    with pytest.raises(ResponseError, match="ticket_comments"):
        COMMENTS.extract(body)


def test_export_advances_by_the_events() -> None:
    body = {"ticket_events": [EVENT]}
    assert COMMENTS.extract_page(body).cursor_rows == [EVENT]


def test_child_events_with_a_text_that_are_no_comments_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    extractor = CommentExtractor("ticket_comments", "ticket_events")
    others = [{"event_type": kind, "body": "x"} for kind in ("Notification", "Cc", "Notification")]
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            extractor.extract(event(child(id=1, body="x"), *others, {"event_type": "Change"}))
        extractor.finish()
        assert "Notification 4, Cc 2" in caplog.text
        caplog.clear()
        extractor.finish()
        assert caplog.text == ""


CHANGES = [
    {"id": 7, "event_type": "CommentRedactionEvent", "comment_id": 2},
    {"id": 8, "event_type": "CommentPrivacyChange", "comment_id": "3", "public": False},
    {"id": 9, "event_type": "AttachmentRedactionEvent", "attachment_id": 5},
]


def test_changes_of_comments_are_no_comments() -> None:
    body = event(child(id=1, body="x"), *CHANGES, {"id": 10, "event_type": "Change"})
    assert [row["id"] for row in COMMENTS.extract(body)] == [1]
    assert COMMENTS.extract_page(body).pending == [{**EVENT, **change} for change in CHANGES]


class Comments:
    """Two pages of comments of each ticket; ticket 404 is deleted."""

    def __init__(self) -> None:
        self.requested: list[Any] = []

    def read_pages(self, state: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[Page]:
        self.requested.append(values["ticket_id"])
        if values["ticket_id"] == 404:
            raise ParentSkipped("404: gone", is_permission_denied=False)
        for ids in ([1, 2], [3]):
            yield Page([{"id": number, "type": "Comment", "created_at": EVENT["created_at"]} for number in ids], {}, {})


def replaced(*rows: Row, since: int = 0) -> tuple[list[Any], list[Any]]:
    """The ids of the emitted comments, and the requested tickets."""
    comments = Comments()
    found = ChangedComments("ticket_comments", comments).replace_pending([{**EVENT, **row} for row in rows], since)
    return [row["id"] for row in found], comments.requested


def test_the_named_comments_are_requested_once_for_each_ticket() -> None:
    assert replaced(child(id=20), CHANGES[0], CHANGES[1], CHANGES[0]) == ([20, 2, 3], [1])
    assert replaced(CHANGES[0], {**CHANGES[1], "ticket_id": 5}) == ([2, 3], [1, 5])
    assert replaced(child(id=20)) == ([20], [])


def test_all_comments_are_requested_if_a_change_names_none() -> None:
    assert replaced(CHANGES[2]) == ([1, 2, 3], [1])


def test_changes_that_the_read_has_received_already_are_ignored() -> None:
    assert replaced(child(id=2), CHANGES[0]) == ([2], [])
    assert replaced(CHANGES[0], since=10) == ([], [])
    assert replaced(CHANGES[0], since=9) == ([2], [1])


def test_a_refused_ticket_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert replaced({**CHANGES[0], "ticket_id": 404}, CHANGES[1]) == ([3], [404, 1])
    assert "comments of ticket 404 changed, but Zendesk refuses them" in caplog.text


def test_a_comment_that_is_requested_again_has_the_fields_of_its_event() -> None:
    (row,) = ChangedComments("ticket_comments", Comments()).replace_pending([{**EVENT, **CHANGES[0]}], 0)
    assert row["event_type"] == "Comment"
    assert row["timestamp"] == 1704067200
