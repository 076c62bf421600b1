"""Time exports drop the rows that pages repeat at their boundary, and keep a lag for late rows."""

from typing import Any

from source_zendesk import times
from source_zendesk.extract.cursors.base import IncrementalRead, PageRows
from source_zendesk.extract.cursors.time_export_cursor import RelatedRowCursor, TimeExportCursor
from source_zendesk.extract.export_paginators import TimeExportPaginator
from source_zendesk.http.response import ParsedResponse

PAGES = TimeExportPaginator("organizations", {}, 1000)
CONFIG = {"start_date": "2024-01-01T00:00:00Z"}
BEGIN = 1704067200


def opened(state: dict[str, Any] | None = None, **options: Any) -> IncrementalRead:
    return TimeExportCursor(CONFIG, cursor_field="updated_at", **options).open(state or {}, PAGES, ["id"])


def row(identifier: int, seconds: int) -> dict[str, Any]:
    return {"id": identifier, "updated_at": BEGIN + seconds}


def advance(progress: IncrementalRead, end: int, *page: dict[str, Any], is_last: bool = False) -> list[int]:
    """The ids of the rows that are emitted."""
    kept = [each["id"] for each in progress.select_new(list(page))]
    next_query = None if is_last else {"start_time": BEGIN + end, "per_page": 1000}
    progress.advance(
        next_query, ParsedResponse({"end_time": BEGIN + end}, times.now()), PageRows(list(page), list(page))
    )
    return kept


def test_boundary_rows_are_emitted_once() -> None:
    progress = opened()
    assert advance(progress, 10, row(1, 5), row(2, 10), row(3, 10)) == [1, 2, 3]
    assert advance(progress, 20, row(2, 10), row(3, 10), row(4, 20)) == [4]
    assert advance(progress, 30, row(4, 20), row(5, 30), is_last=True) == [5]


def test_row_that_changed_after_the_boundary_is_emitted_again() -> None:
    progress = opened()
    advance(progress, 10, row(1, 10))
    assert advance(progress, 20, row(1, 20)) == [1]


def test_rows_of_one_second_on_several_pages_are_emitted_once() -> None:
    progress = opened()
    advance(progress, 10, row(1, 10), row(2, 10))
    assert advance(progress, 10, row(1, 10), row(2, 10), row(3, 10)) == [3]
    assert advance(progress, 10, row(3, 10), row(1, 10), row(4, 10)) == [4]


def test_state_stays_a_lag_before_the_last_page() -> None:
    progress = opened(lag=60)
    advance(progress, 600, row(1, 600), is_last=True)
    assert progress.state["updated_at"] == BEGIN + 540


def test_state_never_moves_before_the_initial_one() -> None:
    progress = opened({"updated_at": BEGIN + 590}, lag=60)
    advance(progress, 600, row(1, 600), is_last=True)
    assert progress.state["updated_at"] == BEGIN + 590


def test_page_in_the_cursor_shape_is_resumed_by_its_cursor() -> None:
    progress = opened()
    progress.advance(
        {"start_time": BEGIN, "page[after]": "abc"}, ParsedResponse({}, times.now()), PageRows([row(1, 5)], [row(1, 5)])
    )
    assert opened(progress.state).query == {"start_time": BEGIN, "page[after]": "abc"}


def test_refused_page_cursor_falls_back_to_the_time() -> None:
    progress = opened({"updated_at": BEGIN, "page": {"page[after]": "abc"}})
    assert progress.recover_expired_cursor()
    assert progress.query == {"start_time": BEGIN, "per_page": 1000}
    assert not progress.recover_expired_cursor()


def test_missing_end_time_is_replaced_by_the_times_of_the_rows() -> None:
    progress = opened(lag=0)
    progress.advance(None, ParsedResponse({}, times.now()), PageRows([row(1, 7)], [row(1, 7)]))
    assert progress.state["updated_at"] == BEGIN + 7


def test_by_rows_end_time_is_ignored() -> None:
    for end_time in (1, BEGIN + 9999):
        progress = opened(by_rows=True, lag=0)
        progress.advance(None, ParsedResponse({"end_time": end_time}, times.now()), PageRows([row(1, 7)], [row(1, 7)]))
        assert progress.state["updated_at"] == BEGIN + 7


def test_by_rows_empty_page_keeps_the_state() -> None:
    progress = opened({"updated_at": BEGIN + 100}, by_rows=True)
    progress.advance(None, ParsedResponse({"end_time": 1}, times.now()), PageRows([], []))
    assert progress.state == {"updated_at": BEGIN + 100}


def test_the_next_run_drops_the_rows_since_its_start_that_have_not_changed() -> None:
    first = opened(lag=60)
    advance(first, 600, row(1, 500), row(2, 550), row(3, 600), is_last=True)
    second = opened(first.state, lag=60)
    changed = {**row(2, 550), "name": "changed"}
    assert advance(second, 600, changed, row(3, 600), row(4, 600), is_last=True) == [2, 4]
    assert second.select_already_emitted([]) == [row(3, 600)]
    third = opened(second.state, lag=60)
    assert advance(third, 600, changed, row(3, 600), row(4, 600), is_last=True) == []


def test_rows_of_several_pages_since_the_end_are_dropped() -> None:
    first = opened(lag=60)
    advance(first, 580, row(1, 545), row(2, 580))
    advance(first, 600, row(2, 580), row(3, 600), is_last=True)
    second = opened(first.state, lag=60)
    assert advance(second, 580, row(1, 545), row(2, 580)) == []
    assert advance(second, 600, row(2, 580), row(3, 600), row(4, 600)) == [4]
    assert "emitted" not in second.state


def test_a_state_before_the_first_page_keeps_the_emitted_rows() -> None:
    state = {"updated_at": BEGIN, "emitted": "0123456789"}
    assert opened(state).state == state


def test_the_state_contains_at_most_a_thousand_rows() -> None:
    first = opened(lag=60)
    rows = [row(number, 600) for number in range(1500)]
    advance(first, 600, *rows, is_last=True)
    assert len(first.state["emitted"]) == 10_000
    assert advance(opened(first.state, lag=60), 600, *rows, is_last=True) == list(range(500))


def related(state: dict[str, Any] | None = None) -> IncrementalRead:
    cursor = RelatedRowCursor(CONFIG, cursor_field="startTime", by_rows=True)
    return cursor.open(state or {}, PAGES, ["id"])


def agent(identifier: int | None, name: str = "a") -> dict[str, Any]:
    return {"id": identifier, "name": name}


def read_related(read: IncrementalRead, start: int, *agents: dict[str, Any], is_last: bool = False) -> list[Any]:
    """The ids and names of the emitted rows of a page whose last activity starts at `start`."""
    emitted = [(each["id"], each["name"]) for each in read.select_new(list(agents))]
    activities = [{"id": "x", "startTime": BEGIN + start}]
    next_query = None if is_last else {"startTime": BEGIN + start}
    read.advance(next_query, ParsedResponse({}, times.now()), PageRows(list(agents), activities))
    return emitted


def test_a_related_row_on_several_pages_is_emitted_once() -> None:
    read = related()
    assert read_related(read, 100, agent(1), agent(2)) == [(1, "a"), (2, "a")]
    assert read_related(read, 200, agent(2), agent(3)) == [(3, "a")]
    assert read_related(read, 300, agent(1), agent(3), is_last=True) == []
    assert read.state["startTime"] == BEGIN + 300 - 60


def test_a_related_row_that_changes_during_a_read_is_emitted_again() -> None:
    read = related()
    found = [read_related(read, number, agent(1, name)) for number, name in enumerate("aabba", 100)]
    assert found == [[(1, "a")], [], [(1, "b")], [], [(1, "a")]]


def test_the_next_run_emits_the_related_rows_that_the_last_one_did_not_receive() -> None:
    state: dict[str, Any] = {}
    runs = [([agent(1), agent(2)], [1, 2]), ([agent(1, "b")], [1]), ([agent(1), agent(2)], [1, 2]), ([agent(2)], [])]
    for rows, expected in runs:
        read = related(state)
        assert [key for key, _ in read_related(read, 100, *rows, is_last=True)] == expected
        state = read.state


def test_no_related_row_without_an_id_is_lost() -> None:
    assert len(read_related(related(), 100, agent(None), agent(None, "b"))) == 2
