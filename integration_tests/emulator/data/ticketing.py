"""The tickets and everything that hangs on them, seeded ones and those that tests and requests change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import orjson

from integration_tests.emulator.data import history as past
from integration_tests.emulator.data.clock import epoch_of
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.seed_ids import Census
from integration_tests.emulator.data.tickets import SeededTickets, is_deleted
from integration_tests.emulator.data.values import HOST

T = TypeVar("T")


class Tickets:
    """Every ticket by number: the seed's, unless it was changed since."""

    name = "tickets"
    key = "id"

    def __init__(self, census: Census, *, warm: bool = False) -> None:
        self.seed = SeededTickets(census)
        self.version = 0
        self._rows: dict[int, Row] = {}
        self._json: dict[int, bytes] = {}
        self._gone: set[int] = set()
        self.last = census.tickets
        self._stamps = [(self.seed.generated(n), n) for n in range(1, census.tickets + 1)]
        self._stamps.sort()
        self._cache: dict[Any, Any] = {}
        if warm:
            self._json = {n: self.seed.json(n) for n in range(1, census.tickets + 1)}

    def known(self) -> list[int]:
        """Every ticket there ever was and that is not purged."""
        made = self.cached("known", lambda: [n for n in range(1, self.last + 1) if n not in self._gone])
        return list(made) if len(made) < 5000 else made

    def ids(self) -> Sequence[int]:
        """Those that lists show."""
        return self.cached("ids", lambda: [n for n in self.known() if not self.deleted(n)])

    def deleted_ids(self) -> Sequence[int]:
        return self.cached("deleted", lambda: [n for n in self.known() if self.deleted(n)])

    def deleted(self, number: int) -> bool:
        row = self._rows.get(number)
        return row["status"] == "deleted" if row else number <= self.seed.count and is_deleted(number)

    def as_seeded(self, number: int) -> bool:
        return number <= self.seed.count and number not in self._rows

    def get(self, number: Any) -> Row | None:
        if not self._exists(number):
            return None
        return self._rows.get(number) or orjson.loads(self.seed.json(number))

    def _exists(self, number: Any) -> bool:
        return isinstance(number, int) and 0 < number <= self.last and number not in self._gone

    def json(self, number: int) -> bytes:
        made = self._json.get(number)
        return made if made is not None else self._print(number)

    def _print(self, number: int) -> bytes:
        if number not in self._rows:
            return self.seed.json(number)
        made = self._json[number] = orjson.dumps(self._rows[number])
        return made

    def by(self, field: str, value: Any) -> Sequence[int]:
        index = self.cached(field, lambda: self._index(field))
        return index.get(str(value), [])

    def _index(self, field: str) -> dict[str, list[int]]:
        index: dict[str, list[int]] = {}
        for number in self.ids():
            row = self.get(number) or {}
            index.setdefault(str(row.get(field)), []).append(number)
        return index

    def stamps(self) -> list[tuple[int, int]]:
        """All tickets of the exports by `generated_timestamp`, then id."""
        return self.cached("stamps", self._merge_stamps)

    def _merge_stamps(self) -> list[tuple[int, int]]:
        touched = [(int(row["generated_timestamp"]), number) for number, row in self._rows.items()]
        kept = [pair for pair in self._stamps if pair[1] not in self._rows and pair[1] not in self._gone]
        return sorted(kept + touched)

    def undeleted(self, number: int) -> Row:
        """A seeded ticket as it was before its deletion."""
        before: Row = orjson.loads(self.seed.full_json(number)) if number <= self.seed.count else {}
        return before

    def put(self, row: Row, parent: Any = None) -> Row:
        number = row["id"]
        self._rows[number] = row
        self.last = max(self.last, number)
        self._gone.discard(number)
        self._touch(number)
        return row

    def remove(self, number: int) -> Row | None:
        """Purge it: no list and no export shows it again."""
        row = self.get(number)
        self._rows.pop(number, None)
        self._gone.add(number)
        self._touch(number)
        return row

    def _touch(self, number: int) -> None:
        self._json.pop(number, None)
        self._cache.clear()
        self.version += 1

    def cached(self, name: str, make: Callable[[], T]) -> T:
        """Something computed from the tickets, kept until one of them changes."""
        if name not in self._cache:
            self._cache[name] = make()
        kept: T = self._cache[name]
        return kept

    def parent_of(self, number: Any) -> None:
        return None


class History:
    """Audits of all tickets; comments, events and attachments are read out of them."""

    def __init__(self, census: Census, tickets: Tickets) -> None:
        self.tickets = tickets
        self.seed = past.SeededHistory(census, tickets.seed)
        self._more: dict[int, list[Row]] = {}
        self._changed: dict[tuple[int, int], Row] = {}
        self._order: list[tuple[int, int]] = []
        self._metric_order: list[tuple[int, int]] = []
        self._metric_events: dict[int, Row] = {}
        self._newest: tuple[list[tuple[int, int]], int, list[int]] | None = None

    def seeded_length(self, ticket: int) -> int:
        return self.seed.length(ticket) if ticket <= self.tickets.seed.count else 0

    def length(self, ticket: int) -> int:
        return self.seeded_length(ticket) + len(self._more.get(ticket, ()))

    def audit(self, ticket: int, place: int) -> Row | None:
        seeded = self.seeded_length(ticket)
        if place >= seeded:
            more = self._more.get(ticket, [])
            return more[place - seeded] if place - seeded < len(more) else None
        return self._changed.get((ticket, place)) or self.seed.audit(ticket, place)

    def audits(self, ticket: int) -> list[Row]:
        return [row for place in range(self.length(ticket)) if (row := self.audit(ticket, place))]

    def comments(self, ticket: int) -> list[Row]:
        return [event for audit in self.audits(ticket) for event in audit["events"] if event["type"] == "Comment"]

    def add(self, ticket: int, row: Row) -> Row:
        self._more.setdefault(ticket, []).append(row)
        self._order = []
        return row

    def change(self, ticket: int, place: int, row: Row) -> None:
        """Keep a rewritten audit, as a redaction leaves it."""
        seeded = self.seeded_length(ticket)
        if place < seeded:
            self._changed[ticket, place] = row
        else:
            self._more[ticket][place - seeded] = row

    def order(self) -> list[tuple[int, int]]:
        """Every audit as (time, id), oldest first."""
        if not self._order:
            seeds = range(1, self.tickets.seed.count + 1)
            made = [
                (self.seed.when(t, p), past.AUDIT + t * past.PER_TICKET + p)
                for t in seeds
                for p in range(self.seed.length(t))
            ]
            made += [(epoch_of(row["created_at"]), row["id"]) for rows in self._more.values() for row in rows]
            self._order = sorted(made)
        return self._order

    def newest(self) -> list[int]:
        """The ids of the audits that the list of all audits shows: newest first, deleted tickets' left out."""
        order, version = self.order(), self.tickets.version
        if self._newest is None or self._newest[0] is not order or self._newest[1] != version:
            shown = set(self.tickets.ids())
            ids = [i for _, i in reversed(order) if past.split(i)[0] in shown]
            self._newest = (order, version, ids)
        return self._newest[2]

    def by_id(self, identifier: Any) -> Row | None:
        """An audit that can still be read: its ticket is neither deleted nor gone."""
        ticket, place = past.split(identifier) if isinstance(identifier, int) else (0, 0)
        known = self.tickets.get(ticket)
        return self.audit(ticket, place) if known and identifier // 10**12 * 10**12 == past.AUDIT else None

    def comment(self, identifier: Any) -> Row | None:
        if not isinstance(identifier, int) or identifier // 10**12 * 10**12 != past.COMMENT:
            return None
        audit = self.by_id(identifier - past.COMMENT + past.AUDIT)
        return next((event for event in (audit or {}).get("events", []) if event["id"] == identifier), None)

    def attachment(self, identifier: Any) -> Row | None:
        if not isinstance(identifier, int) or identifier // 10**12 * 10**12 != past.ATTACHMENT:
            return None
        comment = self.comment(identifier - past.ATTACHMENT + past.COMMENT)
        return next((file for file in (comment or {}).get("attachments", []) if file["id"] == identifier), None)

    def metric(self, identifier: Any) -> Row | None:
        """By its own id or by the ticket's."""
        number = identifier - past.METRIC if isinstance(identifier, int) and identifier > past.METRIC else identifier
        ticket = self.tickets.get(number)
        if ticket is None or self.tickets.deleted(number):
            return None
        if number <= self.tickets.seed.count:
            return self.seed.metric(number) | self._now(ticket)
        times = dict.fromkeys(("created_at", "assigned_at", "initially_assigned_at"), ticket["created_at"])
        durations = {name: {"calendar": 0, "business": 0} for name in past.DURATIONS}
        base = {"id": past.METRIC + number, "ticket_id": number, "updated_at": ticket["updated_at"], "replies": 0}
        return base | times | durations | {"url": f"{HOST}/api/v2/ticket_metrics/{past.METRIC + number}.json"}

    def _now(self, ticket: Row) -> Row:
        """What of a metric follows from the ticket as it is: one that was solved since was solved just now."""
        changed: Row = {"updated_at": ticket["updated_at"]}
        if not self.tickets.as_seeded(ticket["id"]):
            solved = ticket["status"] in ("solved", "closed")
            changed["solved_at"] = ticket["updated_at"] if solved else None
        return changed

    def metric_json(self, number: int) -> bytes | None:
        """The metric of a ticket, ready to be sent; None for a deleted one."""
        if self.tickets.deleted(number):
            return None
        if self.tickets.as_seeded(number):
            return self.seed.metric_json(number)
        return orjson.dumps(self.metric(number))

    def metric_order(self) -> list[tuple[int, int]]:
        if not self._metric_order:
            seed, seeds = self.seed, range(1, self.tickets.seed.count + 1)
            made = [
                (when, past.METRIC_EVENT + t * past.PER_TICKET + p)
                for t in seeds
                for p, when in enumerate(seed.metric_times(t))
            ]
            made += [(epoch_of(row["time"]), row["id"]) for row in self._metric_events.values()]
            self._metric_order = sorted(made)
        return self._metric_order

    def add_metric_event(self, row: Row) -> Row:
        """An event that the account did not start with, as late as its `time` says."""
        number = 9_000 + len(self._metric_events)
        made = {"id": past.METRIC_EVENT + row["ticket_id"] * past.PER_TICKET + number, "deleted": False, **row}
        made = {"metric": past.METRICS[0], "type": "activate", "instance_id": 1, **made}
        self._metric_events[made["id"]] = made
        self._metric_order = []
        return made

    def metric_event(self, identifier: int) -> Row:
        if identifier in self._metric_events:
            return self._metric_events[identifier]
        return self.seed.metric_event(*past.split(identifier))

    def event(self, identifier: int, *, comments: bool) -> Row:
        """A ticket event: the audit as the export shows it."""
        audit = self.audit(*past.split(identifier)) or {}
        children = [_child(event, audit, comments=comments) for event in audit.get("events", [])]
        return {
            "id": identifier, "ticket_id": audit["ticket_id"], "timestamp": epoch_of(audit["created_at"]),
            "created_at": audit["created_at"], "updater_id": audit["author_id"], "via": "Web form",
            "system": audit["metadata"]["system"], "metadata": audit["metadata"], "event_type": "Audit",
            "child_events": children, "via_reference_id": _reference(audit["ticket_id"]),
        }  # fmt: skip


def _reference(ticket: int) -> int | None:
    """Some tickets were merged from another; their events say so, the child events never."""
    return ticket + 1 if ticket % 7 == 0 else None


def _child(event: Row, audit: Row, *, comments: bool) -> Row:
    base = {"via": "Web form", "via_reference_id": None, "created_at": audit["created_at"]}
    if event["type"] != "Comment":
        shown = {"id": event["id"], "event_type": event["type"], event["field_name"]: event["value"]}
        return base | shown | ({"previous_value": event["previous_value"]} if "previous_value" in event else {})
    if not comments:
        return base | {
            "id": event["id"],
            "event_type": "Comment",
            "comment_present": True,
            "comment_public": event["public"],
        }
    return base | event | {"event_type": "Comment"}
