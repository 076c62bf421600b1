"""The line of streams in the progress of a sync."""

import pytest

from source_zendesk.cli.summary_text import streams
from source_zendesk.output.sync_stats import StatsSnapshot


@pytest.mark.parametrize(
    ("running", "ended", "line"),
    [
        (["tickets", "users"], 0, "reading users 9, tickets 0, 0 of 2 done"),
        (["tickets"], 1, "reading tickets 0, 1 of 2 done"),
        ([], 2, "2 of 2 done"),
    ],
)
def test_only_running_streams_are_named(running: list[str], ended: int, line: str) -> None:
    snapshot = StatsSnapshot(
        seconds=1, rows={"users": 9}, requests=1, waits=0, waited=0, remaining_wait=0,
        running=running, ended=ended, selected=2, failed=[], notes={},
    )  # fmt: skip
    assert streams(snapshot) == line
