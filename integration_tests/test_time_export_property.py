"""A time export with any rows and any page size emits every row once, or ends in an error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integration_tests.harness import sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply
from source_zendesk import times

THEN = 1_750_000_000
LINK = "https://acme.zendesk.com/api/v2/incremental/organizations.json?start_time="
Row = dict[str, Any]


def server(
    seconds: Sequence[int], largest: int, *, stretches: bool, marks_end: bool, failures: Sequence[bool] = ()
) -> Any:
    """Serves a row for each second; with `stretches` a page contains all rows of its last second.

    The requests whose number is true in `failures` fail with 504, so that the connector requests smaller pages.
    """
    statuses = iter(failures)
    rows: list[Row] = [
        {"id": number, "updated_at": times.iso(THEN + second)} for number, second in enumerate(sorted(seconds))
    ]

    def respond(arrived: RecordedRequest) -> Reply:
        if next(statuses, False):
            return Reply(504)
        start, size = int(arrived.query["start_time"]), min(int(arrived.query.get("per_page", 1000)), largest)
        due = [row for row in rows if (times.epoch(row["updated_at"]) or 0) >= start]
        page = due[:size]
        if stretches and page:
            page += [row for row in due[size:] if row["updated_at"] == page[-1]["updated_at"]]
        end = (times.epoch(page[-1]["updated_at"]) if page else start) or 0
        mark = {"end_of_stream": len(page) == len(due)} if marks_end else {}
        body = {"organizations": page, "count": len(page), "end_time": end, "next_page": f"{LINK}{end}", **mark}
        return Reply(body=body)

    return respond


@settings(max_examples=40)
@given(
    seconds=st.lists(st.integers(0, 6), min_size=1, max_size=30),
    page_size=st.integers(100, 102),
    largest=st.sampled_from([1, 2, 5, 7, 100, 1000]),
    stretches=st.booleans(),
    marks_end=st.booleans(),
)
def test_every_row_is_emitted_once_or_the_stream_fails(
    seconds: list[int], page_size: int, largest: int, *, stretches: bool, marks_end: bool
) -> None:
    with RecordingServer(server(seconds, largest, stretches=stretches, marks_end=marks_end)) as recorder:
        result = sync({**recorder.config(), "export_page_size": page_size}, ["organizations"])
    emitted = [row["id"] for row in result.records["organizations"]]
    assert len(emitted) == len(set(emitted))
    if len(emitted) < len(seconds) and marks_end:
        assert "Stream organizations: " in result.stream_errors["organizations"]


@pytest.mark.parametrize("stretches", [True, False])
@pytest.mark.parametrize("marks_end", [True, False])
def test_a_second_of_more_rows_than_a_reduced_page_is_read_completely(
    monkeypatch: pytest.MonkeyPatch, *, stretches: bool, marks_end: bool
) -> None:
    # No response gives a rate limit, so each request would wait for the one before.
    monkeypatch.setattr("source_zendesk.http.rate_limit.PROBE_TIMEOUT_IN_SECONDS", 0.01)
    seconds = [*range(100), *[100] * 300, *range(101, 301)]
    respond = server(seconds, 1000, stretches=stretches, marks_end=marks_end, failures=[True] * 3)
    with RecordingServer(respond) as recorder:
        result = sync(recorder.config(), ["organizations"])
    assert result.errors == []
    assert sorted(row["id"] for row in result.records["organizations"]) == list(range(600))
