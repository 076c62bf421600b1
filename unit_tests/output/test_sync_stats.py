"""Counts, waits, stream statuses and errors of a sync."""

import pytest
from airbyte_cdk.models import AirbyteStreamStatus, StreamDescriptor
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message

from source_zendesk.errors import ConfigError
from source_zendesk.output.sync_stats import SyncStats

GROUPS = StreamDescriptor(name="groups")


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stats(clock: Clock) -> SyncStats:
    return SyncStats(clock)


def test_rows_are_counted_by_stream(stats: SyncStats, clock: Clock) -> None:
    for count in (100, 3):
        stats.add_rows("groups", count)
    stats.add_request()
    clock.now += 5
    snapshot = stats.snapshot()
    assert (snapshot.rows, snapshot.requests, snapshot.seconds) == ({"groups": 103}, 1, 5)


def test_overlapping_waits_are_counted_once(stats: SyncStats, clock: Clock) -> None:
    stats.record_wait(10)
    clock.now += 4
    stats.record_wait(10)
    stats.record_wait(2)
    assert (stats.snapshot().waited, stats.snapshot().remaining_wait) == (4, 10)
    clock.now += 60
    assert (stats.snapshot().waits, stats.snapshot().waited, stats.snapshot().remaining_wait) == (1, 14, 0)
    stats.record_wait(1)
    clock.now += 1
    assert (stats.snapshot().waits, stats.snapshot().waited) == (2, 15)


def test_a_wait_of_zero_seconds_is_not_counted(stats: SyncStats) -> None:
    stats.record_wait(0)
    assert stats.snapshot().waits == 0


def test_the_first_note_on_a_stream_is_kept(stats: SyncStats) -> None:
    for text in ("skipped", "3 parents skipped"):
        stats.note("groups", text)
    assert stats.snapshot().notes == {"groups": "skipped"}


def test_a_started_stream_is_running_until_its_final_status(stats: SyncStats) -> None:
    stats.observe(as_airbyte_message(GROUPS, AirbyteStreamStatus.STARTED))
    assert (stats.snapshot().running, stats.snapshot().ended) == (["groups"], 0)
    stats.observe(as_airbyte_message(GROUPS, AirbyteStreamStatus.INCOMPLETE))
    snapshot = stats.snapshot()
    assert (snapshot.running, snapshot.ended, snapshot.failed) == ([], 1, ["groups"])


def test_the_error_of_the_sync_is_reported_only_without_stream_errors(stats: SyncStats) -> None:
    stats.observe(ConfigError("all of it").as_airbyte_message())
    assert stats.errors == ["all of it"]
    for text in ("the cause", "what followed"):
        stats.observe(ConfigError(text).as_airbyte_message(stream_descriptor=GROUPS))
    assert stats.errors == ["the cause"]
