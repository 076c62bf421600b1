"""Every state that a cursor emits passes the validation of states."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_zendesk import times
from source_zendesk.extract.cursors.base import PageRows
from source_zendesk.extract.cursors.export_cursor import ExportCursor
from source_zendesk.extract.cursors.list_cursor import ListCursor
from source_zendesk.extract.cursors.search_cursor import SearchCursor
from source_zendesk.extract.cursors.time_export_cursor import TimeExportCursor
from source_zendesk.extract.export_paginators import CursorExportPaginator, TimeExportPaginator
from source_zendesk.extract.list_paginators import CursorPaginator, OffsetPaginator
from source_zendesk.extract.sell import SellListPaginator
from source_zendesk.http.response import ParsedResponse
from source_zendesk.manifest import Manifest
from source_zendesk.settings.state_schemas import validator

ENTRIES = Manifest.load().endpoints


def sell_pages(stream: str, config: Any, _: int) -> SellListPaginator:
    """Pages that are full with the two rows of this test."""
    return SellListPaginator(stream, config, 2)


# A cursor, its pages, and a stream whose states it emits.
READS: dict[str, tuple[Any, Any, str]] = {
    "list": (ListCursor, CursorPaginator, "macros"),
    "offset list": (ListCursor, OffsetPaginator, "macros"),
    "offset list without count": (ListCursor, sell_pages, "sell_orders"),
    "cursor export": (ExportCursor, CursorExportPaginator, "users"),
    "time export": (TimeExportCursor, TimeExportPaginator, "organizations"),
    "search": (SearchCursor, CursorPaginator, "tickets_search"),
}
ODD_TIMES = [
    "1970-01-01T00:00:30Z", "1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", 1_700_000_000_000,
    -1, 0, 59, 10**30, "2024-01-01T00:00:00Z", "²", float("nan"), None, [],
]  # fmt: skip
some_times = st.sampled_from(ODD_TIMES) | st.integers(-(10**12), 10**13) | st.floats() | st.text(max_size=4)
pages = st.fixed_dictionaries(
    {},
    optional={
        "end_time": some_times,
        "end_of_stream": st.booleans(),
        "count": st.integers(0, 10**14),
        "after_cursor": st.none() | st.text(max_size=3) | st.integers(),
        "next_page": st.sampled_from(
            ["", "https://x/y?page=2", "https://x/y?page=two&per_page=many", "https://x/y?a=b"]
        ),
        "meta": st.fixed_dictionaries({"has_more": st.booleans(), "after_cursor": st.text(max_size=2) | st.integers()}),
    },
)
config = st.fixed_dictionaries(
    {
        "start_date": st.sampled_from(["0001-01-01T00:00:00Z", "1970-01-01", "2024-01-01T00:00:00Z"]),
        "ticket_search_lookback_days": st.sampled_from([0, 2, 30]),
    }
)


@pytest.mark.parametrize("read", READS)
@settings(max_examples=150)
@given(data=st.data())
def test_every_emitted_state_passes_validation(read: str, data: st.DataObject) -> None:
    cursor, paginator, stream = READS[read]
    entry = ENTRIES[stream]
    given_config, check = data.draw(config), validator(entry, ENTRIES)
    ahead = times.now() + data.draw(st.sampled_from([-7200, 0, 7200, 40 * times.DAY_IN_SECONDS]))
    state: dict[str, Any] = {}
    for _ in range(2):
        paging = paginator(stream, given_config, 100)
        progress = cursor(given_config, entry.cursor_field).open(state, paging, ["id"])
        for _ in range(data.draw(st.integers(1, 3))):
            if progress.query is None:
                break
            body = data.draw(pages)
            rows = [{"id": number, entry.cursor_field: data.draw(some_times)} for number in range(2)]
            response = ParsedResponse(body, ahead)
            progress.begin(response)
            try:
                next_query = paging.next_query(progress.query, body, rows)
            except Exception:  # noqa: BLE001  # a page that cannot be passed ends the read before a state of it
                break
            kept = progress.state
            progress.select_new(rows)
            progress.advance(next_query, response, PageRows(rows, rows, reported_count=paging.reported_count(body)))
            state = progress.state
            for emitted in (kept, state):
                assert [error.message for error in check.iter_errors(emitted)] == []
