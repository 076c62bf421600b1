"""Rows that embed other rows; filled in when their collection is seeded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from integration_tests.emulator.data.clock import Clock
from integration_tests.emulator.data.field_types import WITH_OPTIONS
from integration_tests.emulator.data.registration import register_as
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.seed_ids import SeedIds
from integration_tests.emulator.data.tables import Source
from integration_tests.emulator.data.ticketing import Tickets


class Store(Protocol):
    """The part of the store that a link reads."""

    tickets: Tickets
    seed_ids: SeedIds
    clock: Clock

    def table(self, name: str) -> Source: ...
    def children(self, name: str, **parent: Any) -> list[Row]: ...


Link = Callable[[Store, Row, Any], None]
"""Embeds other rows in a row; arguments are the store, the row and its parent."""


def _link_activity(store: Store, row: Row, _: Any) -> None:
    users = store.table("users")
    row.update(user=users.get(row["user_id"]), actor=users.get(row["actor_id"]))


def _link_ticket(store: Store, row: Row, _: Any) -> None:
    number = row.get("ticket_id") or (row.get("ticket") or {}).get("id")
    while number and store.tickets.deleted(number):
        number = number % store.tickets.seed.count + 1
    row["ticket"] = store.tickets.get(number)
    if "ticket_id" in row:
        row["ticket_id"] = number


def _link_options(name: str) -> Link:
    def link(store: Store, row: Row, _: Any) -> None:
        if row["type"] in WITH_OPTIONS:
            row["custom_field_options"] = store.children(name, field_id=row["id"])

    return link


def _link_variants(store: Store, row: Row, _: Any) -> None:
    row["variants"] = store.children("dynamic_content_variants", item_id=row["id"])


LINKS: dict[str, Link] = {
    "activities": _link_activity,
    "bookmarks": _link_ticket,
    "ticket_skips": _link_ticket,
    "ticket_fields": _link_options("ticket_field_options"),
    "user_fields": _link_options("user_field_options"),
    "dynamic_content_items": _link_variants,
}


EMBEDDED = {"dynamic_content_variants", "task_items", "task_list_template_tasks"}
"""Collections whose changes their parent's row shows at once: it embeds or counts them."""


link = register_as(LINKS)
"""Registers a function that embeds other rows in the rows of a product's collections."""
