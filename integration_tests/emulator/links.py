"""Rows that carry other rows inside them: filled in when their collection is seeded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from integration_tests.emulator.responses import Row

if TYPE_CHECKING:
    from integration_tests.emulator.store import Store


def _link_activity(store: Store, row: Row) -> None:
    users = store.table("users")
    row.update(user=users.get(row["user_id"]), actor=users.get(row["actor_id"]))


def _link_ticket(store: Store, row: Row) -> None:
    number = row.get("ticket_id") or (row.get("ticket") or {}).get("id")
    while number and store.tickets.deleted(number):
        number = number % store.tickets.seed.count + 1
    row["ticket"] = store.tickets.get(number)
    if "ticket_id" in row:
        row["ticket_id"] = number


def _link_options(name: str) -> Callable[[Store, Row], None]:
    def link(store: Store, row: Row) -> None:
        if row["type"] in ("tagger", "multiselect"):
            row["custom_field_options"] = store.children(name, field_id=row["id"])

    return link


def _link_variants(store: Store, row: Row) -> None:
    row["variants"] = store.children("dynamic_content_variants", item_id=row["id"])


LINKS: dict[str, Callable[[Store, Row], None]] = {
    "activities": _link_activity,
    "bookmarks": _link_ticket,
    "ticket_skips": _link_ticket,
    "ticket_fields": _link_options("ticket_field_options"),
    "user_fields": _link_options("user_field_options"),
    "dynamic_content_items": _link_variants,
}
