"""Comments are extracted from ticket events, with fields of their event."""

from typing import Any

import pytest

from source_zendesk.errors import ResponseError
from source_zendesk.extract.sideload_extractors import CommentExtractor

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
    ],
)
def test_comments_are_extracted(body: Row, rows: list[Row]) -> None:
    assert COMMENTS.extract(body) == rows


@pytest.mark.parametrize(("of_event", "own", "expected"), [(5, None, 5), (None, 6, 6), (None, None, None)])
def test_comment_gets_the_origin_of_its_event(of_event: Any, own: Any, expected: Any) -> None:
    body = {"ticket_events": [{**EVENT, "via_reference_id": of_event, "child_events": [child(via_reference_id=own)]}]}
    assert COMMENTS.extract(body) == [{**EVENT, **child(via_reference_id=expected)}]


@pytest.mark.parametrize("body", [{}, event(child(comment_present=True)), event({"comment_present": True})])
def test_mentions_without_a_text_are_an_error(body: Row) -> None:
    with pytest.raises(ResponseError, match="ticket_comments"):
        COMMENTS.extract(body)


def test_export_advances_by_the_events() -> None:
    body = {"ticket_events": [EVENT]}
    assert COMMENTS.cursor_rows(body, COMMENTS.extract(body)) == [EVENT]
