"""Streams resume from states of Airbyte's connector without loss and with few repeated rows."""

from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.emulator.data.clock import epoch_of
from integration_tests.harness import Result, Row, State, sync
from integration_tests.interrupted_syncs import NOW

V2 = "/api/v2"
THEN = "2025-01-01T00:00:00Z"
EPOCH = epoch_of(THEN)
OVERLAP = 600
LATE = "2026-06-01T00:00:00Z"
COMPLETE_UNTIL = "2026-03-01T00:00:00Z"


zendesk = account_fixture(scope="module", seed=5, rows=60, tickets=60, now=NOW)


@pytest.fixture(scope="module")
def later() -> Iterator[Emulator]:
    with Emulator(seed=5, rows=6, tickets=6, now=epoch_of(LATE) + 86_400) as account:
        yield account


def saved(stream: str, state: Row) -> State:
    return [{"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": state}}]


def read(zendesk: Emulator, stream: str, state: Row, **config: Any) -> Result:
    zendesk.clear_requests()
    result = sync(zendesk.config(**config), [stream], saved(stream, state))
    assert not result.errors
    return result


def substream(cursor: Row, **more: Any) -> Row:
    """The state of a low-code substream, with some of its parents."""
    states = [{"partition": {"ticket_id": 7, "parent_slice": {}}, "cursor": cursor}]
    return {"states": states, "lookback_window": 5, "use_global_cursor": False, **more}


EXPORTS: list[tuple[str, Row]] = [
    ("tickets", {"generated_timestamp": str(EPOCH)}),
    ("tickets", {"generated_timestamp": EPOCH}),
    ("tickets", {"updated_at": THEN}),
    ("users", {"updated_at": str(EPOCH)}),
    ("users", {"updated_at": THEN}),
    ("organizations", {"updated_at": str(EPOCH)}),
    ("organizations", {"updated_at": "2025-01-01T00:00:00.000000+00:00"}),
    ("ticket_metric_events", {"time": str(EPOCH)}),
    ("ticket_metric_events", {"time": THEN}),
    ("ticket_events", {"timestamp": str(EPOCH)}),
    ("ticket_comments", {"created_at": THEN}),
    ("ticket_comments", {"created_at": str(EPOCH)}),
    ("ticket_comments", {"timestamp": EPOCH}),
    ("ticket_metrics", {"generated_timestamp": str(EPOCH)}),
    ("ticket_metrics", {"_ab_updated_at": EPOCH}),
    ("ticket_metrics", {"updated_at": THEN}),
    ("ticket_metrics", {"use_global_cursor": True, "state": {"_ab_updated_at": str(EPOCH)}, "lookback_window": 9}),
    ("ticket_metrics", substream({"_ab_updated_at": str(EPOCH)})),
    (
        "ticket_metrics",
        substream({"_ab_updated_at": "3"}, parent_state={"tickets": {"generated_timestamp": str(EPOCH)}}),
    ),
    (
        "ticket_metrics",
        {
            "use_global_cursor": True,
            "state": {"_ab_updated_at": str(EPOCH + 5000)},
            "parent_state": {"tickets": {"generated_timestamp": str(EPOCH)}},
        },
    ),
    ("user_identities", {"updated_at": str(EPOCH)}),
    ("user_identities", {"parent_state": {"users": {"updated_at": str(EPOCH)}}, "states": []}),
]


@pytest.mark.parametrize(("stream", "state"), EXPORTS)
def test_an_export_resumes_from_an_airbyte_state_and_then_its_own(zendesk: Emulator, stream: str, state: Row) -> None:
    first = read(zendesk, stream, state)
    start = int(zendesk.requests[0].query["start_time"][0])
    assert EPOCH - OVERLAP <= start <= EPOCH
    emitted = first.state_of(stream)
    assert not {"states", "state", "parent_state", "_ab_updated_at"} & set(emitted)
    second = read(zendesk, stream, emitted)
    assert len(second.records[stream]) <= len(first.records[stream])
    assert len(zendesk.requests) == 1


@pytest.mark.parametrize(
    ("stream", "state"),
    [
        ("tickets", {"updated_at": LATE}),
        ("tickets", {"updated_at": str(epoch_of(LATE))}),
        ("tickets", {"state": {"updated_at": LATE}, "use_global_cursor": True}),
        ("ticket_metrics", {"updated_at": LATE}),
        ("ticket_metrics", {"_ab_updated_at": epoch_of(LATE), "parent_state": {"tickets": {"updated_at": LATE}}}),
    ],
)
def test_tickets_with_an_updated_at_state_resume_from_an_earlier_time(later: Emulator, stream: str, state: Row) -> None:
    first = read(later, stream, state)
    assert int(later.requests[0].query["start_time"][0]) == epoch_of(COMPLETE_UNTIL)
    assert any(stream in one and "`updated_at`" in one and COMPLETE_UNTIL in one for one in first.warnings)
    assert not any(COMPLETE_UNTIL in one for one in read(later, stream, first.state_of(stream)).warnings)


@pytest.mark.parametrize(
    ("stream", "state"),
    [
        ("tickets", {"generated_timestamp": str(epoch_of(LATE))}),
        ("ticket_metrics", {"_ab_updated_at": epoch_of(LATE)}),
        ("users", {"updated_at": LATE}),
        ("tickets", {"updated_at": THEN}),
    ],
)
def test_other_states_resume_from_their_own_time(later: Emulator, stream: str, state: Row) -> None:
    result = read(later, stream, state)
    assert int(later.requests[0].query["start_time"][0]) != epoch_of(COMPLETE_UNTIL)
    assert not any(COMPLETE_UNTIL in one for one in result.warnings)


LISTS: list[tuple[str, str, Row]] = [
    ("macros", "updated_at", {"updated_at": THEN}),
    ("macros", "updated_at", {"updated_at": str(EPOCH)}),
    ("macros", "updated_at", {"use_global_cursor": True, "state": {"updated_at": THEN}}),
    ("groups", "updated_at", {"updated_at": THEN}),
    ("triggers", "updated_at", {"updated_at": "2025-01-01T00:00:00.000Z"}),
    ("ticket_fields", "updated_at", {"updated_at": EPOCH}),
    ("ticket_forms", "updated_at", {"updated_at": THEN}),
    ("audit_logs", "created_at", {"created_at": THEN}),
    ("ticket_audits", "created_at", {"created_at": THEN}),
    ("ticket_audits", "created_at", {"created_at": str(EPOCH)}),
    ("ticket_activities", "updated_at", {"updated_at": THEN}),
]


@pytest.mark.parametrize(("stream", "field", "state"), LISTS)
def test_a_list_emits_the_rows_since_the_time_of_the_state(
    zendesk: Emulator, stream: str, field: str, state: Row
) -> None:
    everything = sync(zendesk.config(), [stream]).records[stream]
    new = [row["id"] for row in everything if not row.get(field) or epoch_of(row[field]) >= EPOCH]
    got = {row["id"] for row in read(zendesk, stream, state).records[stream]}
    assert set(new) <= got
    assert len(got) <= len([row for row in everything if not row.get(field) or row[field] >= "2024-12-31T23"])


def test_a_filtered_list_requests_the_state_time(zendesk: Emulator) -> None:
    read(zendesk, "satisfaction_ratings", {"updated_at": str(EPOCH)})
    assert int(zendesk.requests[0].query["start_time"][0]) <= EPOCH


@pytest.mark.parametrize(
    "state",
    [
        {"updated_at": THEN},
        {"states": [{"partition": {"user_id": 1}, "cursor": {"updated_at": THEN}}], "use_global_cursor": False},
        {"__ab_full_refresh_sync_complete": True},
    ],
)
def test_a_substream_with_a_foreign_state_reads_all_parents(zendesk: Emulator, state: Row) -> None:
    everything = sync(zendesk.config(), ["list_user_skips"]).records["list_user_skips"]
    assert everything
    assert len(read(zendesk, "list_user_skips", state).records["list_user_skips"]) == len(everything)


@pytest.mark.parametrize("stream", ["tags", "account_attributes", "attribute_definitions", "brands", "tickets"])
@pytest.mark.parametrize("marker", ["__ab_full_refresh_sync_complete", "__ab_no_cursor_state_message"])
def test_full_refresh_markers_are_ignored(zendesk: Emulator, stream: str, marker: str) -> None:
    everything = sync(zendesk.config(), [stream]).records[stream]
    assert len(read(zendesk, stream, {marker: True}).records[stream]) == len(everything)


@pytest.mark.parametrize("stream", ["tickets", "macros", "ticket_audits", "list_user_skips"])
def test_an_empty_state_is_ignored(zendesk: Emulator, stream: str) -> None:
    everything = sync(zendesk.config(), [stream]).records[stream]
    assert len(read(zendesk, stream, {}).records[stream]) == len(everything)


@pytest.mark.parametrize(
    ("stream", "state"), [("tickets", {"generated_timestamp": "soon"}), ("macros", {"updated_at": "yesterday"})]
)
def test_an_invalid_state_time_is_refused_before_any_request(zendesk: Emulator, stream: str, state: Row) -> None:
    zendesk.clear_requests()
    result = sync(zendesk.config(), [stream], saved(stream, state))
    (value,) = state.values()
    assert any(stream in error and value in error and "Reset the stream" in error for error in result.errors)
    assert zendesk.requests == []


@pytest.mark.parametrize(("stream", "path"), [("tickets", "tickets/cursor"), ("users", "users/cursor")])
def test_an_export_state_contains_a_cursor_and_a_time(zendesk: Emulator, stream: str, path: str) -> None:
    state = read(zendesk, stream, {}).state_of(stream)
    (field,) = set(state) - {"cursor"}
    assert isinstance(state[field], int)
    read(zendesk, stream, state)
    (request,) = zendesk.requests_to(f"{V2}/incremental/{path}")
    assert request.query["cursor"] == [state["cursor"]]
    assert "start_time" not in request.query
