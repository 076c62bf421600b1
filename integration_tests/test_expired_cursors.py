"""Expired cursors: the request is retried, then the read falls back to its time or restarts."""

import pytest

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.export_helpers import account_ids, create_burst, emitted_ids, start_times
from integration_tests.harness import sync
from integration_tests.interrupted_syncs import NOW

V2 = "/api/v2"
TICKETS = f"{V2}/incremental/tickets/cursor"


zendesk = account_fixture(seed=5, rows=12, tickets=30, now=NOW)


@pytest.mark.parametrize("status", [400, 404, 410, 422])
def test_an_expired_state_cursor_falls_back_to_its_time(zendesk: Emulator, status: int) -> None:
    first = sync(zendesk.config(), ["tickets"])
    zendesk.clock.advance(hours=1)
    zendesk.store.update("tickets", 3, subject="Changed")
    zendesk.clock.advance(hours=1)
    zendesk.faults.add("incremental/tickets/cursor", kind="expired_cursor", status=status, times=2)
    zendesk.clear_requests()
    second = sync(zendesk.config(), ["tickets"], first.state)
    assert [row["subject"] for row in second.records["tickets"] if row["id"] == 3] == ["Changed"]
    assert start_times(zendesk, TICKETS) == [first.state_of("tickets")["generated_timestamp"]]
    assert any("Zendesk refuses a cursor" in warning for warning in second.warnings)


def test_a_cursor_refused_once_is_retried(zendesk: Emulator) -> None:
    zendesk.faults.add("incremental/tickets/cursor", kind="expired_cursor", after=1)
    result = sync(zendesk.config(export_page_size=10), ["tickets"])
    assert emitted_ids(result, "tickets") == [
        row["id"] for row in zendesk.expected("GET", f"{TICKETS}?support_type_scope=all")
    ]
    assert len(zendesk.requests) == 4


def test_cursors_that_expire_on_every_third_page_lose_no_row(zendesk: Emulator) -> None:
    create_burst(zendesk, "tickets", 30)
    zendesk.faults.add("incremental/tickets/cursor", kind="expired_cursor", every=3)
    result = sync(zendesk.config(export_page_size=4), ["tickets"])
    assert set(emitted_ids(result, "tickets")) == set(account_ids(zendesk, "tickets"))


def test_an_export_with_cursors_always_refused_is_an_error(zendesk: Emulator) -> None:
    zendesk.faults.add("incremental/tickets/cursor", status=400, body={"error": "InvalidCursor"}, after=2, times=1000)
    result = sync(zendesk.config(export_page_size=4), ["tickets"])
    assert "tickets" in result.stream_errors["tickets"]
    assert "InvalidCursor" in result.stream_errors["tickets"]
    assert len(zendesk.requests) < 20


def test_a_list_with_an_expired_cursor_is_read_from_the_start() -> None:
    with Emulator(seed=5, rows=350, tickets=2, now=NOW) as zendesk:
        zendesk.faults.add("group_memberships", kind="expired_cursor", after=1, times=2)
        result = sync(zendesk.config(), ["group_memberships"])
        assert set(emitted_ids(result, "group_memberships")) == set(account_ids(zendesk, "group_memberships"))
