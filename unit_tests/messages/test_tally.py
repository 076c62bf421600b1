"""What a sync has done so far is counted as it was."""

import pytest
from airbyte_cdk.models import AirbyteStreamStatus, StreamDescriptor
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message

from source_zendesk.errors import ConfigError
from source_zendesk.messages.tally import Tally

GROUPS = StreamDescriptor(name="groups")


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tally(clock: Clock) -> Tally:
    return Tally(clock)


def test_rows_are_counted_by_stream(tally: Tally, clock: Clock) -> None:
    for count in (100, 3):
        tally.add_rows("groups", count)
    tally.add_request()
    clock.now += 5
    standing = tally.standing()
    assert (standing.rows, standing.requests, standing.seconds) == ({"groups": 103}, 1, 5)


def test_holds_that_overlap_are_one_wait(tally: Tally, clock: Clock) -> None:
    tally.hold(10)
    clock.now += 4
    tally.hold(10)
    tally.hold(2)
    assert (tally.standing().waited, tally.standing().held) == (4, 10)
    clock.now += 60
    assert (tally.standing().waits, tally.standing().waited, tally.standing().held) == (1, 14, 0)
    tally.hold(1)
    clock.now += 1
    assert (tally.standing().waits, tally.standing().waited) == (2, 15)


def test_a_hold_of_no_time_is_none(tally: Tally) -> None:
    tally.hold(0)
    assert tally.standing().waits == 0


def test_the_first_remark_on_a_stream_stays(tally: Tally) -> None:
    for text in ("skipped", "3 parents skipped"):
        tally.remark("groups", text)
    assert tally.standing().remarks == {"groups": "skipped"}


def test_a_stream_runs_until_its_status_says_otherwise(tally: Tally) -> None:
    tally.see(as_airbyte_message(GROUPS, AirbyteStreamStatus.STARTED))
    assert (tally.standing().running, tally.standing().ended) == (["groups"], 0)
    tally.see(as_airbyte_message(GROUPS, AirbyteStreamStatus.INCOMPLETE))
    standing = tally.standing()
    assert (standing.running, standing.ended, standing.failed) == ([], 1, ["groups"])


def test_the_error_of_the_whole_is_told_where_no_stream_had_one(tally: Tally) -> None:
    tally.see(ConfigError("all of it").as_airbyte_message())
    assert tally.errors == ["all of it"]
    for text in ("the cause", "what followed"):
        tally.see(ConfigError(text).as_airbyte_message(stream_descriptor=GROUPS))
    assert tally.errors == ["the cause"]
