"""How the seeded tickets are served: when they are answered and solved, which targets are kept, who comes back."""

from __future__ import annotations

from math import log
from typing import NamedTuple

from integration_tests.emulator.data import slas
from integration_tests.emulator.data.seed_ids import Census, mix
from integration_tests.emulator.data.tickets import SeededTickets

DAY = 86400
OPENS, CLOSES = 8 * 3600, 18 * 3600
PACE = {"Support": 50, "Billing": 95, "Orders": 70, "Returns": 160, "Technical": 260, "VIP": 20}
"""Minutes of work until a typical first reply, by group."""
HURRY = {"urgent": 0.3, "high": 0.6, "normal": 1.0, "low": 2.0, None: 1.2}
UNTIL_CLOSED = 4 * DAY
"""Zendesk's default automation closes what has been solved for so long."""
Event = tuple[str, str, int, int]
"""Type, metric, instance, and when."""


def until_open(moment: int) -> int:
    """Seconds until somebody is at work, Monday to Friday."""
    day, second = divmod(moment, DAY)
    weekday = (day + 3) % 7
    if weekday < 5 and second < CLOSES:
        return max(OPENS - second, 0)
    return (7 - weekday if weekday >= 4 else 1) * DAY + OPENS - second


class Life(NamedTuple):
    """What became of a ticket; `work` is business minutes until the first reply. None for what has not come about."""

    created: int
    updated: int
    work: int | None
    replied: int | None
    solved: int | None
    reopens: int


class Service:
    """The service that ticket `n` got; all times lie between its creation and its last update."""

    def __init__(self, census: Census, tickets: SeededTickets) -> None:
        self.seed = census.seed
        self.policies = max(min(census.count("sla_policies"), len(slas.POLICIES)), 1)
        self.tickets = tickets
        self._last: tuple[int, Life] | None = None

    def life(self, ticket: int) -> Life:
        """All of it; what is asked of one ticket again and again is found out once."""
        if self._last is None or self._last[0] != ticket:
            self._last = (ticket, self._lived(ticket))
        return self._last[1]

    def _lived(self, ticket: int) -> Life:
        created, updated = self.tickets.created(ticket), self.tickets.updated(ticket)
        status, pace = self.tickets.status(ticket), PACE.get(self.tickets.group_name(ticket), 120)
        if status == "new":
            return Life(created, updated, None, None, None, 0)
        luck = (mix(self.seed, ticket, 8) % 1000 + 1) / 1001
        work = 1 + int(-log(luck) * pace * HURRY[self.tickets.priority(ticket)])
        replied = min(created + until_open(created) + work * 60, updated)
        if status not in ("solved", "closed"):
            return Life(created, updated, work, replied, None, 0)
        solved = updated if status == "solved" else max(updated - UNTIL_CLOSED, replied)
        return Life(created, updated, work, replied, solved, self._reopens(ticket, pace))

    def _reopens(self, ticket: int, pace: int) -> int:
        """How often the customer came back; more often to the groups that answer slowly."""
        often = 6 + pace // 15
        drawn = mix(self.seed, ticket, 9) % 100
        return 2 if drawn < often // 5 else int(drawn < often)

    def policy(self, ticket: int) -> int:
        """Which of the account's policies applies."""
        return mix(self.seed, ticket, 10) % self.policies

    def target(self, ticket: int, metric: str) -> int | None:
        """Minutes; None where nothing is promised."""
        priority = self.tickets.priority(ticket)
        return slas.target(self.policy(ticket), metric, priority) if priority else None

    def events(self, ticket: int) -> list[Event]:
        """The ticket's metric events in order; only some tickets are measured in both ways."""
        times = self._measured(ticket)
        found: list[Event] = []
        for metric, done in times.items():
            found.append(("activate", metric, 1, self.life(ticket).created))
            found += self._promise(ticket, metric, done)
            if done is not None:
                found += [("fulfill", metric, 1, done), ("update_status", metric, 1, done)]
        return sorted(found, key=lambda event: event[3])

    def _measured(self, ticket: int) -> dict[str, int | None]:
        """When each measured metric was fulfilled."""
        life = self.life(ticket)
        times = {"reply_time": life.replied}
        return times | {"requester_wait_time": life.solved} if ticket % 4 == 0 else times

    def _promise(self, ticket: int, metric: str, done: int | None) -> list[Event]:
        minutes = self.target(ticket, metric)
        if minutes is None:
            return []
        created = self.life(ticket).created
        due = created + minutes * 60
        applied: Event = ("apply_sla", metric, 1, created)
        told = ticket % 4 == 1 or not _kept(done, due)
        return [applied, ("breach", metric, 1, due)] if told else [applied]

    def averted(self, ticket: int, metric: str, due: int) -> bool:
        """Whether a breach never came: it was foretold, and is deleted since its target was met before."""
        return _kept(self._measured(ticket)[metric], due)


def _kept(done: int | None, due: int) -> bool:
    return done is not None and done <= due
