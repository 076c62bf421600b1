"""Children of parents that change between an interrupted run and the next are read again."""

from __future__ import annotations

from email.utils import formatdate
from typing import Any

from integration_tests.emulator.data.clock import epoch_of, iso
from integration_tests.harness import Row, sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply

BEGIN = epoch_of("2026-01-01T00:00:00Z")


class Account:
    """Serves groups sorted by update time, and side conversation events; ids in `broken` return 400."""

    def __init__(self) -> None:
        self.now = BEGIN
        self.groups = {1: BEGIN - 3000, 2: BEGIN - 2000, 3: BEGIN - 1000}
        self.events = [(BEGIN - 3000, 1), (BEGIN - 2000, 2), (BEGIN - 1000, 3)]
        self.broken = {3}

    def __call__(self, arrived: RecordedRequest) -> Reply:
        status, body = self._respond(arrived)
        return Reply(status, body, headers={"Date": formatdate(self.now, usegmt=True)})

    def _respond(self, arrived: RecordedRequest) -> tuple[int, Row]:
        parts = arrived.path.split("/")
        if parts[-1] == "groups":
            return 200, {"groups": [self._group(number) for number in self.groups], "meta": {"has_more": False}}
        if parts[-1] == "events":
            since = int(arrived.query["start_time"])
            rows = [self._event(time, ticket) for time, ticket in self.events if time >= since]
            return 200, {"events": rows, "count": len(rows), "end_time": self.now, "next_page": None}
        number = int(parts[4])
        if number in self.broken:
            return 400, {"error": "Broken"}
        if parts[-1] == "side_conversations":
            count = len([ticket for _, ticket in self.events if ticket == number])
            return 200, {"side_conversations": [{"id": f"s{number}", "ticket_id": number, "events": count}]}
        return 200, {"group": self._group(number)}

    def _group(self, number: int) -> Row:
        return {"id": number, "updated_at": iso(self.groups[number])}

    def _event(self, time: int, ticket: int) -> Row:
        return {"id": f"{time}", "ticket_id": ticket, "created_at": iso(time)}


def runs(account: Account, stream: str, *changes: Any) -> Row:
    """The latest row of each id, after an interrupted run and one run after each change."""
    with RecordingServer(account) as recorder:
        config = {**recorder.config(), "num_workers": 2}
        result = sync(config, [stream])
        assert f"Stream {stream}" in result.stream_errors[stream]
        account.broken.clear()
        rows = result.records[stream]
        for change in changes:
            change(account)
            result = sync(config, [stream], result.state)
            assert not result.errors
            rows = [*rows, *result.records[stream]]
    return {row["id"]: row for row in rows}


def test_a_list_parent_changed_before_the_resume_is_read_again() -> None:
    def change(account: Account) -> None:
        account.now = BEGIN + 1000
        account.groups |= {1: BEGIN + 300, 9: BEGIN + 999}

    account = Account()
    rows = runs(account, "show_group", change, lambda _: None)
    assert {row["id"]: row["updated_at"] for row in rows.values()} == {
        number: iso(time) for number, time in account.groups.items()
    }


def test_a_parent_repeated_by_a_later_event_of_the_page_is_read_again() -> None:
    def change(account: Account) -> None:
        account.now = BEGIN + 1000
        account.events += [(BEGIN + 300, 1), (BEGIN + 900, 4)]

    rows = runs(Account(), "side_conversations", change, lambda _: None)
    assert {number: row["events"] for number, row in rows.items()} == {"s1": 2, "s2": 1, "s3": 1, "s4": 1}
