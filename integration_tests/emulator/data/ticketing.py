"""Tickets with their audits, comments and metrics, both seeded and changed ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import orjson

from integration_tests.emulator.data import history as past
from integration_tests.emulator.data.clock import epoch_of
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.seed_ids import SeedIds
from integration_tests.emulator.data.tickets import SeededTickets, is_deleted
from integration_tests.emulator.data.values import HOST

T = TypeVar("T")


class Tickets:
    """All tickets by number: the changed row, or else the seeded one."""

    name = "tickets"
    key = "id"

    def __init__(self, seed_ids: SeedIds, *, warm: bool = False) -> None:
        self.seed = SeededTickets(seed_ids)
        self.version = 0
        self._rows: dict[int, Row] = {}
        self._json: dict[int, bytes] = {}
        self._gone: set[int] = set()
        self.last = seed_ids.tickets
        self._stamps = [(self.seed.generated(n), n) for n in range(1, seed_ids.tickets + 1)]
        self._stamps.sort()
        self._cache: dict[Any, Any] = {}
        if warm:
            self._json = {n: self.seed.json(n) for n in range(1, seed_ids.tickets + 1)}

    def known(self) -> list[int]:
        """The numbers of all tickets that are not purged, including deleted ones."""
        result = self.cached("known", lambda: [n for n in range(1, self.last + 1) if n not in self._gone])
        return list(result) if len(result) < 5000 else result

    def ids(self) -> Sequence[int]:
        """The numbers of the tickets in lists."""
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
        result = self._json.get(number)
        return result if result is not None else self._print(number)

    def _print(self, number: int) -> bytes:
        if number not in self._rows:
            return self.seed.json(number)
        result = self._json[number] = orjson.dumps(self._rows[number])
        return result

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
        """All exported tickets as (`generated_timestamp`, id), sorted."""
        return self.cached("stamps", self._merge_stamps)

    def _merge_stamps(self) -> list[tuple[int, int]]:
        touched = [(int(row["generated_timestamp"]), number) for number, row in self._rows.items()]
        kept = [pair for pair in self._stamps if pair[1] not in self._rows and pair[1] not in self._gone]
        return sorted(kept + touched)

    def undeleted(self, number: int) -> Row:
        """A seeded ticket before its deletion."""
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
        """Purge a ticket from lists and exports."""
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
        """A value computed from the tickets, cached until one of them changes."""
        if name not in self._cache:
            self._cache[name] = make()
        kept: T = self._cache[name]
        return kept

    def parent_of(self, number: Any) -> None:
        return None


class History:
    """Audits of all tickets; comments, events and attachments are derived from them."""

    def __init__(self, seed_ids: SeedIds, tickets: Tickets) -> None:
        self.tickets = tickets
        self.seed = past.SeededHistory(seed_ids, tickets.seed)
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
        return [event for audit in self.audits(ticket) for event in audit["events"] if event["type"] in past.COMMENTS]

    def add(self, ticket: int, row: Row) -> Row:
        self._more.setdefault(ticket, []).append(row)
        self._order = []
        return row

    def change(self, ticket: int, place: int, row: Row) -> None:
        """Replace an audit, for example after a redaction."""
        seeded = self.seeded_length(ticket)
        if place < seeded:
            self._changed[ticket, place] = row
        else:
            self._more[ticket][place - seeded] = row

    def order(self) -> list[tuple[int, int]]:
        """All audits as (time, id), oldest first."""
        if not self._order:
            seeds = range(1, self.tickets.seed.count + 1)
            result = [
                (self.seed.when(t, p), past.AUDIT + t * past.PER_TICKET + p)
                for t in seeds
                for p in range(self.seed.length(t))
            ]
            result += [(epoch_of(row["created_at"]), row["id"]) for rows in self._more.values() for row in rows]
            self._order = sorted(result)
        return self._order

    def newest(self) -> list[int]:
        """The ids in the list of all audits: newest first, without those of deleted tickets."""
        order, version = self.order(), self.tickets.version
        if self._newest is None or self._newest[0] is not order or self._newest[1] != version:
            shown = set(self.tickets.ids())
            ids = [i for _, i in reversed(order) if past.split(i)[0] in shown]
            self._newest = (order, version, ids)
        return self._newest[2]

    def by_id(self, identifier: Any) -> Row | None:
        """An audit of a ticket that is neither deleted nor purged."""
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
        """A metric by its id or by its ticket's id."""
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
        """The metric fields that depend on the ticket's current row."""
        changed: Row = {"updated_at": ticket["updated_at"]}
        if not self.tickets.as_seeded(ticket["id"]):
            solved = ticket["status"] in ("solved", "closed")
            changed["solved_at"] = ticket["updated_at"] if solved else None
        return changed

    def metric_json(self, number: int) -> bytes | None:
        """The serialized metric of a ticket; None for a deleted one."""
        if self.tickets.deleted(number):
            return None
        if self.tickets.as_seeded(number):
            return self.seed.metric_json(number)
        return orjson.dumps(self.metric(number))

    def metric_order(self) -> list[tuple[int, int]]:
        if not self._metric_order:
            seed, seeds = self.seed, range(1, self.tickets.seed.count + 1)
            result = [
                (when, past.METRIC_EVENT + t * past.PER_TICKET + p)
                for t in seeds
                for p, when in enumerate(seed.metric_times(t))
            ]
            result += [(epoch_of(row["time"]), row["id"]) for row in self._metric_events.values()]
            self._metric_order = sorted(result)
        return self._metric_order

    def add_metric_event(self, row: Row) -> Row:
        """Add a metric event; its `time` may be in the past."""
        number = 9_000 + len(self._metric_events)
        result = {"id": past.METRIC_EVENT + row["ticket_id"] * past.PER_TICKET + number, "deleted": False, **row}
        result = {"metric": past.METRICS[0], "type": "activate", "instance_id": 1, **result}
        self._metric_events[result["id"]] = result
        self._metric_order = []
        return result

    def metric_event(self, identifier: int) -> Row:
        if identifier in self._metric_events:
            return self._metric_events[identifier]
        return self.seed.metric_event(*past.split(identifier))

    def event(self, identifier: int, *, comments: bool) -> Row:
        """A ticket event: the exported form of an audit."""
        audit = self.audit(*past.split(identifier)) or {}
        children = [_child(event, audit, comments=comments) for event in audit.get("events", [])]
        return {
            "id": identifier, "ticket_id": audit["ticket_id"], "timestamp": epoch_of(audit["created_at"]),
            "created_at": audit["created_at"], "updater_id": audit["author_id"], "via": "Web form",
            "system": audit["metadata"]["system"], "metadata": audit["metadata"], "event_type": "Audit",
            "child_events": children, "via_reference_id": _reference(audit["ticket_id"]),
        }  # fmt: skip


def _reference(ticket: int) -> int | None:
    """The `via_reference_id` of merged tickets' events; child events have none."""
    return ticket + 1 if ticket % 7 == 0 else None


def _child(event: Row, audit: Row, *, comments: bool) -> Row:
    base = {"via": "Web form", "via_reference_id": None, "created_at": audit["created_at"]}
    kind = {"id": event["id"], "event_type": event["type"]}
    if event["type"] in past.COMMENTS:
        mention = {"comment_present": True, "comment_public": event["public"]}
        return base | (event | kind if comments else kind | mention)
    if "field_name" not in event:
        return base | {name: value for name, value in event.items() if name != "type"} | kind
    shown = {event["field_name"]: event["value"]}
    return base | kind | shown | ({"previous_value": event["previous_value"]} if "previous_value" in event else {})
