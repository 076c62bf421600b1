"""A wait for a rate limit is reported once for each stream and reset."""

from dataclasses import dataclass
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessage, AirbyteMessageSerializer, Level
from airbyte_cdk.sources.message import InMemoryMessageRepository

from source_zendesk.output.rate_limit_status import RateLimitStatus

NOW = 1_700_000_000.0


@dataclass
class Reporter:
    """A status whose clock the test advances."""

    now: float = NOW

    def __post_init__(self) -> None:
        self._messages = InMemoryMessageRepository(Level.INFO)
        self._status = RateLimitStatus(self._messages, lambda: self.now)

    def report(self, stream: str, waited: float, resets_in: float) -> list[AirbyteMessage]:
        self._status.report(stream, waited, resets_in)
        return list(self._messages.consume_queue())


@pytest.fixture
def reporter() -> Reporter:
    return Reporter()


def test_the_status_contains_the_reset_time_in_milliseconds(reporter: Reporter) -> None:
    (message,) = reporter.report("tickets", 40, 40.5)
    trace: dict[str, Any] = AirbyteMessageSerializer.dump(message)["trace"]
    assert trace["type"] == "STREAM_STATUS"
    assert trace["stream_status"] == {
        "stream_descriptor": {"name": "tickets"},
        "status": "RUNNING",
        "reasons": [{"type": "RATE_LIMITED", "rate_limited": {"quota_reset": 1_700_000_040_500}}],
    }


def test_each_stream_reports_a_reset_once(reporter: Reporter) -> None:
    counts = []
    for waited in range(10, 50, 10):
        counts += [len(reporter.report(stream, waited, NOW + 50 - reporter.now)) for stream in ("tickets", "users")]
        reporter.now += 10
    assert counts == [1, 1, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(("later", "count"), [(0.0, 0), (2.0, 0), (-30.0, 0), (60.0, 1)])
def test_a_reset_that_moves_by_seconds_is_the_same(reporter: Reporter, later: float, count: int) -> None:
    reporter.report("tickets", 40, 40)
    assert len(reporter.report("tickets", 40, 40 + later)) == count


def test_the_next_window_is_reported_again(reporter: Reporter) -> None:
    reporter.report("tickets", 40, 40)
    reporter.now += 41
    assert len(reporter.report("tickets", 59, 59)) == 1


@pytest.mark.parametrize(("stream", "waited"), [("tickets", 4.9), ("", 60.0)])
def test_short_waits_and_requests_outside_streams_are_not_reported(
    reporter: Reporter, stream: str, waited: float
) -> None:
    assert reporter.report(stream, waited, 60) == []
