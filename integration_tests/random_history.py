"""Random changes of an account, and the rows that a destination must contain afterwards."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from integration_tests.emulator import Emulator
from integration_tests.emulator.products.side_conversations.handlers import is_refused
from integration_tests.expected_rows import comments, metrics
from integration_tests.harness import Row


class AccountHistory:
    """Random changes of an account; its clock is frozen except for the waits between them."""

    def __init__(self, zendesk: Emulator, dice: random.Random) -> None:
        self.zendesk, self.random = zendesk, dice
        self.store, self.clock = zendesk.store, zendesk.clock
        self.clock.freeze()

    def apply(self, change: str) -> None:
        """Apply one of `CHANGES` or `WAITS`."""
        getattr(self, change)()

    def advance(self, changes: int) -> None:
        """Apply random changes, with time between some of them."""
        for _ in range(changes):
            self.apply(self.random.choice(CHANGES))
            self.apply(self.random.choice(("nothing", *WAITS)))

    def change_during_request(self) -> None:
        """Apply a change during some requests; at most one second passes."""
        if self.random.random() < 0.2:
            self.clock.advance(seconds=self.random.choice((0, 1)))
            self.apply(self.random.choice(CHANGES))

    def nothing(self) -> None:
        """Let no time pass, so that the next change is in the same second."""

    def second(self) -> None:
        self.clock.advance(seconds=1)

    def minute(self) -> None:
        self.clock.advance(seconds=61)

    def day(self) -> None:
        self.clock.advance(days=1)

    def create_ticket(self) -> None:
        self.store.create("tickets")

    def burst_of_tickets(self) -> None:
        for _ in range(self.random.randrange(5, 30)):
            self.store.create("tickets")

    def bulk_update_of_tickets(self) -> None:
        """Update many tickets in one second, like an import or a bulk job."""
        for number in self._live_tickets()[: self.random.randrange(2, 20)]:
            self.store.update("tickets", number, priority="high")

    def update_ticket(self) -> None:
        self.store.update("tickets", self._ticket(), subject=f"Subject {self.random.random()}")

    def comment_on_ticket(self) -> None:
        self.store.update("tickets", self._ticket(), comment={"body": f"Comment {self.random.random()}"})

    def redact_comment(self) -> None:
        def redact(comment: Row) -> None:
            comment.update(body="▇▇▇", html_body="▇▇▇", plain_body="▇▇▇")

        self.store.change_comment(self._comment(), redact, "CommentRedactionEvent")

    def make_comment_private(self) -> None:
        hidden = {"public": False}
        self.store.change_comment(
            self._comment(), lambda comment: comment.update(hidden), "CommentPrivacyChange", **hidden
        )

    def system_update(self) -> None:
        """Update a ticket like an automation: only `generated_timestamp` changes, not `updated_at` or audits."""
        row = self.store.get("tickets", self._ticket()) or {}
        moved = {"generated_timestamp": int(self.clock.epoch()), "priority": "low"}
        self.store.writable("tickets").put({**row, **moved})

    def delete_ticket(self) -> None:
        self.store.delete("tickets", self._ticket())

    def create_organization(self) -> None:
        self.store.create("organizations")

    def burst_of_organizations(self) -> None:
        for _ in range(self.random.randrange(5, 30)):
            self.store.create("organizations")

    def update_organization(self) -> None:
        self.store.update("organizations", self._random_id("organizations"), name=f"Name {self.random.random()}")

    def delete_organization(self) -> None:
        self.store.delete("organizations", self._random_id("organizations"))

    def create_user(self) -> None:
        self.store.create("users")

    def update_user(self) -> None:
        self.store.update("users", self._random_id("users"), name=f"Name {self.random.random()}")

    def reply_in_side_conversation(self) -> None:
        identifier = self._random_id("side_conversations")
        self.store.create("side_conversation_events", side_conversation_id=identifier)
        self.store.update("side_conversations", identifier, message_added_at=self.clock.stamp())

    def create_macro(self) -> None:
        self.store.create("macros")

    def update_macro(self) -> None:
        self.store.update("macros", self._random_id("macros"), title=f"Title {self.random.random()}")

    def delete_macro(self) -> None:
        if len(self.store.table("macros").ids()) > 3:
            self.store.delete("macros", self._random_id("macros"))

    def _live_tickets(self) -> list[int]:
        return list(self.store.tickets.ids())

    def _ticket(self) -> int:
        live = self._live_tickets()
        return self.random.choice(live) if live else int(self.store.create("tickets")["id"])

    def _comment(self) -> int:
        ticket = self._ticket()
        if not self.store.history.comments(ticket):
            self.store.update("tickets", ticket, comment={"body": "A comment"})
        return int(self.random.choice(self.store.history.comments(ticket))["id"])

    def _random_id(self, name: str) -> object:
        return self.random.choice(list(self.store.table(name).ids()))


WAITS = ("second", "minute", "day")
CHANGES = (
    "create_ticket", "burst_of_tickets", "bulk_update_of_tickets", "update_ticket", "comment_on_ticket",
    "system_update", "delete_ticket", "create_organization", "burst_of_organizations", "update_organization",
    "delete_organization", "create_user", "update_user", "reply_in_side_conversation", "create_macro", "update_macro",
    "delete_macro",
)  # fmt: skip

# Their comments are requested again by ticket, without the fields of an event.
CHANGES_OF_COMMENTS = ("redact_comment", "make_comment_private")


def _live(zendesk: Emulator) -> list[Row]:
    return [row for row in zendesk.store.all("tickets") if row["status"] != "deleted"]


def _children(zendesk: Emulator) -> Iterator[Row]:
    for ticket in _live(zendesk):
        for row in zendesk.store.children("comments", ticket_id=ticket["id"]):
            yield {"ticket_id": ticket["id"], **row}


def _side_conversations(zendesk: Emulator) -> Iterator[Row]:
    live = {ticket["id"] for ticket in _live(zendesk)}
    return (
        row
        for row in zendesk.store.all("side_conversations")
        if row["ticket_id"] in live and not is_refused(row["ticket_id"])
    )


# The account's rows by stream.
EXPECTED_ROWS: dict[str, Callable[[Emulator], list[Row]]] = {
    "tickets": lambda zendesk: zendesk.store.all("tickets"),
    "export_tickets_by_time": lambda zendesk: zendesk.store.all("tickets"),
    "users": lambda zendesk: zendesk.store.all("users"),
    "organizations": lambda zendesk: zendesk.store.all("organizations"),
    "ticket_comments": comments,
    "user_identities": lambda zendesk: zendesk.store.all("user_identities"),
    "ticket_metrics": metrics,
    "list_ticket_comments": lambda zendesk: list(_children(zendesk)),
    "show_ticket": lambda zendesk: [{"ticket_id": row["id"], **row} for row in _live(zendesk)],
    "side_conversations": lambda zendesk: list(_side_conversations(zendesk)),
    "macros": lambda zendesk: zendesk.store.all("macros"),
}
# Streams without deletion records: their deleted rows remain in the destination.
HARD_DELETED = frozenset({"ticket_metrics", "list_ticket_comments", "show_ticket", "side_conversations", "macros"})
