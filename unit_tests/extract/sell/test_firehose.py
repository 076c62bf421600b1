"""Events of the Firehose are read from a position to the newest event."""

from typing import Any

import pytest

from source_zendesk.errors import PaginationError, ResponseError
from source_zendesk.extract.cursors.base import IncrementalRead, PageRows
from source_zendesk.extract.cursors.export_cursor import ExportCursor
from source_zendesk.extract.sell import FirehoseExtractor, FirehosePaginator
from source_zendesk.http.response import ParsedResponse

PAGES = FirehosePaginator("sell_contacts_events", {}, page_size=100)
EVENTS = FirehoseExtractor("sell_contacts_events", "items")
CONFIG = {"start_date": "2024-01-01T00:00:00Z"}
NOW = 1_800_000_000


def body(position: str | None, *, top: bool | None) -> dict[str, Any]:
    return {"items": [], "meta": {"position": position, "top": top}}


def opened(state: dict[str, Any] | None = None) -> IncrementalRead:
    return ExportCursor(CONFIG, "event_time", kept_hours=72).open(state or {}, PAGES, ["event_id"])


def advance(read: IncrementalRead, position: str, *times: str, top: bool = False) -> None:
    rows = [{"event_id": str(number), "event_time": time} for number, time in enumerate(times)]
    response = ParsedResponse(body(position, top=top), NOW)
    read.advance(PAGES.next_query(read.query or {}, response.body, rows), response, PageRows(rows, rows))


def test_a_first_read_starts_at_the_oldest_event() -> None:
    assert opened().query == {"position": "tail", "limit": 100}


def test_the_state_is_the_position_after_the_newest_event() -> None:
    read = opened()
    advance(read, "p1", "2026-11-29T10:00:00Z")
    assert read.query == {"position": "p1", "limit": 100}
    advance(read, "p2", top=True)
    assert read.query is None
    assert read.state == {"event_time": 1795946400, "cursor": "p2"}
    assert opened(read.state).query == {"position": "p2", "limit": 100}


@pytest.mark.parametrize("rows", [[], [{"event_id": "a"}]])
def test_only_the_top_ends_a_read(rows: list[Any]) -> None:
    query = {"position": "p1", "limit": 100}
    assert PAGES.next_query(query, body("p2", top=False), rows) == {"position": "p2", "limit": 100}
    assert PAGES.next_query(query, body("p2", top=True), rows) is None


def test_a_position_that_does_not_advance_ends_the_read_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    assert PAGES.next_query({"position": "p1", "limit": 100}, body("p1", top=False), []) is None
    assert "sell_contacts_events: Zendesk returned no further position" in caplog.text


@pytest.mark.parametrize(("answer", "field"), [(body(None, top=False), "position"), (body("p2", top=None), "top")])
def test_a_response_without_its_position_or_end_is_an_error(answer: dict[str, Any], field: str) -> None:
    with pytest.raises(PaginationError, match=f"no `meta.{field}`"):
        PAGES.next_query({"position": "p1"}, answer, [])


def test_a_position_that_is_too_old_is_retried_and_then_lost(caplog: pytest.LogCaptureFixture) -> None:
    read = opened({"event_time": 1795946400, "cursor": "p2"})
    assert read.recover_expired_cursor()
    assert read.query == {"position": "p2", "limit": 100}
    assert not caplog.text
    assert read.recover_expired_cursor()
    assert read.query == {"position": "tail", "limit": 100}
    assert "older than the 72 hours" in caplog.text
    assert "between 2026-11-29T10:00:00Z and the oldest one" in caplog.text
    assert not read.recover_expired_cursor()


def test_an_event_has_its_key_and_its_time_at_the_top_level() -> None:
    meta = {"event_id": "a", "event_type": "deleted", "event_time": "2026-11-29T10:00:00Z", "sequence": 2}
    event = {"data": {"id": 1}, "meta": meta}
    copied = {"event_id": "a", "event_type": "deleted", "event_time": "2026-11-29T10:00:00Z"}
    assert EVENTS.extract({"items": [event]}) == [{**event, **copied}]


def test_an_event_without_meta_is_an_error() -> None:
    with pytest.raises(ResponseError, match="no object `meta`"):
        EVENTS.extract({"items": [{"data": {"id": 1}}]})
