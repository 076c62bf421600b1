"""How the seeded tickets are served: when they are answered and solved, which targets are kept, who comes back."""

from __future__ import annotations

from math import log

from integration_tests.emulator.data import slas
from integration_tests.emulator.data.census import Census, mix
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


class Service:
    """The service that ticket `n` got; all times lie between its creation and its last update."""

    def __init__(self, census: Census, tickets: SeededTickets) -> None:
        self.seed = census.seed
        self.policies = max(min(census.count("sla_policies"), len(slas.POLICIES)), 1)
        self.tickets = tickets

    def work_minutes(self, ticket: int) -> int | None:
        """Business minutes to the first reply; None where there was none yet."""
        if self.tickets.status(ticket) == "new":
            return None
        luck = (mix(self.seed, ticket, 8) % 1000 + 1) / 1001
        pace = PACE.get(self.tickets.group_name(ticket), 120) * HURRY[self.tickets.priority(ticket)]
        return 1 + int(-log(luck) * pace)

    def replied(self, ticket: int) -> int | None:
        """When the first reply was sent."""
        minutes = self.work_minutes(ticket)
        created = self.tickets.created(ticket)
        if minutes is None:
            return None
        return min(created + until_open(created) + minutes * 60, self.tickets.updated(ticket))

    def solved(self, ticket: int) -> int | None:
        """When it was solved for the last time; None while it is open."""
        status, updated = self.tickets.status(ticket), self.tickets.updated(ticket)
        if status == "solved":
            return updated
        if status != "closed":
            return None
        return max(updated - UNTIL_CLOSED, self.replied(ticket) or 0)

    def reopens(self, ticket: int) -> int:
        """How often the customer came back; more often to the groups that answer slowly."""
        if self.solved(ticket) is None:
            return 0
        often = 6 + PACE.get(self.tickets.group_name(ticket), 60) // 15
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
            found.append(("activate", metric, 1, self.tickets.created(ticket)))
            found += self._promise(ticket, metric, done)
            if done is not None:
                found += [("fulfill", metric, 1, done), ("update_status", metric, 1, done)]
        return sorted(found, key=lambda event: event[3])

    def _measured(self, ticket: int) -> dict[str, int | None]:
        """When each measured metric was fulfilled."""
        times = {"reply_time": self.replied(ticket)}
        return times | {"requester_wait_time": self.solved(ticket)} if ticket % 4 == 0 else times

    def _promise(self, ticket: int, metric: str, done: int | None) -> list[Event]:
        minutes = self.target(ticket, metric)
        if minutes is None:
            return []
        created = self.tickets.created(ticket)
        due = created + minutes * 60
        applied: Event = ("apply_sla", metric, 1, created)
        told = ticket % 4 == 1 or not _kept(done, due)
        return [applied, ("breach", metric, 1, due)] if told else [applied]

    def averted(self, ticket: int, metric: str, due: int) -> bool:
        """Whether a breach never came: it was foretold, and is deleted since its target was met before."""
        return _kept(self._measured(ticket)[metric], due)


def _kept(done: int | None, due: int) -> bool:
    return done is not None and done <= due
