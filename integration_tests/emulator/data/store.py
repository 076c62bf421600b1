"""The state of the account: its collections, their seed, and changes by tests and requests."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar, cast

from integration_tests.emulator.data import history as past
from integration_tests.emulator.data.change_effects import CHANGE_EFFECTS
from integration_tests.emulator.data.clock import Clock, epoch_of, iso
from integration_tests.emulator.data.deletion_effects import DELETION_EFFECTS
from integration_tests.emulator.data.fixups import make_row
from integration_tests.emulator.data.links import EMBEDDED, LINKS
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.seed_ids import FIRST, SeedIds
from integration_tests.emulator.data.seeds import CHILDREN
from integration_tests.emulator.data.shapes import shapes
from integration_tests.emulator.data.tables import SHOWN, Derived, Source, Table, Writable, seeded
from integration_tests.emulator.data.ticketing import History, Tickets
from integration_tests.emulator.data.values import HOST, TAGS, WORDS, Maker

F = TypeVar("F", bound=Callable[..., Any])


def guarded(method: F) -> F:
    """A decorator that holds the store's lock during a change."""

    @wraps(method)
    def locked(store: Store, *args: Any, **fields: Any) -> Any:
        with store.lock:
            return method(store, *args, **fields)

    return cast("F", locked)


class Store:
    """`all`, `get` and `children` read rows; `create`, `update` and `delete` change them as users do."""

    def __init__(self, seed_ids: SeedIds, clock: Clock, *, warm: bool = False) -> None:
        self.lock = threading.RLock()
        self.seed_ids = seed_ids
        self.clock = clock
        self.tickets = Tickets(seed_ids, warm=warm)
        self.history = History(seed_ids, self.tickets)
        self._made = 0
        self._tables: dict[str, Source] = {"tickets": self.tickets} | self._derived()

    def _derived(self) -> dict[str, Source]:
        h, t = self.history, self.tickets
        return {
            "audits": Derived(lambda: [i for _, i in h.order()], h.by_id, self._audit_ids),
            "comments": Derived(
                lambda: [i for n in t.ids() for i in self._comment_ids(n)], h.comment, self._comment_ids
            ),
            "attachments": Derived(
                lambda: [i for n in t.ids() for i in self._file_ids(n)], h.attachment, self._file_ids
            ),
            "ticket_metrics": Derived(self._metric_ids, h.metric, lambda _: []),
            "ticket_metric_events": Derived(lambda: [i for _, i in h.metric_order()], h.metric_event, lambda _: []),
            "requests": Derived(t.ids, self._request, lambda _: []),
            "deleted_tickets": Derived(t.deleted_ids, self._deleted_ticket, lambda _: []),
            "deleted_users": Derived(self._deleted_user_ids, self._deleted_user, lambda _: []),
        }

    def add_source(self, name: str, source: Source) -> None:
        """Add a collection that another object stores."""
        self._tables[name] = source

    def table(self, name: str) -> Source:
        """A collection, seeded at first use."""
        if name not in self._tables:
            self._tables[name] = self._seed(name)
        return self._tables[name]

    def writable(self, name: str) -> Writable:
        table = self.table(name)
        if not isinstance(table, (Table, Tickets)):
            raise TypeError(f"{name} is derived from other collections; change those")
        return table

    def shown(self, name: str) -> Sequence[Any]:
        """The ids in the list of a collection."""
        keep, table = SHOWN.get(name), self.table(name)
        return [i for i in table.ids() if keep(table.get(i) or {})] if keep else table.ids()

    def all(self, name: str) -> list[Row]:
        """All rows, including soft-deleted ones."""
        ids = self.tickets.known() if name == "tickets" else self.table(name).ids()
        return [row for i in ids if (row := self.table(name).get(i)) is not None]

    def get(self, name: str, identifier: Any) -> Row | None:
        return self.table(name).get(identifier)

    def children(self, name: str, **parent: Any) -> list[Row]:
        """The rows of one parent, as in `children("trigger_revisions", trigger_id=7)`."""
        ((field, value),) = parent.items()
        return [row for i in self.table(name).by(field, value) if (row := self.get(name, i)) is not None]

    def brand_of(self, name: str, identifier: Any) -> Any:
        """The brand whose help center a row belongs to."""
        while name != "brands":
            identifier, name = self.writable(name).parent_of(identifier), CHILDREN[name][0]
        return identifier

    # changes

    @guarded
    def create(self, name: str, parent: Any = None, /, **fields: Any) -> Row:
        """Add a row with these fields, generated other fields and the clock's time."""
        self._made += 1
        if name == "tickets":
            return self._create_ticket(fields)
        if name == "ticket_metric_events":
            return self.history.add_metric_event({"time": self.clock.stamp()} | fields)
        if parent is None and name in CHILDREN:
            collection, field = CHILDREN[name]
            parent = self.seed_ids.id_of("brands", 0) if collection == "brands" else fields.get(field)
        row = self.writable(name).put(self.blank(name, parent) | fields, parent)
        self._embed(name, parent)
        if name in CHANGE_EFFECTS:
            CHANGE_EFFECTS[name](self, name, row, None)
        return row

    def blank(self, name: str, parent: Any = None) -> Row:
        """A generated row with the defaults of new rows."""
        identifier = self.seed_ids.new_id(name, self._made)
        row = make_row(Maker(self.seed_ids, name, 500_000 + self._made, identifier, parent), shapes()[name])
        for stamp in ("created_at", "updated_at"):
            if stamp in row:
                row[stamp] = self.clock.stamp()
        return row | LIVE.get(name, {})

    def _create_ticket(self, fields: Row) -> Row:
        """Add a ticket with all fields, and the audit of its creation."""
        number = max([self.tickets.last, *self.tickets.known()[-1:]]) + 1
        stamp, comment = self.clock.stamp(), fields.pop("comment", None)
        row: Row = dict.fromkeys(shapes()["tickets"])
        row |= self.tickets.undeleted(1) if self.tickets.seed.count else {}
        row |= dict.fromkeys(("external_id", "problem_id", "due_at"))
        row |= {name: [] for name in ("tags", "collaborator_ids", "email_cc_ids", "follower_ids")}
        row |= {"id": number, "url": f"{HOST}/api/v2/tickets/{number}.json", "encoded_id": f"ENC-{number}"}
        row |= {"created_at": stamp, "updated_at": stamp, "status": "new", "subject": f"Ticket {number}"}
        row |= fields
        row["raw_subject"] = row["subject"]
        if "generated_timestamp" not in fields:
            row["generated_timestamp"] = epoch_of(row["updated_at"])
        self.tickets.put(row)
        self.log(number, comment or {"body": row["description"] or "New"}, [("subject", row["subject"], None)])
        self.history.add_metric_event({"ticket_id": number, "time": row["created_at"]})
        return row

    def log(self, number: int, comment: Row | None, changes: list[tuple[str, Any, Any]]) -> Row:
        """Add the audit of a change to a ticket."""
        ticket, place = self.tickets.get(number) or {}, self.history.length(number)
        author = (comment or {}).get("author_id") or self.seed_ids.agent(0)
        events = [past.change(number, place, n + 1, *made) for n, made in enumerate(changes)]
        stamp = ticket.get("updated_at") or self.clock.stamp()
        if comment:
            known = {name: comment[name] for name in ("public", "attachments") if name in comment}
            body = comment.get("body") or comment.get("html_body") or ""
            events.insert(0, past.make_comment(number, place, author, body, stamp, **known))
        return self.history.add(number, past.make_audit(number, place, author, stamp, events))

    @guarded
    def update(self, name: str, identifier: Any, /, **fields: Any) -> Row:
        """Change fields and the timestamps; KeyError for an unknown row."""
        row = self.get(name, identifier)
        if row is None:
            raise KeyError(identifier)
        if "updated_at" in row:
            row["updated_at"] = self.clock.stamp()
        if name == "tickets":
            row["generated_timestamp"] = int(self.clock.epoch())
            if row.get("status") == "deleted" and "status" in fields:
                row = self.tickets.undeleted(identifier) | row
        before = dict(row)
        row.update(fields)
        parent = self.writable(name).parent_of(identifier)
        self.writable(name).put(row, parent)
        self._embed(name, parent)
        if name == "tickets":
            self._log_update(identifier, fields, before)
        if name in CHANGE_EFFECTS:
            CHANGE_EFFECTS[name](self, name, row, before)
        return row

    def _embed(self, name: str, parent: Any) -> None:
        """Show the changed rows of a collection in their parent's row, without a change of its time."""
        collection = CHILDREN.get(name, ("",))[0]
        if name in EMBEDDED and (row := self.get(collection, parent)):
            LINKS[collection](self, row, None)
            outer = self.writable(collection).parent_of(parent)
            self.writable(collection).put(row, outer)
            self._embed(collection, outer)

    def _log_update(self, number: int, fields: Row, before: Row) -> None:
        comment = fields.get("comment")
        changed = [(k, v, before.get(k)) for k, v in fields.items() if k != "comment" and before.get(k) != v]
        row = self.tickets.get(number)
        if row and "comment" in row:
            row.pop("comment")
            self.tickets.put(row)
        if comment or changed:
            self.log(number, comment, changed)

    @guarded
    def change_comment(self, identifier: int, change: Callable[[Row], None], kind: str = "", **fields: Any) -> Row:
        """Change a comment in its audit, and add an audit with an event of this kind that names it."""
        ticket, place = past.split(identifier)
        audit = copy.deepcopy(self.history.audit(ticket, place) or {})
        comment: Row = next(event for event in audit["events"] if event["id"] == identifier)
        change(comment)
        self.history.change(ticket, place, audit)
        self.update("tickets", ticket)
        if kind:
            added = self.log(ticket, None, [])
            _, last = past.split(added["id"])
            added["events"].append(past.change_of_comment(ticket, last, kind, identifier, **fields))
        return comment

    @guarded
    def delete(self, name: str, identifier: Any) -> Row | None:
        """Delete a row like Zendesk: tickets, users, organizations, groups and brands are soft-deleted."""
        row = self.get(name, identifier)
        if row is None:
            return None
        if name == "tickets":
            return self.delete_ticket(row)
        marks = self._marks().get(name)
        if marks:
            return self.update(name, identifier, **marks)
        if name in DELETION_EFFECTS:
            DELETION_EFFECTS[name](self, row, self.writable(name).parent_of(identifier))
        parent = self.writable(name).parent_of(identifier)
        removed = self.writable(name).remove(identifier)
        self._embed(name, parent)
        return removed

    def put_tombstone(self, name: str, row: Row, parent: Any) -> None:
        """Add the tombstone of a deleted row."""
        self.writable(name).put(row, parent)

    def _marks(self) -> dict[str, Row]:
        return {
            "users": {"active": False},
            "organizations": {"deleted_at": self.clock.stamp()},
            "groups": {"deleted": True},
            "brands": {"is_deleted": True, "active": False},
        }

    def delete_ticket(self, row: Row) -> Row:
        """Reduce a ticket to the fields that the exports contain for deleted tickets."""
        now = self.clock.epoch()
        minimal = {name: row.get(name) for name in ("id", "url", "created_at", "subject", "via")}
        minimal |= {"updated_at": iso(int(now)), "generated_timestamp": int(now), "status": "deleted"}
        minimal |= {"requester_id": None, "custom_fields": [], "tags": [], "type": None}
        return self.tickets.put(minimal)

    # seeds and derived rows

    def _seed(self, name: str) -> Source:
        if name == "tags":
            rows = [{"name": word, "count": 100 * n + 7} for n, word in enumerate((*TAGS, *WORDS))]
            rows += [{"name": f"tag_{n:03}", "count": n} for n in range(max(self.seed_ids.rows - len(rows), 0))]
            return Table("tags", ((row, None) for row in sorted(rows, key=lambda row: -int(str(row["count"])))), "name")
        if name == "instance_values":
            return Table(name, ((self._instance(n), None) for n in range(self.seed_ids.rows)))
        table = seeded(name, self.seed_ids)
        link = LINKS.get(name)
        for identifier in table.ids() if link else ():
            link(self, table.get(identifier) or {}, table.parent_of(identifier))  # type: ignore[misc]
        return table

    def _instance(self, number: int) -> Row:
        identifier = self.seed_ids.id_of("instance_values", number)
        value = self.seed_ids.id_of("attribute_values", number)
        kind = "associate_agent" if number % 2 else "associate_ticket"
        who = self.seed_ids.agent(number) if number % 2 else self.seed_ids.id_of("tickets", number)
        return {
            "id": identifier,
            "attribute_value_id": value,
            "instance_id": str(who),
            "type": kind,
            "time": _time(number),
        }

    def _audit_ids(self, ticket: Any) -> list[int]:
        return [row["id"] for row in self.history.audits(int(ticket))]

    def _comment_ids(self, ticket: Any) -> list[int]:
        return [row["id"] for row in self.history.comments(int(ticket))]

    def _metric_ids(self) -> Sequence[int]:
        return self.tickets.cached("metrics", lambda: [past.METRIC + n for n in reversed(self.tickets.ids())])

    def _file_ids(self, ticket: Any) -> list[int]:
        return [file["id"] for comment in self.history.comments(int(ticket)) for file in comment["attachments"]]

    def _request(self, number: Any) -> Row | None:
        ticket = self.tickets.get(number)
        if ticket is None or ticket["status"] == "deleted":
            return None
        row = {name: ticket.get(name) for name in shapes()["requests"]}
        return row | {"can_be_solved_by_me": False, "solved": ticket["status"] == "solved", "followup_source_id": None}

    def _deleted_ticket(self, number: Any) -> Row | None:
        ticket = self.tickets.get(number)
        if ticket is None or ticket["status"] != "deleted":
            return None
        actor = {"id": self.seed_ids.agent(0), "name": "Owner"}
        names = {"id": number, "subject": ticket.get("subject"), "deleted_at": ticket["updated_at"]}
        return names | {"actor": actor, "previous_state": "open", "description": None}

    def _deleted_user_ids(self) -> list[Any]:
        users = self.table("users")
        return [i for i in users.ids() if (users.get(i) or {}).get("active") is False]

    def _deleted_user(self, identifier: Any) -> Row | None:
        user = self.table("users").get(identifier)
        if user is None or user["active"] is not False:
            return None
        return {name: user.get(name) for name in shapes()["deleted_users"]}


LIVE: dict[str, Row] = {
    "users": {"active": True, "role": "end-user", "suspended": False, "permanently_deleted": False},
    "organizations": {"deleted_at": None},
    "groups": {"deleted": False, "default": False},
    "brands": {"is_deleted": False, "active": True},
}


def _time(number: int) -> str:
    return iso(FIRST + number * 7200)
