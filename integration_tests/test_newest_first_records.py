"""Custom object records: all in the first run, then changed ones, read newest first."""

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.harness import Result, sync

STREAM = "custom_object_records"
PATH = "/api/v2/custom_objects/object_1/records"


zendesk = account_fixture(rows=230, tickets=5)
"""An account with an object of three pages of records."""


def changed_record(zendesk: Emulator) -> tuple[str, Result]:
    """A record in the middle of the list, changed after a first run, and that run's result."""
    first = sync(zendesk.config(), [STREAM])
    zendesk.clock.advance(hours=1)
    record = zendesk.store.children(STREAM, custom_object_key="object_1")[150]["id"]
    zendesk.store.update(STREAM, record, name="Renamed")
    zendesk.clear_requests()
    return record, first


def names(result: Result) -> dict[str, str]:
    assert not result.errors
    return {row["id"]: row["name"] for row in result.records[STREAM]}


def test_the_first_run_emits_records_older_than_the_start_date(zendesk: Emulator) -> None:
    found = names(sync(zendesk.config(start_date="2026-01-01T00:00:00Z"), [STREAM]))
    assert set(found) == {row["id"] for row in zendesk.store.all(STREAM)}


def test_the_second_run_stops_at_the_first_unchanged_page(zendesk: Emulator) -> None:
    record, first = changed_record(zendesk)
    assert names(sync(zendesk.config(), [STREAM], first.state))[record] == "Renamed"
    assert [one.query["sort"] for one in zendesk.requests_to(PATH)] == [["-updated_at"], ["-updated_at"]]


def test_an_unsorted_list_is_read_to_the_end(zendesk: Emulator) -> None:
    record, first = changed_record(zendesk)
    zendesk.faults.add(path=PATH, status=400, body='{"error": "InvalidParameter", "description": "sort"}', times=1)
    assert names(sync(zendesk.config(num_workers=2), [STREAM], first.state))[record] == "Renamed"
    assert len(zendesk.requests_to(PATH)) == 4


def test_a_full_refresh_is_read_in_list_order(zendesk: Emulator) -> None:
    found = names(sync(zendesk.config(), [STREAM], mode="full_refresh"))
    assert set(found) == {row["id"] for row in zendesk.store.all(STREAM)}
    assert all("sort" not in one.query for one in zendesk.requests_to(PATH))
