"""Rate limits are read from response headers and kept; after a 429, the connector waits and retries."""

import time
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.harness import Result, sync
from integration_tests.interrupted_syncs import NOW
from source_zendesk.http import rate_limit_retry
from source_zendesk.output import rate_limit_status

EXPORT = "incremental/tickets/cursor"
AT_ONCE = {"Retry-After": "0"}
# Seconds of a rate-limit window in the emulator; the connector waits whole seconds.
WINDOW = 1.0


zendesk = account_fixture(seed=13, rows=30, tickets=30, now=NOW)


def refused(zendesk: Emulator) -> list[bool]:
    return [request.status == 429 for request in zendesk.requests]


def has_repeated_429(zendesk: Emulator) -> bool:
    """Whether a request got a 429 twice; several requests may be in flight when a limit is reached."""
    last: dict[str, bool] = {}
    again = False
    for request in zendesk.requests:
        is_refused = request.status == 429
        again |= is_refused and last.get(request.path, False)
        last[request.path] = is_refused
    return again


def test_the_export_limit_is_kept(zendesk: Emulator) -> None:
    zendesk.limits.set(exports_per_minute=10, window=WINDOW)
    result = sync(zendesk.config(export_page_size=3), ["tickets", "ticket_metrics"])
    assert result.errors == []
    assert len(result.records["tickets"]) == 30
    assert len(zendesk.requests) == 10
    assert not any(refused(zendesk))


def test_all_exports_share_one_limit(zendesk: Emulator) -> None:
    zendesk.limits.set(exports_per_minute=6, window=WINDOW)
    streams = ["tickets", "users", "organizations", "ticket_events"]
    result = sync(zendesk.config(export_page_size=15), streams)
    assert result.errors == []
    assert all(result.records[name] for name in streams)
    assert not has_repeated_429(zendesk)


def test_streams_with_the_tightest_limit_start_first(zendesk: Emulator) -> None:
    result = sync(zendesk.config(num_workers=2), ["groups", "views", "macros", "tickets", "users"])
    assert list(result.statuses)[:2] == ["tickets", "users"]


def test_many_workers_keep_the_account_limit(zendesk: Emulator) -> None:
    zendesk.limits.set(requests_per_minute=30, exports_per_minute=30, window=WINDOW)
    result = sync(zendesk.config(num_workers=20), ["show_group", "show_ticket"])
    assert result.errors == []
    assert len(result.records["show_group"]) == 30
    assert sum(refused(zendesk)) <= 1
    assert not has_repeated_429(zendesk)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("after", ["0", "0.01"])
def test_a_429_with_retry_after_is_retried(zendesk: Emulator, status: int, after: str) -> None:
    body = "Number of allowed incremental export API requests per minute exceeded"
    zendesk.faults.add(EXPORT, status=status, body=body, headers={"Retry-After": after}, after=1)
    result = sync(zendesk.config(export_page_size=10), ["tickets"])
    assert result.errors == []
    assert len(result.records["tickets"]) == 30
    assert len(zendesk.requests) == 4


def test_a_429_without_retry_after_waits_for_the_reset_in_its_headers(zendesk: Emulator) -> None:
    """Another client has used up the limit before the first request."""
    zendesk.limits.set(exports_per_minute=1, window=WINDOW)
    zendesk.limits.retry_after = False
    result = sync(zendesk.config(export_page_size=30), ["tickets", "users"])
    assert result.errors == []
    assert (len(result.records["tickets"]), len(result.records["users"])) == (30, 30)
    assert sum(refused(zendesk)) <= 1


def test_a_429_is_no_error_and_emits_a_rate_limited_status(zendesk: Emulator) -> None:
    zendesk.faults.add("groups", status=429, headers=AT_ONCE)
    result = sync(zendesk.config(), ["groups"])
    assert result.errors == []
    assert result.statuses["groups"][-1] == "COMPLETE"


def test_a_stream_survives_more_429s_than_the_cdk_retries(zendesk: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    zendesk.faults.add(EXPORT, status=429, headers=AT_ONCE, after=1, times=25)
    result = sync(zendesk.config(export_page_size=10), ["tickets"])
    assert (result.errors, len(result.records["tickets"])) == ([], 30)


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 520}, {"kind": "reset"}, {"kind": "truncate"}])
def test_a_page_that_keeps_failing_is_requested_with_fewer_rows(zendesk: Emulator, fault: dict[str, Any]) -> None:
    zendesk.faults.add(EXPORT, **fault, after=1, times=2)
    result = sync(zendesk.config(export_page_size=20), ["tickets"])
    assert (result.errors, len(result.records["tickets"])) == ([], 30)
    sizes = [request.query["per_page"] for request in zendesk.requests if EXPORT in request.path]
    assert sizes[:4] == [["20"], ["20"], ["20"], ["10"]]


def test_a_lasting_429_ends_the_stream_and_keeps_its_state(zendesk: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr(rate_limit_retry, "LONGEST_IN_SECONDS", -1.0)
    zendesk.faults.add(EXPORT, status=429, headers=AT_ONCE, after=2, times=99)
    result = sync(zendesk.config(export_page_size=10), ["tickets", "groups"])
    assert "rate limit" in result.stream_errors["tickets"]
    assert len(result.records["tickets"]) == 20
    assert result.statuses["groups"][-1] == "COMPLETE"
    zendesk.faults.clear()
    rest = sync(zendesk.config(export_page_size=10), ["tickets"], result.state)
    assert len(rest.records["tickets"]) == 10


def test_a_429_of_one_endpoint_does_not_delay_the_others(zendesk: Emulator) -> None:
    zendesk.limits.set(requests_per_minute=100, exports_per_minute=1, window=3 * WINDOW)
    result = sync(zendesk.config(export_page_size=15), ["tickets", "groups", "tags", "macros"])
    assert result.errors == []
    others = [number for number, one in enumerate(zendesk.requests) if "incremental" not in one.path]
    exports = [number for number, one in enumerate(zendesk.requests) if "incremental" in one.path]
    assert len(result.records["tickets"]) == 30
    assert max(others) < max(exports)


def rate_limited(result: Result) -> list[tuple[str, int]]:
    """The stream and the reset time, in milliseconds, of each status with the reason RATE_LIMITED."""
    statuses = [trace["stream_status"] for trace in result.bodies("trace") if trace["type"] == "STREAM_STATUS"]
    return [
        (status["stream_descriptor"]["name"], reason["rate_limited"]["quota_reset"])
        for status in statuses
        for reason in status.get("reasons", [])
    ]


@pytest.fixture
def reported_waits() -> Iterator[None]:
    """Every wait of a window of the emulator is reported."""
    with (
        patch.object(rate_limit_status, "SHORTEST_WAIT_IN_SECONDS", 0.1),
        patch.object(rate_limit_status, "SAME_RESET_IN_SECONDS", WINDOW / 2),
    ):
        yield


@pytest.mark.usefixtures("reported_waits")
@pytest.mark.parametrize("stream", ["tickets", "show_group", "ticket_comments"])
def test_a_wait_before_any_refusal_has_a_status(zendesk: Emulator, stream: str) -> None:
    zendesk.limits.set(requests_per_minute=8, exports_per_minute=4, window=WINDOW)
    started = time.time()
    result = sync(zendesk.config(export_page_size=3), [stream])
    assert (result.errors, any(refused(zendesk))) == ([], False)
    reported = rate_limited(result)
    assert {name for name, _ in reported} == {stream}
    resets = [reset for _, reset in reported]
    assert resets == sorted(resets)
    assert len(resets) < len(zendesk.requests) / 2
    assert all(reset > started * 1000 for reset in resets)
    statuses = result.statuses[stream]
    assert (statuses[0], set(statuses[1:-1]), statuses[-1]) == ("STARTED", {"RUNNING"}, "COMPLETE")


@pytest.mark.usefixtures("reported_waits")
@pytest.mark.parametrize("status", [429, 503])
def test_a_refusal_has_a_status(zendesk: Emulator, status: int) -> None:
    body = "Number of allowed incremental export API requests per minute exceeded"
    zendesk.faults.add(EXPORT, status=status, body=body, headers={"Retry-After": "1"}, after=1)
    result = sync(zendesk.config(export_page_size=10), ["tickets"])
    assert result.errors == []
    assert [name for name, _ in rate_limited(result)] == ["tickets"]


def test_a_short_wait_has_no_status(zendesk: Emulator) -> None:
    zendesk.limits.set(requests_per_minute=8, exports_per_minute=4, window=WINDOW)
    zendesk.faults.add(EXPORT, status=429, headers={"Retry-After": "1"}, after=1)
    result = sync(zendesk.config(export_page_size=3), ["tickets"])
    assert (result.errors, rate_limited(result), result.noise) == ([], [], [])
