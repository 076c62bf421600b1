"""Comments of every type are emitted, and emitted again after a redaction or a change of their privacy."""

from __future__ import annotations

import random
from typing import Any

import pytest
import requests

from integration_tests.emulator import Emulator
from integration_tests.emulator.data.history import COMMENTS, split
from integration_tests.harness import Row, sync
from integration_tests.interrupted_syncs import NOW, Destination
from integration_tests.random_history import CHANGES, CHANGES_OF_COMMENTS, WAITS, AccountHistory

STREAM = "ticket_comments"
POSTS: list[Row] = [
    {"type": "FacebookComment", "data": {"post_id": "1"}, "graph_object_id": "2_3", "body": "Hi", "public": True},
    {"type": "FacebookEvent", "page": {"name": "Shop"}, "communication": 3, "ticket_via": "post", "body": "Hi"},
    {"type": "Tweet", "direct_message": False, "recipients": [4], "body": "Hi"},
    {"type": "VoiceComment", "data": {"call_id": 7}, "formatted_from": "+1 (415) 555-6666", "public": True},
]


def add_events(zendesk: Emulator, *events: Row) -> None:
    """Add an audit with these events, each with a new id."""
    zendesk.store.log(1, None, [])["events"].extend({"id": 90 + n, **event} for n, event in enumerate(events))


@pytest.mark.parametrize("posts", [[post] for post in POSTS] + [POSTS])
def test_each_type_of_comment_is_a_record(posts: list[Row]) -> None:
    """Also if a page contains no other comment, and if the comment has no text."""
    with Emulator(rows=0, tickets=1, now=NOW) as zendesk:
        state = sync(zendesk.config(), [STREAM]).state
        zendesk.store.update("tickets", 1, subject="Changed")
        add_events(zendesk, *posts)
        zendesk.clock.advance(hours=1)
        result = sync(zendesk.config(), [STREAM], state)
        assert result.errors == []
        found = result.records[STREAM]
        assert [row["event_type"] for row in found] == [post["type"] for post in posts]
        for row, post in zip(found, posts, strict=True):
            assert [row[name] for name in post if name != "type"] == [post[name] for name in post if name != "type"]
            assert (row["ticket_id"], row.get("body")) == (1, post.get("body"))


def test_other_child_events_with_a_text_are_counted_in_the_log() -> None:
    with Emulator(rows=2, tickets=2, now=NOW) as zendesk:
        add_events(zendesk, *({"type": kind, "body": "x"} for kind in ("Notification", "Notification", "Cc")))
        result = sync(zendesk.config(), [STREAM])
        assert [line for line in result.logs if "Notification 2, Cc 1" in line and STREAM in line]


def comment_requests(zendesk: Emulator) -> list[str]:
    """The paths of the requests for the comments of a ticket."""
    return [request.path for request in zendesk.requests if request.path.endswith("/comments")]


def call(zendesk: Emulator, path: str, **body: Any) -> None:
    credentials = zendesk.config()["credentials"]
    login = (f"{credentials['email']}/token", credentials["api_token"])
    requests.put(f"{zendesk.base_url}/api/v2/{path}", json=body, auth=login, timeout=10).raise_for_status()


def redact_text(zendesk: Emulator, comment: Row) -> None:
    call(zendesk, f"tickets/{comment['ticket_id']}/comments/{comment['id']}/redact", text=comment["body"])


def redact_in_workspace(zendesk: Emulator, comment: Row) -> None:
    tagged = f"<redact>{comment['body']}</redact>"
    call(zendesk, f"comment_redactions/{comment['id']}", ticket_id=comment["ticket_id"], html_body=tagged)


def redact_attachment(zendesk: Emulator, comment: Row) -> None:
    file = comment["attachments"][0]["id"]
    call(zendesk, f"tickets/{comment['ticket_id']}/comments/{comment['id']}/attachments/{file}/redact")


def make_private(zendesk: Emulator, comment: Row) -> None:
    call(zendesk, f"tickets/{comment['ticket_id']}/comments/{comment['id']}/make_private")


@pytest.mark.parametrize("change", [redact_text, redact_in_workspace, redact_attachment, make_private])
def test_a_changed_comment_is_emitted_again_and_nothing_else(change: Any) -> None:
    with Emulator(rows=30, tickets=12, now=NOW) as zendesk:
        first = sync(zendesk.config(), [STREAM])
        before = next(
            row
            for row in first.records[STREAM]
            if row["attachments"] and row["public"] and zendesk.store.get("comments", row["id"])
        )
        change(zendesk, before)
        zendesk.clock.advance(hours=1)
        zendesk.clear_requests()
        second = sync(zendesk.config(), [STREAM], first.state)
        assert second.errors == []
        (after,) = second.records[STREAM]
        changed = {name for name in before if before[name] != after.get(name)} - {"via_reference_id"}
        assert (after["id"], after["ticket_id"]) == (before["id"], before["ticket_id"])
        assert changed
        assert changed <= {"body", "html_body", "plain_body", "attachments", "public"}
        assert set(comment_requests(zendesk)) == {f"/api/v2/tickets/{before['ticket_id']}/comments"}
        third = sync(zendesk.config(), [STREAM], second.state)
        assert third.records[STREAM] == []


def test_many_changes_of_a_ticket_cost_one_request() -> None:
    with Emulator(rows=5, tickets=12, now=NOW) as zendesk:
        first = sync(zendesk.config(), [STREAM])
        comments = zendesk.store.children("comments", ticket_id=1)
        for comment in comments:
            redact_text(zendesk, {**comment, "ticket_id": 1})
            make_private(zendesk, {**comment, "ticket_id": 1})
        zendesk.clock.advance(hours=1)
        second = sync(zendesk.config(), [STREAM], first.state)
        assert comment_requests(zendesk) == ["/api/v2/tickets/1/comments"]
        assert sorted(row["id"] for row in second.records[STREAM]) == sorted(row["id"] for row in comments)


def test_a_first_sync_requests_no_comment_again() -> None:
    with Emulator(rows=5, tickets=12, now=NOW) as zendesk:
        for comment in zendesk.store.children("comments", ticket_id=1):
            redact_text(zendesk, {**comment, "ticket_id": 1})
        zendesk.clock.advance(hours=1)
        destination = Destination(zendesk.config(export_page_size=4), [STREAM])
        for part in (0.5, 1):
            assert destination.sync_part(part).errors == []
        assert comment_requests(zendesk) == []
        shown = {row["id"]: row["body"] for row in destination.tables[STREAM].values()}
        assert all("▇" in shown[comment["id"]] for comment in zendesk.store.children("comments", ticket_id=1))


def test_a_ticket_that_was_deleted_after_the_change_is_skipped_with_a_warning() -> None:
    with Emulator(rows=5, tickets=12, now=NOW) as zendesk:
        first = sync(zendesk.config(), [STREAM])
        redact_text(zendesk, {**zendesk.store.children("comments", ticket_id=1)[0], "ticket_id": 1})
        zendesk.store.delete("tickets", 1)
        zendesk.clock.advance(hours=1)
        second = sync(zendesk.config(), [STREAM], first.state)
        assert second.errors == []
        assert second.records[STREAM] == []
        assert [line for line in second.warnings if "comments of ticket 1 changed" in line]


def current_comments(zendesk: Emulator) -> dict[Any, tuple[str, bool]]:
    """The text and privacy of each comment of a ticket that is not deleted."""
    return {
        event["id"]: (event["body"], event["public"])
        for ticket in zendesk.store.tickets.ids()
        for audit in zendesk.store.history.audits(ticket)
        for event in audit["events"]
        if event["type"] in COMMENTS
    }


@pytest.mark.parametrize("seed", range(20))
def test_no_change_of_a_comment_is_lost_in_interrupted_syncs(seed: int) -> None:
    dice = random.Random(seed)
    with Emulator(seed=seed, rows=8, tickets=12, now=NOW) as zendesk:
        history = AccountHistory(zendesk, dice)

        def change_during_request() -> None:
            if dice.random() < 0.2:
                zendesk.clock.advance(seconds=dice.choice((0, 1, 90)))
                history.apply(dice.choice((*CHANGES_OF_COMMENTS, "comment_on_ticket")))

        zendesk.account.before_response = change_during_request
        destination = Destination(zendesk.config(page_size=dice.choice((7, 40))), [STREAM])
        for _ in range(3):
            assert destination.sync(interrupt=dice).errors == []
            for _ in range(dice.randrange(6)):
                history.apply(dice.choice((*CHANGES_OF_COMMENTS, *CHANGES)))
                history.apply(dice.choice(("nothing", *WAITS)))
        zendesk.account.before_response = lambda: None
        zendesk.clock.advance(hours=1)
        assert destination.sync().errors == []
        rows = {row["id"]: (row["body"], row["public"]) for row in destination.tables[STREAM].values()}
        expected = current_comments(zendesk)
        assert {key: rows.get(key) for key in expected} == expected
        assert all(row["ticket_id"] == split(row["id"])[0] for row in destination.tables[STREAM].values())
        assert destination.sync().records[STREAM] == []
