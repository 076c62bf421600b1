"""After random changes and interrupted syncs, the destination equals the account."""

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integration_tests.emulator import Emulator
from integration_tests.emulator.http.faults import Fault
from integration_tests.harness import Result
from integration_tests.interrupted_syncs import NOW, Destination
from integration_tests.random_history import CHANGES, EXPECTED_ROWS, HARD_DELETED, WAITS, AccountHistory

pytestmark = pytest.mark.usefixtures("no_wait_for_limits")

EXPORTS = ("tickets", "export_tickets_by_time", "users", "organizations", "ticket_comments", "user_identities")
GUESTS = ("ticket_metrics", "ticket_comments", "user_identities")
CHILDREN = ("list_ticket_comments", "show_ticket", "side_conversations")
LISTS = ("macros",)
AT_ONCE = {"Retry-After": "0"}
FAULTS: tuple[dict[str, Any], ...] = (
    {"status": 429, "headers": AT_ONCE},
    {"status": 503, "headers": AT_ONCE},
    {"status": 500, "headers": AT_ONCE},
    {"kind": "cut_json", "headers": AT_ONCE},
    {"kind": "truncate"},
    {"kind": "reset"},
)


def add_faults(zendesk: Emulator, dice: random.Random) -> list[Fault]:
    """Add random faults for future requests, and sometimes a permanently expired cursor."""
    wrong = [dice.choice(FAULTS) for _ in range(dice.randrange(3))]
    faults = [zendesk.faults.add("*", after=dice.randrange(6), **one) for one in wrong]
    if dice.random() < 0.4:
        expired = {"kind": "expired_cursor", "times": 2, "after": dice.randrange(2)}
        faults.append(zendesk.faults.add("incremental/*/cursor", **expired))
    return faults


def finish(zendesk: Emulator, destination: Destination) -> None:
    """Advance the clock past the export lag, and complete the sync."""
    zendesk.faults.clear()
    zendesk.account.before_response = lambda: None
    zendesk.clock.advance(hours=1)
    assert_no_errors(destination.sync())
    for stream in destination.streams:
        extra = stream in HARD_DELETED
        assert destination.differences(stream, EXPECTED_ROWS[stream](zendesk), may_have_more=extra) == [], stream


def assert_no_errors(result: Result) -> None:
    assert result.errors == []


def some_streams(dice: random.Random) -> list[str]:
    return list(dict.fromkeys([dice.choice(EXPORTS), dice.choice(GUESTS), dice.choice((*CHILDREN, *LISTS, *EXPORTS))]))


def start_of(streams: Sequence[str]) -> float | None:
    """The account's start time: the present for lists, whose states use the local clock too; fixed for exports."""
    return None if set(streams) & set(LISTS) else NOW


@pytest.mark.parametrize("seed", range(100))
def test_the_destination_equals_the_account_after_random_changes(seed: int) -> None:
    dice = random.Random(seed)
    streams = some_streams(dice)
    with Emulator(seed=seed, rows=8, tickets=12, now=start_of(streams)) as zendesk:
        zendesk.options.same_second = dice.choice(("whole", "split"))
        zendesk.options.metric_sets = dice.choice(("embedded", "top_level"))
        life = AccountHistory(zendesk, dice)
        zendesk.account.before_response = life.change_during_request
        destination = Destination(zendesk.config(export_page_size=dice.choice((7, 10, 40))), streams)
        for _ in range(2):
            add_faults(zendesk, dice)
            assert_no_errors(destination.sync(interrupt=dice))
            life.advance(dice.randrange(6))
        finish(zendesk, destination)


RUN = st.tuples(st.lists(st.sampled_from((*CHANGES, *WAITS)), max_size=8), st.floats(0, 1))


@settings(max_examples=15)
@given(runs=st.lists(RUN, min_size=1, max_size=3), page_size=st.sampled_from((6, 15, 1000)))
def test_interrupted_syncs_of_any_history_lose_no_row(runs: list[tuple[list[str], float]], page_size: int) -> None:
    with Emulator(seed=1, rows=5, tickets=8, now=NOW) as zendesk:
        life = AccountHistory(zendesk, random.Random(0))
        streams = ["tickets", "ticket_metrics", "organizations", "show_ticket"]
        destination = Destination(zendesk.config(export_page_size=page_size), streams)
        for happenings, cut_at in runs:
            for what in happenings:
                life.apply(what)
            assert_no_errors(destination.sync_part(cut_at))
        finish(zendesk, destination)


def test_combined_faults_lose_no_row() -> None:
    """Repeated boundaries, 2,500 rows in one second, expired cursors, and truncation of every third page."""
    with Emulator(seed=4, rows=40, tickets=40, now=NOW) as zendesk:
        life = AccountHistory(zendesk, random.Random(4))
        for name, count in (("tickets", 2500), ("organizations", 2500)):
            life.day()
            for _ in range(count):
                zendesk.store.create(name)
            life.minute()
            zendesk.store.create(name)
        life.day()
        zendesk.faults.add("incremental/*/cursor", kind="expired_cursor", every=3)
        zendesk.faults.add("incremental/*", kind="reset", every=5)
        streams = ["tickets", "ticket_metrics", "organizations", "export_tickets_by_time", "users"]
        destination = Destination(zendesk.config(), streams)
        for _ in range(2):
            assert_no_errors(destination.sync_part(0.6))
        assert_no_errors(destination.sync())
        for stream in streams:
            assert destination.differences(stream, EXPECTED_ROWS[stream](zendesk)) == [], stream
