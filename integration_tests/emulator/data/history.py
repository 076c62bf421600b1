"""The history of the seeded tickets: audits with their comments and events, and the metrics."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson

from integration_tests.emulator.data import slas
from integration_tests.emulator.data.clock import iso
from integration_tests.emulator.data.seed_ids import SeedIds, hash32
from integration_tests.emulator.data.service import Service, TicketLife
from integration_tests.emulator.data.templates import NULL, Template, blank, inner, moment
from integration_tests.emulator.data.templates import number as printed
from integration_tests.emulator.data.tickets import STATUSES, SeededTickets
from integration_tests.emulator.data.values import HOST

Row = dict[str, Any]
Lasted = tuple[int | None, int | None]
PER_TICKET = 10_000
AUDIT, COMMENT, EVENT, METRIC, METRIC_EVENT, ATTACHMENT = (number * 10**12 for number in (20, 21, 22, 30, 40, 50))
COMMENTS = ("Comment", "VoiceComment", "FacebookComment")
"""The types of audit events that are comments."""
METRICS = ("reply_time", "agent_work_time", "requester_wait_time", "resolution_time")
DURATIONS = (
    "agent_wait_time_in_minutes", "first_resolution_time_in_minutes", "full_resolution_time_in_minutes",
    "on_hold_time_in_minutes", "reply_time_in_minutes", "reply_time_in_seconds", "requester_wait_time_in_minutes",
)  # fmt: skip
EARLY = ("created_at", "assigned_at", "initially_assigned_at", "requester_updated_at")
LATE = (
    "updated_at", "assignee_updated_at", "status_updated_at", "latest_comment_added_at", "custom_status_updated_at",
)  # fmt: skip
VIA = {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}}


def split(identifier: int) -> tuple[int, int]:
    """The ticket and the index in it, encoded in an id."""
    return divmod(identifier % 10**12, PER_TICKET)


def make_attachment(ticket: int, place: int, name: str = "log.txt") -> Row:
    identifier = ATTACHMENT + ticket * PER_TICKET + place
    url = f"{HOST}/attachments/token/t{identifier}/?name={name}"
    return {
        "id": identifier, "file_name": name, "content_url": url, "mapped_content_url": url, "inline": False,
        "content_type": "text/plain", "size": 1024 + place, "width": None, "height": None, "deleted": False,
        "malware_access_override": False, "malware_scan_result": "malware_not_found", "thumbnails": [],
        "url": f"{HOST}/api/v2/attachments/{identifier}.json",
    }  # fmt: skip


def make_comment(ticket: int, place: int, author: Any, body: str, when: str, **more: Any) -> Row:
    files = more.pop("attachments", [])
    return {
        "id": COMMENT + ticket * PER_TICKET + place, "type": "Comment", "author_id": author, "body": body,
        "html_body": f'<div class="zd-comment"><p dir="auto">{body}</p></div>', "plain_body": body,
        "public": True, "attachments": files, "audit_id": AUDIT + ticket * PER_TICKET + place, "via": VIA,
        "metadata": {"system": {"client": "", "ip_address": "127.0.0.1"}, "custom": {}}, "uploads": [],
        "created_at": when, **more,
    }  # fmt: skip


def make_audit(ticket: int, place: int, author: Any, when: str, events: list[Row]) -> Row:
    """An audit; its comment, if any, is an event of type `Comment`."""
    return {
        "id": AUDIT + ticket * PER_TICKET + place, "ticket_id": ticket, "created_at": when, "author_id": author,
        "metadata": {"system": {"client": "", "ip_address": "127.0.0.1"}, "custom": {}}, "via": VIA, "events": events,
    }  # fmt: skip


def make_call(ticket: int, place: int, author: Any, body: str, when: str) -> Row:
    """A comment about a call."""
    numbers = {"from": "+14155556666", "to": "+14155557777"}
    data = {**numbers, "call_id": 7, "call_duration": 40, "recording_url": f"{HOST}/recordings/7", "started_at": when}
    formatted = {"formatted_from": "+1 (415) 555-6666", "formatted_to": "+1 (415) 555-7777"}
    fields = {"type": "VoiceComment", "data": data, "transcription_visible": False, "trusted": True, **formatted}
    return make_comment(ticket, place, author, body, when) | fields


def change_of_comment(ticket: int, place: int, kind: str, comment: Any, **fields: Any) -> Row:
    """An event that redacts a comment or changes whether it is public."""
    return {"id": EVENT + (ticket * PER_TICKET + place) * 10, "type": kind, "comment_id": comment, **fields}


def change(ticket: int, place: int, number: int, field: str, value: Any, before: Any = None) -> Row:
    """An event for a changed field; a first value has no `previous_value`."""
    identifier = EVENT + (ticket * PER_TICKET + place) * 10 + number
    made = {"id": identifier, "type": "Create" if before is None else "Change", "field_name": field, "value": value}
    return made if before is None else made | {"previous_value": before}


@lru_cache(maxsize=1)
def _metric_pattern() -> Template:
    row: Row = {name: blank(name) for name in ("id", "ticket_id", *EARLY, *LATE, "solved_at", "reopens", "replies")}
    for n, name in enumerate(DURATIONS):
        row[name] = {side: blank(f"{side}{n}") for side in ("calendar", "business")}
    url = f"{HOST}/api/v2/ticket_metrics/{inner('id')}.json"
    return Template(row | {"url": url, "group_stations": 1, "assignee_stations": 2})


def _lasted(seconds: int | None) -> Lasted:
    """Calendar minutes, and business minutes."""
    return (None, None) if seconds is None else (seconds // 60, seconds // 60 * 5 // 21)


def _durations(life: TicketLife) -> list[Lasted]:
    """In the order of `DURATIONS`."""
    waited = life.updated - life.created
    reply = None if life.replied is None else max((life.replied - life.created) // 60, 1)
    worked = None if reply is None or life.work is None else min(life.work, reply)
    full = None if life.solved is None else life.solved - life.created
    first = None if full is None else full // (1 + life.reopens)
    seconds = (reply and reply * 60, worked and worked * 60)
    return [
        _lasted(waited // 3), _lasted(first), _lasted(full), _lasted(waited // 20), (reply, worked), seconds,
        _lasted(waited // 2),
    ]  # fmt: skip


class SeededHistory:
    """The history of the seeded tickets."""

    def __init__(self, seed_ids: SeedIds, tickets: SeededTickets) -> None:
        self.seed_ids = seed_ids
        self.tickets = tickets
        self.service = Service(seed_ids, tickets)

    def length(self, ticket: int) -> int:
        """The number of audits of a ticket; the first ticket has enough for several pages."""
        if ticket == 1:
            return min(self.seed_ids.rows, PER_TICKET - 1)
        return 1 if self.service.life(ticket).replied is None else 2 + hash32(self.seed_ids.seed, ticket, 6) % 2

    def when(self, ticket: int, place: int) -> int:
        """The time of an audit: the second is the first reply; later ones are spread up to the last update."""
        life = self.service.life(ticket)
        if place == 0:
            return life.created
        replied = life.replied or life.created
        return replied + (life.updated - replied) * (place - 1) // max(self.length(ticket) - 1, 1)

    def audit(self, ticket: int, place: int) -> Row:
        when = iso(self.when(ticket, place))
        author = self.tickets.requester(ticket) if place % 2 == 0 else self.seed_ids.agent(ticket + place)
        events = self._changes(ticket, place)
        if place % 3 != 2:
            events.insert(0, self._comment(ticket, place, author, when))
        return make_audit(ticket, place, author, when, events)

    def _comment(self, ticket: int, place: int, author: Any, when: str) -> Row:
        files = [make_attachment(ticket, place)] if (ticket * 7 + place) % 5 == 0 else []
        body = f"Comment {place + 1} on ticket {ticket}"
        if (ticket * 3 + place) % 11 == 5:
            return make_call(ticket, place, author, body, when)
        return make_comment(ticket, place, author, body, when, attachments=files, public=place % 4 != 3)

    def _changes(self, ticket: int, place: int) -> list[Row]:
        if place == 0:
            subject = self.tickets.subject(ticket)
            return [change(ticket, 0, 1, "subject", subject), change(ticket, 0, 2, "status", "new")]
        return [change(ticket, place, 1, "status", STATUSES[place % 5], STATUSES[(place - 1) % 5])]

    def metric(self, ticket: int) -> Row:
        row: Row = orjson.loads(self.metric_json(ticket))
        return row

    def metric_json(self, ticket: int) -> bytes:
        """The metric set of a ticket."""
        drawn = hash32(self.seed_ids.seed, ticket, 7)
        life = self.service.life(ticket)
        created, updated = moment(life.created), moment(life.updated)
        values = dict.fromkeys(EARLY, created) | dict.fromkeys(LATE, updated)
        for n, lasted in enumerate(_durations(life)):
            values[f"calendar{n}"], values[f"business{n}"] = map(printed, lasted)
        values |= {"id": b"%d" % (METRIC + ticket), "ticket_id": b"%d" % ticket}
        values["solved_at"] = NULL if life.solved is None else moment(life.solved)
        values["reopens"] = b"%d" % life.reopens
        values["replies"] = b"%d" % (0 if life.replied is None else 1 + drawn % 4)
        return _metric_pattern().fill(values)

    def metric_event(self, ticket: int, place: int) -> Row:
        kind, metric, instance, when = self.service.events(ticket)[place]
        row: Row = {
            "id": METRIC_EVENT + ticket * PER_TICKET + place, "ticket_id": ticket, "metric": metric,
            "instance_id": instance, "type": kind, "time": iso(when),
            "deleted": kind == "breach" and self.service.is_averted(ticket, metric, when),
        }  # fmt: skip
        if kind == "apply_sla":
            row["sla"] = self._sla(ticket, metric)
        elif kind == "update_status":
            calendar, business = _lasted(when - self.tickets.created(ticket))
            row["status"] = {"calendar": calendar, "business": business}
        return row

    def _sla(self, ticket: int, metric: str) -> Row:
        policy, minutes = self.service.policy(ticket), self.service.target(ticket, metric) or 0
        known = {"id": self.seed_ids.id_of("sla_policies", policy), "title": slas.title(policy), "description": None}
        return {"target": minutes, "business_hours": False, "target_in_seconds": minutes * 60, "policy": known}

    def metric_times(self, ticket: int) -> list[int]:
        """The times of the ticket's metric events."""
        return [when for _, _, _, when in self.service.events(ticket)]
