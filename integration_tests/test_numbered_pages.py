"""Lists whose pages have numbers: the server decides on their size, and no row is lost."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.harness import Result, Row, sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply
from integration_tests.samples import sample
from source_zendesk.manifest import Endpoint, Manifest

ENDPOINTS = Manifest.load().endpoints
PAGINATORS = {"$counted_paginator", "$time_off_paginator", "$sell_paginator", "$next_cursor_paginator"}
NUMBERED = sample(
    [entry for entry in ENDPOINTS.values() if entry.options.paginator in PAGINATORS],
    lambda entry: (entry.family, entry.options.paginator, entry.options.incremental_cursor),
)
COUNTED = [entry for entry in NUMBERED if entry.options.account == "qa"]
BLOCKS = {name: {"credentials": "access_token", "access_token": "t0ken"} for name in ("qa", "sell", "wfm")}
COUNT = 250

each_list = pytest.mark.parametrize("entry", NUMBERED, ids=lambda entry: entry.name)
each_counted_list = pytest.mark.parametrize("entry", COUNTED, ids=lambda entry: entry.name)


class NumberedList:
    """Serves the rows of an entry in pages of `largest` rows at most, and one row of any parent.

    `pagination` is added to the object of that name, in lists that have one. With `repeats`, all pages are the first.
    """

    def __init__(
        self, entry: Endpoint, largest: int = 100, count: int = COUNT, *, repeats: bool = False, **pagination: Any
    ) -> None:
        self.entry, self.largest, self.repeats, self.pagination = entry, largest, repeats, pagination
        time = {entry.cursor_field: "2024-01-01T00:00:00Z"} if entry.cursor_field else {}
        self.rows = [{**time, **dict.fromkeys(entry.primary_key, number)} for number in range(count)]
        self.pages: list[int] = []
        self.size = 0

    def __call__(self, arrived: RecordedRequest) -> Reply:
        parent = next((ENDPOINTS[each.stream] for each in self.entry.parents), None)
        if parent and arrived.path == parent.path:
            return Reply(body=_envelope(parent, [{"id": 7}] if arrived.query.get("page", "1") == "1" else []))
        number = int(arrived.query.get("page", 1))
        self.pages.append(number)
        requested = next(
            int(arrived.query[name]) for name in ("per_page", "pageSize", "perPage") if name in arrived.query
        )
        self.size = min(requested, self.largest)
        start = 0 if self.repeats else (number - 1) * self.size
        body = _envelope(self.entry, self.rows[start : start + self.size])
        if self.entry in COUNTED:
            body["pagination"] = {"page": number, "total": len(self.rows), **self.pagination}
        return Reply(body=body)

    def read(self, *more: str) -> Result:
        with RecordingServer(self) as server:
            return sync({**server.config(), **BLOCKS, "start_date": "2023-01-01"}, [self.entry.name, *more])

    def emitted(self, result: Result) -> list[Any]:
        name = self.entry.primary_key[-1]
        return [row[name] for row in result.records[self.entry.name]]

    @property
    def expected(self) -> list[Any]:
        return [row[self.entry.primary_key[-1]] for row in self.rows]


def _envelope(entry: Endpoint, rows: list[Row]) -> Row:
    return {entry.record_key: [{"data": row} for row in rows] if entry.options.account == "sell" else rows}


@each_list
@pytest.mark.parametrize("largest", [100, 50], ids=lambda size: f"{size} rows")
def test_a_list_is_read_to_its_end_whatever_the_size_of_its_pages(entry: Endpoint, largest: int) -> None:
    served = NumberedList(entry, largest)
    result = served.read()
    assert result.errors == []
    assert served.emitted(result) == served.expected
    assert [text for text in result.warnings if "rows may be missing" in text] == []


SIZES: dict[str, Row] = {"of the request": {"pageSize": 100}, "actual": {"pageSize": 50}, "zero": {"pageSize": 0}}


@each_counted_list
@pytest.mark.parametrize("size", SIZES)
def test_a_list_with_a_total_ends_with_its_last_row_whatever_size_it_reports(entry: Endpoint, size: str) -> None:
    served = NumberedList(entry, 50, **SIZES[size])
    assert served.emitted(served.read()) == served.expected
    assert served.pages == [1, 2, 3, 4, 5]


@each_counted_list
@pytest.mark.parametrize("total", [COUNT + 3, COUNT + 50, None, 7], ids=str)
def test_a_list_with_another_number_of_rows_than_its_total_is_read_to_its_empty_page(
    entry: Endpoint, total: int | None
) -> None:
    served = NumberedList(entry, total=total)
    result = served.read("reconciliation")
    assert served.emitted(result) == served.expected
    assert set(served.pages) == {1, 2, 3, 4}
    reported = total if total and total > COUNT else 0
    text = f"Stream {entry.name}: Zendesk returned {COUNT} of the {reported} rows that it reports; rows may be missing"
    assert (text in result.warnings) is bool(reported)
    (compared,) = result.records["reconciliation"]
    assert compared["agrees"] is (False if reported else None)


@each_list
@pytest.mark.parametrize("count", [1, 250])
def test_a_server_that_ignores_the_number_of_the_page_is_an_error_after_two_requests(
    entry: Endpoint, count: int
) -> None:
    """A page of Sell with one row, and one with the reported total, are the last."""
    served = NumberedList(entry, count=count, repeats=True)
    result = served.read()
    assert served.emitted(result) == served.expected[: served.size]
    is_whole = count == 1 and entry.options.account != "wfm"
    assert served.pages == ([1] if is_whole else [1, 2])
    assert ("returned the same page again" in str(result.stream_errors.get(entry.name))) is not is_whole
