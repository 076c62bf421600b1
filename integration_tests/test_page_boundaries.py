"""Boundaries of pages: inclusive times, full seconds, empty pages and repeated pages."""

import pytest

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.emulator.data.clock import epoch_of, iso
from integration_tests.export_helpers import account_ids, create_burst, emitted_ids, start_times
from integration_tests.harness import sync
from integration_tests.interrupted_syncs import NOW, keys, successful_requests
from source_zendesk import times

V2 = "/api/v2"
TICKETS = f"{V2}/incremental/tickets/cursor"
ORGANIZATIONS = f"{V2}/incremental/organizations"
MINUTE = 60


zendesk = account_fixture(seed=5, rows=12, tickets=30, now=NOW)


# More rows in one second than on a page


@pytest.mark.parametrize(("stream", "name"), [("tickets", "tickets"), ("users", "users")])
def test_cursor_exports_read_a_second_of_2500_rows_once(zendesk: Emulator, stream: str, name: str) -> None:
    create_burst(zendesk, name, 2500)
    assert sorted(emitted_ids(sync(zendesk.config(), [stream]), stream)) == account_ids(zendesk, name)


def test_a_second_of_2500_rows_on_one_page_is_read_once(zendesk: Emulator) -> None:
    create_burst(zendesk, "organizations", 2500)
    assert sorted(emitted_ids(sync(zendesk.config(), ["organizations"]), "organizations")) == account_ids(
        zendesk, "organizations"
    )


def test_a_truncated_second_of_2500_rows_is_an_error(zendesk: Emulator) -> None:
    zendesk.options.same_second = "split"
    create_burst(zendesk, "organizations", 2500)
    result = sync(zendesk.config(), ["organizations"])
    assert result.statuses["organizations"][-1] == "INCOMPLETE"
    error = result.stream_errors["organizations"]
    assert "organizations" in error
    assert "1000 or more rows changed in second" in error
    assert len(zendesk.requests_to(ORGANIZATIONS)) < 5


@pytest.mark.parametrize("same_second", ["whole", "split"])
def test_page_size_grows_until_a_page_covers_a_second(zendesk: Emulator, same_second: str) -> None:
    zendesk.options.same_second = same_second
    create_burst(zendesk, "organizations", 40)
    result = sync(zendesk.config(export_page_size=7), ["organizations"])
    assert set(emitted_ids(result, "organizations")) == set(account_ids(zendesk, "organizations"))


def test_a_second_split_between_pages_is_read_once(zendesk: Emulator) -> None:
    zendesk.options.same_second = "split"
    create_burst(zendesk, "organizations", 10)
    result = sync(zendesk.config(export_page_size=15), ["organizations"])
    assert sorted(emitted_ids(result, "organizations")) == account_ids(zendesk, "organizations")


# Rows at a boundary


def test_rows_repeated_between_pages_are_emitted_once(zendesk: Emulator) -> None:
    result = sync(zendesk.config(export_page_size=3), ["organizations"])
    assert len(zendesk.requests_to(ORGANIZATIONS)) > 4
    assert sorted(emitted_ids(result, "organizations")) == account_ids(zendesk, "organizations")


def test_a_row_changed_between_two_pages_is_emitted_with_its_change(zendesk: Emulator) -> None:
    zendesk.options.same_second = "split"
    create_burst(zendesk, "organizations", 4)
    first = sync(zendesk.config(), ["organizations"])
    changed = first.records["organizations"][-1]["id"]
    zendesk.store.update("organizations", changed, name="Renamed")
    zendesk.clock.advance(hours=1)
    second = sync(zendesk.config(), ["organizations"], first.state)
    assert [row["name"] for row in second.records["organizations"] if row["id"] == changed][-1] == "Renamed"


def test_a_row_in_the_last_second_of_the_state_is_emitted(zendesk: Emulator) -> None:
    """Another row can be written in the same second as the row that set the state."""
    zendesk.clock.freeze()
    zendesk.clock.advance(hours=1)
    zendesk.store.create("organizations")
    second = zendesk.clock.stamp()
    zendesk.clock.advance(hours=1)
    first = sync(zendesk.config(), ["organizations"])
    late = zendesk.store.create("organizations", updated_at=second)
    assert late["id"] in emitted_ids(sync(zendesk.config(), ["organizations"], first.state), "organizations")


@pytest.mark.parametrize(("stream", "seconds"), [("organizations", 60), ("ticket_events", 60)])
def test_the_time_export_state_stays_a_lag_behind(zendesk: Emulator, stream: str, seconds: int) -> None:
    result = sync(zendesk.config(), [stream])
    field = {"organizations": "updated_at", "ticket_events": "timestamp"}[stream]
    times = [row[field] if isinstance(row[field], int) else epoch_of(row[field]) for row in result.records[stream]]
    assert result.state_of(stream)[field] == max(times) - seconds


def test_a_metric_event_ten_minutes_late_is_emitted(zendesk: Emulator) -> None:
    first = sync(zendesk.config(), ["ticket_metric_events"])
    newest = max(epoch_of(row["time"]) for row in first.records["ticket_metric_events"])
    assert first.state_of("ticket_metric_events")["time"] == newest - 600


def test_a_list_keeps_a_lag_behind_its_newest_row(zendesk: Emulator) -> None:
    first = sync(zendesk.config(), ["group_memberships"])
    newest = max(epoch_of(row["updated_at"]) for row in first.records["group_memberships"] if row.get("updated_at"))
    assert first.state_of("group_memberships")["updated_at"] == iso(newest - MINUTE)


def test_an_interrupted_time_export_keeps_its_lag(zendesk: Emulator) -> None:
    """The last intermediate state is not later than the final state."""
    result = sync(zendesk.config(export_page_size=4), ["organizations"])
    *before, last = [state["updated_at"] for state in result.states_of("organizations")]
    newest = max(epoch_of(row["updated_at"]) for row in result.records["organizations"])
    assert max(before) <= newest
    assert last == newest - MINUTE


# Start of an export


@pytest.mark.parametrize("stream", ["tickets", "users", "organizations", "ticket_events", "ticket_metric_events"])
def test_no_export_starts_in_the_last_65_seconds(stream: str) -> None:
    """The account uses the real time; Zendesk refuses a start in the last minute."""
    with Emulator(seed=5, rows=5, tickets=5) as zendesk:
        result = sync(zendesk.config(start_date=times.iso(times.now())), [stream])
        assert not result.errors
        (request,) = (one for one in zendesk.requests if "/incremental/" in one.path)
        assert int(request.query["start_time"][0]) <= zendesk.clock.epoch() - 65


def test_an_export_begins_at_start_date(zendesk: Emulator) -> None:
    sync(zendesk.config(start_date="2025-01-02T03:04:05Z"), ["tickets"])
    assert start_times(zendesk, TICKETS)[0] == epoch_of("2025-01-02T03:04:05Z")


@pytest.mark.parametrize(
    ("stream", "path"),
    [
        ("tickets", TICKETS),
        ("ticket_metrics", TICKETS),
        ("export_tickets_by_time", f"{V2}/incremental/tickets"),
        ("ticket_events", f"{V2}/incremental/ticket_events"),
        ("ticket_comments", f"{V2}/incremental/ticket_events"),
    ],
)
def test_exports_request_tickets_of_ai_agents(zendesk: Emulator, stream: str, path: str) -> None:
    zendesk.account.ai_agent_tickets = {2, 3}
    result = sync(zendesk.config(export_page_size=20), [stream])
    assert all(request.query["support_type_scope"] == ["all"] for request in zendesk.requests_to(path))
    tickets = {row.get("ticket_id", row["id"]) for row in result.records[stream]}
    assert {2, 3} <= tickets


# End of a stream


@pytest.mark.parametrize("stream", ["tickets", "users", "organizations", "ticket_events"])
def test_an_export_ends_at_end_of_stream(zendesk: Emulator, stream: str) -> None:
    first = sync(zendesk.config(), [stream])
    assert not first.errors
    assert len(zendesk.requests) == 1


@pytest.mark.parametrize("stream", ["tickets", "organizations"])
def test_a_run_without_changes_is_one_request(zendesk: Emulator, stream: str) -> None:
    first = sync(zendesk.config(export_page_size=5), [stream])
    zendesk.clear_requests()
    zendesk.clock.advance(hours=1)
    second = sync(zendesk.config(export_page_size=5), [stream], first.state)
    assert len(zendesk.requests) == 1
    # Only the number of pages differs, which the schedule of the next run uses.
    assert second.state_of(stream) == {key: value for key, value in first.state_of(stream).items() if key != "pages"}


def test_an_empty_page_in_the_middle_of_a_list_is_not_its_end() -> None:
    with Emulator(seed=5, rows=250, tickets=2, now=NOW) as zendesk:
        zendesk.faults.add("group_memberships", kind="empty", after=1)
        result = sync(zendesk.config(), ["group_memberships"])
        assert not result.errors
        assert len(successful_requests(zendesk, f"{V2}/group_memberships")) == 3


def test_an_empty_last_export_page_keeps_the_state(zendesk: Emulator) -> None:
    first = sync(zendesk.config(), ["tickets"])
    zendesk.clock.advance(hours=1)
    assert emitted_ids(sync(zendesk.config(), ["tickets"], first.state), "tickets") == []


@pytest.mark.parametrize("times", [1, 99])
def test_an_export_without_an_end_mark_is_read_to_its_last_row(zendesk: Emulator, times: int) -> None:
    everything = emitted_ids(sync(zendesk.config(), ["tickets"]), "tickets")
    zendesk.faults.add("incremental/tickets/cursor", kind="no_meta", times=times)
    assert emitted_ids(sync(zendesk.config(export_page_size=10), ["tickets"]), "tickets") == everything


# Repeated pages


@pytest.mark.parametrize(
    ("stream", "path"),
    [
        ("tickets", "incremental/tickets/cursor"),
        ("organizations", "incremental/organizations"),
        ("group_memberships", "group_memberships"),
        ("active_views", "views/active"),
    ],
)
def test_a_repeated_page_is_an_error(stream: str, path: str) -> None:
    with Emulator(seed=5, rows=350, tickets=90, now=NOW) as zendesk:
        zendesk.faults.add(path, kind="repeat", after=1, times=1000)
        result = sync(zendesk.config(export_page_size=40), [stream])
        assert "the same page again" in result.stream_errors[stream]
        assert result.statuses[stream][-1] == "INCOMPLETE"
        assert len(zendesk.requests) < 5


# Offset pages


def test_page_101_is_an_error_before_it_is_requested(zendesk: Emulator) -> None:
    link = f"{zendesk.base_url}{V2}/views/active?page=101&per_page=100"
    zendesk.faults.add("views/active", status=200, body={"views": [{"id": 1}], "count": 10_050, "next_page": link})
    result = sync(zendesk.config(), ["active_views"])
    assert "more than 100 pages" in result.stream_errors["active_views"]
    assert result.statuses["active_views"][-1] == "INCOMPLETE"
    assert [row["id"] for row in result.records["active_views"]] == [1]
    assert len(zendesk.requests) == 1


def test_offset_pages_emit_every_row() -> None:
    with Emulator(seed=5, rows=1_000, tickets=2, now=NOW) as zendesk:
        result = sync(zendesk.config(), ["active_views"])
        config, active = zendesk.config(), [row for row in zendesk.store.all("views") if row["active"]]
        assert set(keys(config, "active_views", result.records["active_views"])) == set(
            keys(config, "active_views", active)
        )
