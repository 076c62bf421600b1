"""Until anything has responded, timeouts and waits end with a limit, however the attempts fail."""

import math
import socket
from dataclasses import dataclass

import pytest
import requests

from source_zendesk.http.backoff import RetryAfterBackoff
from source_zendesk.http.connection_failure import DNS, classify_failure
from source_zendesk.http.reachability import LIMIT_IN_SECONDS, HostReachability, Reachability, UnreachedError
from source_zendesk.http.session import SYNC_TIMEOUTS

TWO_MINUTES = 120


@dataclass
class Clock:
    """A clock that the test advances."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def fail_until_unreached(seconds: dict[str, float]) -> float:
    """The seconds of all attempts and waits until `UnreachedError`; `seconds` are those of a failed attempt.

    An attempt takes the seconds of its name server, the timeout to connect for each address, and the one to read.
    """
    clock = Clock()
    reachability, backoff, attempt = Reachability(clock), RetryAfterBackoff({}), 0
    while True:
        attempt += 1
        try:
            connect, read = reachability.start_attempt(SYNC_TIMEOUTS.timeout)  # type: ignore[misc]
        except UnreachedError:
            return clock.now - 1000
        clock.now += seconds.get("dns", 0) + seconds.get("addresses", 0) * connect + seconds.get("reads", 0) * read
        failure = requests.ConnectionError()
        reachability.note_failure(failure)
        clock.now += backoff.wait_seconds(failure, attempt)


@pytest.mark.parametrize(
    "seconds",
    [
        {}, {"dns": 0.01}, {"dns": 1}, {"dns": 5}, {"dns": 10}, {"dns": 40}, {"addresses": 1}, {"addresses": 2},
        {"addresses": 6}, {"addresses": 8}, {"reads": 1}, {"dns": 10, "addresses": 2}, {"dns": 5, "reads": 1},
    ],
    ids=str,
)  # fmt: skip
def test_all_attempts_end_within_two_minutes(seconds: dict[str, float]) -> None:
    assert 60 <= fail_until_unreached(seconds) <= TWO_MINUTES


def test_a_response_ends_the_limit_for_good() -> None:
    clock = Clock()
    reachability = Reachability(clock)
    reachability.start_attempt(SYNC_TIMEOUTS.timeout)
    clock.now += 70
    reachability.note_response()
    clock.now += 1000
    failure = requests.ConnectionError()
    reachability.note_failure(failure)
    assert reachability.start_attempt(SYNC_TIMEOUTS.timeout) == SYNC_TIMEOUTS.timeout
    assert reachability.remaining == math.inf
    assert RetryAfterBackoff({}).wait_seconds(failure, 8) == 60


def test_the_limit_counts_from_the_first_attempt() -> None:
    clock = Clock()
    reachability = Reachability(clock)
    clock.now += 1000
    assert reachability.remaining == math.inf
    reachability.start_attempt(None)
    assert reachability.remaining == 75


@pytest.mark.parametrize(
    ("timeout", "bounded"),
    [((30.0, 120.0), (10.0, 75.0)), ((4.0, 10.0), (4.0, 10.0)), (10.0, (10.0, 10.0)), (None, (10.0, 75.0))],
)
def test_timeouts_are_bounded(timeout: float | tuple[float, float] | None, bounded: tuple[float, float]) -> None:
    assert Reachability(Clock()).start_attempt(timeout) == bounded


def test_the_error_is_caused_by_the_last_failure() -> None:
    clock = Clock()
    reachability = Reachability(clock)
    reachability.start_attempt(None)
    error = requests.ConnectionError()
    error.__cause__ = socket.gaierror()
    reachability.note_failure(error)
    clock.now += 75
    with pytest.raises(UnreachedError) as unreached:
        reachability.start_attempt(None)
    assert classify_failure(unreached.value) == DNS


def test_each_host_has_a_limit_of_its_own() -> None:
    hosts = HostReachability()
    hosts.for_url("https://acme.zendesk.com/api/v2/tags").note_response()
    hosts.for_url("https://api.getbase.com/v2/users").start_attempt(None)
    assert hosts.for_url("https://acme.zendesk.com/api/v2/users").remaining == math.inf
    assert 0 < hosts.for_url("https://api.getbase.com/v2/contacts").remaining <= LIMIT_IN_SECONDS
