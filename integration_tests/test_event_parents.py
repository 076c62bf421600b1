"""Streams that follow events request each parent once a sync, and nothing if nothing changed."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from integration_tests.emulator import Emulator
from integration_tests.emulator.products.side_conversations import handlers
from integration_tests.harness import Result, sync
from integration_tests.interrupted_syncs import NOW, Destination, keys
from integration_tests.random_history import EXPECTED_ROWS, AccountHistory
from source_zendesk.manifest import Manifest

FOLLOWERS = ("side_conversations", "conversation_log", "email_notifications", "ticket_task_lists")
ENDPOINTS = Manifest.load().endpoints
TIME_EXPORTS = sorted(
    name
    for name, endpoint in ENDPOINTS.items()
    if endpoint.kind in ("read", "sideload")
    and not endpoint.parents
    and endpoint.options.incremental_cursor
    in ("$time_export_cursor", "$metric_event_cursor", "$event_export_cursor", "$row_time_export_cursor")
)


def repeated(result: Result, zendesk: Emulator, stream: str) -> list[str]:
    """The keys that a run emitted more than once."""
    counts = Counter(keys(zendesk.config(), stream, result.records[stream]))
    return [key for key, count in counts.items() if count > 1]


def child_requests(zendesk: Emulator) -> Counter[str]:
    """The number of requests for each ticket, of all streams that have one request for each."""
    paths = ("/side_conversations", "/conversation_log", "/task_lists", "/email_notifications")
    return Counter(f"{each.path}?{each.query}" for each in zendesk.requests if each.path.endswith(paths))


@pytest.mark.parametrize("stream", FOLLOWERS)
def test_each_parent_is_requested_once_and_each_row_emitted_once(stream: str) -> None:
    with Emulator(rows=60, tickets=150, now=NOW) as zendesk:
        result = sync(zendesk.config(), [stream])
        assert result.errors == []
        assert result.records[stream]
        assert repeated(result, zendesk, stream) == []
        assert set(child_requests(zendesk).values()) == {1}


@pytest.mark.parametrize("stream", [*TIME_EXPORTS, *FOLLOWERS])
def test_nothing_is_emitted_again_if_nothing_changed(stream: str) -> None:
    with Emulator(rows=40, tickets=60, now=NOW) as zendesk:
        first = sync(zendesk.config(), [stream])
        zendesk.clear_requests()
        second = sync(zendesk.config(), [stream], first.state)
        assert (first.errors, second.errors) == ([], [])
        assert len(first.records[stream]) > 0
        assert second.records[stream] == []
        assert not child_requests(zendesk)
        third = sync(zendesk.config(), [stream], second.state)
        assert third.records[stream] == []


def test_a_row_that_changed_in_the_boundary_second_is_emitted_again() -> None:
    with Emulator(rows=5, tickets=5, now=NOW, frozen=True) as zendesk:
        number = zendesk.store.create("organizations")["id"]
        zendesk.clock.advance(hours=1)
        first = sync(zendesk.config(), ["organizations"])
        organization = zendesk.store.get("organizations", number) or {}
        zendesk.store.writable("organizations").put({**organization, "name": "Changed in the same second"})
        second = sync(zendesk.config(), ["organizations"], first.state)
        assert [(row["id"], row["name"]) for row in second.records["organizations"]] == [
            (number, "Changed in the same second")
        ]


@pytest.mark.parametrize("seed", range(12))
def test_interrupted_syncs_of_side_conversations_lose_no_row_and_then_repeat_none(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events of the same tickets arrive on many small pages, also during the syncs."""
    monkeypatch.setattr(handlers, "PAGE", 12)
    dice = random.Random(seed)
    with Emulator(seed=seed, rows=8, tickets=16, now=NOW) as zendesk:
        history = AccountHistory(zendesk, dice)

        def reply_during_request() -> None:
            if dice.random() < 0.3:
                zendesk.clock.advance(seconds=dice.choice((0, 1, 90)))
                history.reply_in_side_conversation()

        zendesk.account.before_response = reply_during_request
        destination = Destination(zendesk.config(), ["side_conversations"])
        for _ in range(3):
            assert destination.sync(interrupt=dice).errors == []
            history.advance(dice.randrange(3))
        zendesk.account.before_response = lambda: None
        zendesk.clock.advance(hours=1)
        result = destination.sync()
        assert result.errors == []
        assert repeated(result, zendesk, "side_conversations") == []
        expected = EXPECTED_ROWS["side_conversations"](zendesk)
        assert destination.differences("side_conversations", expected, may_have_more=True) == []
        assert destination.sync().records["side_conversations"] == []
