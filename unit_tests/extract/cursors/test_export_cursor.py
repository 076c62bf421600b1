"""Cursor exports resume at Zendesk's cursor, or at a time without one."""

from typing import Any

import pytest

from source_zendesk import times
from source_zendesk.extract.cursors.base import IncrementalRead, PageRows
from source_zendesk.extract.cursors.export_cursor import ExportCursor
from source_zendesk.extract.export_paginators import CursorExportPaginator
from source_zendesk.http.response import ParsedResponse

PAGES = CursorExportPaginator("tickets", {}, 1000)
CONFIG = {"start_date": "2024-01-01T00:00:00Z"}


def opened(state: dict[str, Any] | None = None) -> IncrementalRead:
    return ExportCursor(CONFIG, "generated_timestamp").open(state or {}, PAGES, ["id"])


def advance(progress: IncrementalRead, cursor: str, *stamps: int, is_last: bool = False) -> None:
    rows = [{"id": number, "generated_timestamp": stamp} for number, stamp in enumerate(stamps)]
    body = {"after_cursor": cursor, "end_of_stream": is_last}
    progress.advance(
        PAGES.next_query(progress.query or {}, body, rows), ParsedResponse(body, times.now()), PageRows(rows, rows)
    )


def test_first_run_starts_at_the_start_date() -> None:
    assert opened().query == {"start_time": 1704067200, "per_page": 1000}


def test_saved_cursor_is_requested_without_a_time() -> None:
    assert opened({"generated_timestamp": 5, "cursor": "abc"}).query == {"cursor": "abc", "per_page": 1000}


def test_saved_time_is_enough_to_resume() -> None:
    assert (opened({"generated_timestamp": 1709251200}).query or {})["start_time"] == 1709251200


def test_no_export_starts_in_the_last_minute() -> None:
    query = opened({"generated_timestamp": times.now() + 500}).query or {}
    assert query["start_time"] <= times.now() - 60


def test_state_of_a_page_is_its_cursor_and_its_newest_time() -> None:
    progress = opened()
    advance(progress, "abc", 1709251200, 1709251100)
    assert progress.state == {"generated_timestamp": 1709251200, "cursor": "abc"}
    assert progress.query == {"cursor": "abc", "per_page": 1000}


def test_next_run_resumes_after_the_last_page() -> None:
    progress = opened()
    advance(progress, "end", 1709251200, is_last=True)
    assert progress.query is None
    assert opened(progress.state).query == {"cursor": "end", "per_page": 1000}


def test_page_without_a_cursor_is_resumed_by_its_time() -> None:
    progress = opened({"generated_timestamp": 5, "cursor": "abc"})
    advance(progress, "", 1709251200, is_last=True)
    assert progress.state == {"generated_timestamp": 1709251200}


def test_empty_page_without_a_cursor_keeps_the_state() -> None:
    progress = opened({"generated_timestamp": 5, "cursor": "abc"})
    advance(progress, "", is_last=True)
    assert progress.state == {"generated_timestamp": 5, "cursor": "abc"}


def test_every_row_is_emitted() -> None:
    assert opened({"cursor": "abc"}).select_new([{"id": 1}, {"id": 1}]) == [{"id": 1}, {"id": 1}]


def test_cursor_that_stays_refused_falls_back_to_the_time() -> None:
    progress = opened({"generated_timestamp": 1709251200, "cursor": "abc"})
    assert progress.recover_expired_cursor()
    assert progress.query == {"cursor": "abc", "per_page": 1000}
    assert progress.recover_expired_cursor()
    assert progress.query == {"start_time": 1709251200, "per_page": 1000}
    assert not progress.recover_expired_cursor()


def test_cursors_that_keep_expiring_within_a_second_are_given_up() -> None:
    progress = opened({"generated_timestamp": 1709251200, "cursor": "a0"})
    results = []
    for number in range(20):
        results.append(progress.recover_expired_cursor())
        if progress.query and "start_time" in progress.query:
            advance(progress, f"a{number + 1}", 1709251200)
    assert results[-1] is False


@pytest.mark.parametrize("field", ["generated_timestamp", "_ab_updated_at", "updated_at"])
def test_state_of_airbytes_connector_is_accepted(field: str) -> None:
    query = opened({field: "2024-03-01T00:00:00Z"}).query or {}
    assert 1709251200 - 3600 <= query["start_time"] <= 1709251200
