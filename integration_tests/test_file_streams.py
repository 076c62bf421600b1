"""Streams with one record for each file take it from the pages of another stream, without requests of their own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from integration_tests.compare import assert_same_rows
from integration_tests.emulator import Emulator
from integration_tests.expected_rows import attachments, recordings
from integration_tests.harness import Row, sync


def photos(zendesk: Emulator) -> list[Row]:
    """The photo of each user that has one."""
    return _single_files(zendesk, "users", "photo", "user_id")


def logos(zendesk: Emulator) -> list[Row]:
    """The logo of each brand that has one."""
    return _single_files(zendesk, "brands", "logo", "brand_id")


def suspended_files(zendesk: Emulator) -> list[Row]:
    """The files of all suspended tickets."""
    return [
        {"suspended_ticket_id": ticket["id"], "updated_at": ticket["updated_at"], **file}
        for ticket in zendesk.store.all("suspended_tickets")
        for file in ticket["attachments"]
    ]


def message_files(zendesk: Emulator) -> list[Row]:
    """The files of all messages of side conversations."""
    names = ("ticket_id", "side_conversation_id", "created_at")
    return [
        {"event_id": event["id"], **{name: event[name] for name in names}, **file}
        for event in zendesk.store.all("side_conversation_events")
        for file in ((event["message"] or {}).get("attachments") or [])
    ]


def _single_files(zendesk: Emulator, table: str, field: str, owner: str) -> list[Row]:
    rows = zendesk.store.all(table)
    return [{owner: row["id"], "updated_at": row["updated_at"], **row[field]} for row in rows if row[field]]


def change_photos(zendesk: Emulator) -> set[Any]:
    """Replace a photo, remove one, and add one; returns the users that have another photo."""
    replaced, removed, *_ = [row for row in zendesk.store.all("users") if row["photo"]]
    added = next(row for row in zendesk.store.all("users") if not row["photo"])
    photo = {**replaced["photo"], "id": 999, "file_name": "new.png"}
    for user, value in ((replaced, photo), (removed, None), (added, photo)):
        zendesk.store.update("users", user["id"], photo=value)
    return {replaced["id"], added["id"]}


def change_logo(zendesk: Emulator) -> set[Any]:
    """Replace a logo; every run reads all brands."""
    brand = next(row for row in zendesk.store.all("brands") if row["logo"])
    zendesk.store.update("brands", brand["id"], logo={**brand["logo"], "id": 999})
    return {row["brand_id"] for row in logos(zendesk)}


def delete_suspended(zendesk: Emulator) -> set[Any]:
    """Delete a suspended ticket with its files; every run reads all suspended tickets."""
    ticket = next(row for row in zendesk.store.all("suspended_tickets") if row["attachments"])
    zendesk.store.delete("suspended_tickets", ticket["id"])
    return {row["suspended_ticket_id"] for row in suspended_files(zendesk)}


def redact_attachment(zendesk: Emulator) -> set[Any]:
    """Add a comment with a file, redact the file of another one, and make a third private."""
    first, second = [row for row in zendesk.store.children("comments", ticket_id=1) if row["attachments"]][:2]
    path = f"tickets/1/comments/{first['id']}/attachments/{first['attachments'][0]['id']}/redact"
    put(zendesk, path)
    put(zendesk, f"tickets/1/comments/{second['id']}/make_private")
    zendesk.store.update("tickets", 2, subject="Changed")
    zendesk.store.log(2, None, [])["events"].append(
        {
            "id": 91,
            "type": "Comment",
            "author_id": 7,
            "public": True,
            "audit_id": 90,
            "body": "x",
            "attachments": [{"id": 99}],
        }
    )
    return {first["id"], 91}


def put(zendesk: Emulator, path: str) -> None:
    """Change the account as an agent does."""
    credentials = zendesk.config()["credentials"]
    login = (f"{credentials['email']}/token", credentials["api_token"])
    requests.put(f"{zendesk.base_url}/api/v2/{path}", json={}, auth=login, timeout=10).raise_for_status()


def add_calls(zendesk: Emulator) -> set[Any]:
    """Add a call with a recording, and calls without one."""
    calls = {
        91: {"recording_url": "https://acme.zendesk.com/recordings/9", "call_id": 9},
        92: {"call_id": 10},
        93: None,
    }
    zendesk.store.update("tickets", 1, subject="Changed")
    zendesk.store.log(1, None, [])["events"].extend(
        {
            "id": number,
            "type": "VoiceComment",
            "author_id": 7,
            "public": True,
            "data": data,
            "audit_id": 90,
            "attachments": [],
        }
        for number, data in calls.items()
    )
    return {91}


def add_message(zendesk: Emulator) -> set[Any]:
    """Add a message with a file, one whose field is null, one without the field, and one that is no object."""
    (conversation, *_) = zendesk.store.all("side_conversations")
    owner = {"side_conversation_id": conversation["id"], "ticket_id": conversation["ticket_id"]}
    messages: list[Any] = [{"attachments": [{"id": "s3-9"}]}, {"attachments": None}, {}, None]
    for number, message in enumerate(messages):
        zendesk.store.create("side_conversation_events", id=f"new {number}", message=message, **owner)
    return {"new 0"}


STREAMS: dict[str, tuple[str, str, Callable[[Emulator], list[Row]], Callable[[Emulator], set[Any]]]] = {
    # stream: (the stream whose pages it reads, the field with the owner, its rows, a change)
    "call_recordings": ("ticket_comments", "comment_id", recordings, add_calls),
    "ticket_attachments": ("ticket_comments", "comment_id", attachments, redact_attachment),
    "brand_logos": ("brands", "brand_id", logos, change_logo),
    "side_conversation_attachments": ("side_conversation_events", "event_id", message_files, add_message),
    "suspended_ticket_attachments": ("suspended_tickets", "suspended_ticket_id", suspended_files, delete_suspended),
    "user_photos": ("users", "user_id", photos, change_photos),
}
every_stream = pytest.mark.parametrize("stream", STREAMS)
every_nested_stream = pytest.mark.parametrize("stream", [name for name in STREAMS if STREAMS[name][1] != "comment_id"])


@pytest.fixture
def zendesk() -> Iterator[Emulator]:
    with Emulator(seed=1, rows=130, tickets=12) as emulator:
        emulator.clock.advance(hours=1)
        emulator.clock.freeze()
        yield emulator


@every_stream
def test_one_record_for_each_file_then_the_changed_ones(stream: str, zendesk: Emulator) -> None:
    _, owner, rows, change = STREAMS[stream]
    first = sync(zendesk.config(), [stream])
    assert (first.errors, first.warnings) == ([], [])
    assert_same_rows(first.records[stream], rows(zendesk))
    zendesk.clock.advance(hours=1)
    changed = change(zendesk)
    zendesk.clock.advance(hours=1)
    second = sync(zendesk.config(), [stream], first.state)
    assert second.errors == []
    assert_same_rows(second.records[stream], [row for row in rows(zendesk) if row[owner] in changed])


@every_stream
def test_no_request_besides_those_of_the_stream_with_the_pages(stream: str, zendesk: Emulator) -> None:
    source, *_ = STREAMS[stream]
    state: list[Any] = []
    for _ in range(2):
        zendesk.clear_requests()
        sync(zendesk.config(), [source], [each for each in state if source in str(each)])
        alone = len(zendesk.requests)
        zendesk.clear_requests()
        both = sync(zendesk.config(), [source, stream], state)
        assert len(zendesk.requests) == alone
        state = both.state


@every_nested_stream
def test_a_page_without_files_is_not_the_end(stream: str, zendesk: Emulator) -> None:
    source, owner, rows, _ = STREAMS[stream]
    last = max(row[owner] for row in rows(zendesk))
    for row in zendesk.store.all(source)[:100]:
        if row["id"] != last:
            zendesk.store.update(source, row["id"], photo=None, logo=None, attachments=[], message=None)
    result = sync(zendesk.config(export_page_size=100), [stream])
    assert_same_rows(result.records[stream], rows(zendesk))
    assert result.records[stream]
