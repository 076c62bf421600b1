"""Service times of the seeded tickets: first reply, solution, SLA targets and reopens."""

from __future__ import annotations

from math import log
from typing import NamedTuple

from integration_tests.emulator.data import slas
from integration_tests.emulator.data.seed_ids import SeedIds, hash32
from integration_tests.emulator.data.tickets import SeededTickets

DAY = 86400
OPENS, CLOSES = 8 * 3600, 18 * 3600
PACE = {"Support": 50, "Billing": 95, "Orders": 70, "Returns": 160, "Technical": 260, "VIP": 20}
"""Business minutes until a typical first reply, by group."""
HURRY = {"urgent": 0.3, "high": 0.6, "normal": 1.0, "low": 2.0, None: 1.2}
UNTIL_CLOSED = 4 * DAY
"""Seconds after which Zendesk's default automation closes a solved ticket."""
Event = tuple[str, str, int, int]
"""Type, metric, instance and time."""


def until_open(moment: int) -> int:
    """Seconds until the next business hour, Monday to Friday."""
    day, second = divmod(moment, DAY)
    weekday = (day + 3) % 7
    if weekday < 5 and second < CLOSES:
        return max(OPENS - second, 0)
    return (7 - weekday if weekday >= 4 else 1) * DAY + OPENS - second


class TicketLife(NamedTuple):
    """Times of a ticket; `work` is business minutes until the first reply. None for events that have not occurred."""

    created: int
    updated: int
    work: int | None
    replied: int | None
    solved: int | None
    reopens: int


class Service:
    """Service times of the seeded tickets, all between creation and last update."""

    def __init__(self, seed_ids: SeedIds, tickets: SeededTickets) -> None:
        self.seed = seed_ids.seed
        self.policies = max(min(seed_ids.count("sla_policies"), len(slas.POLICIES)), 1)
        self.tickets = tickets
        self._last: tuple[int, TicketLife] | None = None

    def life(self, ticket: int) -> TicketLife:
        """The times of a ticket; the last result is cached."""
        if self._last is None or self._last[0] != ticket:
            self._last = (ticket, self._make_life(ticket))
        return self._last[1]

    def _make_life(self, ticket: int) -> TicketLife:
        created, updated = self.tickets.created(ticket), self.tickets.updated(ticket)
        status, pace = self.tickets.status(ticket), PACE.get(self.tickets.group_name(ticket), 120)
        if status == "new":
            return TicketLife(created, updated, None, None, None, 0)
        luck = (hash32(self.seed, ticket, 8) % 1000 + 1) / 1001
        work = 1 + int(-log(luck) * pace * HURRY[self.tickets.priority(ticket)])
        replied = min(created + until_open(created) + work * 60, updated)
        if status not in ("solved", "closed"):
            return TicketLife(created, updated, work, replied, None, 0)
        solved = updated if status == "solved" else max(updated - UNTIL_CLOSED, replied)
        return TicketLife(created, updated, work, replied, solved, self._reopens(ticket, pace))

    def _reopens(self, ticket: int, pace: int) -> int:
        """The number of reopens; slow groups have more."""
        percent = 6 + pace // 15
        drawn = hash32(self.seed, ticket, 9) % 100
        return 2 if drawn < percent // 5 else int(drawn < percent)

    def policy(self, ticket: int) -> int:
        """The index of the SLA policy that applies."""
        return hash32(self.seed, ticket, 10) % self.policies

    def target(self, ticket: int, metric: str) -> int | None:
        """The SLA target in minutes; None without one."""
        priority = self.tickets.priority(ticket)
        return slas.target(self.policy(ticket), metric, priority) if priority else None

    def events(self, ticket: int) -> list[Event]:
        """The ticket's metric events by time; only some tickets have both metrics."""
        times = self._fulfilled_at(ticket)
        found: list[Event] = []
        for metric, done in times.items():
            found.append(("activate", metric, 1, self.life(ticket).created))
            found += self._sla_events(ticket, metric, done)
            if done is not None:
                found += [("fulfill", metric, 1, done), ("update_status", metric, 1, done)]
        return sorted(found, key=lambda event: event[3])

    def _fulfilled_at(self, ticket: int) -> dict[str, int | None]:
        """The fulfillment time of each metric of the ticket."""
        life = self.life(ticket)
        times = {"reply_time": life.replied}
        return times | {"requester_wait_time": life.solved} if ticket % 4 == 0 else times

    def _sla_events(self, ticket: int, metric: str, done: int | None) -> list[Event]:
        minutes = self.target(ticket, metric)
        if minutes is None:
            return []
        created = self.life(ticket).created
        due = created + minutes * 60
        applied: Event = ("apply_sla", metric, 1, created)
        is_predicted = ticket % 4 == 1 or not _is_met(done, due)
        return [applied, ("breach", metric, 1, due)] if is_predicted else [applied]

    def is_averted(self, ticket: int, metric: str, due: int) -> bool:
        """Whether a predicted breach is deleted, because its target was met in time."""
        return _is_met(self._fulfilled_at(ticket)[metric], due)


def _is_met(done: int | None, due: int) -> bool:
    return done is not None and done <= due
