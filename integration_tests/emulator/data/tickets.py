"""The seeded tickets, each computed from its number, so that they do not fill the memory."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from itertools import accumulate
from math import sin, tau
from typing import Any

from integration_tests.emulator.data.field_values import values_by_id
from integration_tests.emulator.data.seed_ids import FIRST, SPAN, SeedIds, hash32
from integration_tests.emulator.data.shapes import shapes
from integration_tests.emulator.data.templates import NULL, Template, blank, inner, moment
from integration_tests.emulator.data.templates import number as printed
from integration_tests.emulator.data.values import HOST, TAGS, WORDS, Maker

PATTERNS = 48
STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
PRIORITIES = (None, "low", "normal", "high", "urgent")
TYPES = ("question", "incident", "problem", "task", None)
DELETED_EVERY = 25
BLANKS = (
    "id", "external_id", "created_at", "updated_at", "generated_timestamp", "requester_id", "submitter_id",
    "assignee_id", "group_id", "organization_id", "brand_id", "ticket_form_id", "due_at", "problem_id",
)  # fmt: skip
TICKET_REFERENCES = {
    "organization_id": "organizations",
    "brand_id": "brands",
    "ticket_form_id": "ticket_forms",
}
DELETED_BLANKS = ("id", "created_at", "updated_at", "generated_timestamp")
GROUPS = ("Support", "Billing", "Orders", "Returns", "Technical", "VIP")
"""The first groups of the account, which have most tickets."""
SHARES = (0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 4, 5)
ACTIVE_SHARE = 20
"""Of the newest twentieth of the tickets, and of one in eighty older ones, some are not closed."""
HOUR = 3600
HOURS = (1, 1, 1, 1, 1, 2, 4, 9, 20, 27, 29, 26, 19, 22, 26, 25, 21, 15, 9, 7, 6, 5, 3, 2)
DAYS = (29, 26, 24, 23, 21, 8, 6)
"""Relative number of new tickets by hour of the day and by day of the week, Monday first."""
ID_LISTS = ("collaborator_ids", "email_cc_ids", "follower_ids", "followup_ids", "macro_ids", "sharing_agreement_ids")


def is_deleted(number: int) -> bool:
    return number % DELETED_EVERY == 13


def group_name(index: int) -> str:
    return GROUPS[index] if index < len(GROUPS) else f"Group {index + 1}"


def is_messaging(number: int) -> bool:
    """Whether the ticket is from a messaging channel."""
    return number % PATTERNS % 8 == 1


def _type(pattern: int) -> str | None:
    return TYPES[pattern % len(TYPES)]


def _problem_back(pattern: int, patterns: int) -> int:
    """The distance from an incident of this pattern to its problem; 0 for other types."""
    if _type(pattern) != "incident":
        return 0
    return next((back for back in range(1, patterns) if _type((pattern - back) % patterns) == "problem"), 0)


WAVES = ((364 * 24 * HOUR, 0.25), (63 * 24 * HOUR, 0.2), (24 * 24 * HOUR, 0.15))
"""Seasonal variation: period in seconds, and amplitude."""


def _hours_of_a_week() -> list[int]:
    """The cumulative number of tickets before each hour of the week."""
    return [0, *accumulate(day * hour for day in DAYS for hour in HOURS)]


WEEK = _hours_of_a_week()


def to_busy_hours(offset: int) -> int:
    """An evenly distributed time, moved to busy weeks and hours; the order is unchanged."""
    offset += sum(int(long * share * sin(tau * offset / long) / tau) for long, share in WAVES)
    week, second = divmod(offset, 7 * 24 * HOUR)
    place = second * WEEK[-1] / (7 * 24 * HOUR)
    hour = bisect_right(WEEK, place) - 1
    within = (place - WEEK[hour]) / (WEEK[hour + 1] - WEEK[hour])
    return week * 7 * 24 * HOUR + hour * HOUR + int(within * HOUR)


class SeededTickets:
    """The seeded tickets 1 to `count`."""

    def __init__(self, seed_ids: SeedIds) -> None:
        self.seed_ids = seed_ids
        self.count = seed_ids.tickets
        self._agents = [seed_ids.agent(n) for n in range(max(seed_ids.count("users") // 4, 1))]
        self._end_users = [seed_ids.end_user(n) for n in range(max(seed_ids.count("users") // 2, 1))]
        self._references = [(name, self._ids(collection)) for name, collection in TICKET_REFERENCES.items()]
        self._created = array("q", map(self._created_at, range(1, self.count + 1)))
        self._groups = self._ids("groups")
        self._patterns = [Template(self._pattern(n)) for n in range(min(PATTERNS, max(self.count, 1)))]
        self._back = [_problem_back(n, len(self._patterns)) for n in range(len(self._patterns))]
        self._deleted = Template(
            {name: blank(name) for name in DELETED_BLANKS}
            | {"url": f"{HOST}/api/v2/tickets/{inner('id')}.json", "status": "deleted", "via": {"channel": "web"}}
            | {"subject": "SCRUBBED", "requester_id": None, "custom_fields": [], "tags": [], "type": None}
        )

    def _ids(self, collection: str) -> list[bytes]:
        ids = (self.seed_ids.id_of(collection, n) for n in range(self.seed_ids.count(collection)))
        return [printed(one) for one in ids] or [NULL]

    def created(self, number: int) -> int:
        return self._created[number - 1] if number <= self.count else self._created_at(number)

    def _created_at(self, number: int) -> int:
        within = hash32(self.seed_ids.seed, number, 13) % 1000
        return FIRST + to_busy_hours(((number - 1) * 1000 + within) * SPAN // (1000 * max(self.count, 1)))

    def status(self, number: int) -> str:
        """The status of a ticket; most old tickets are closed."""
        lively = number > self.count - self.count // ACTIVE_SHARE or hash32(self.seed_ids.seed, number, 11) % 80 == 0
        return STATUSES[number % len(STATUSES)] if lively or self.count < PATTERNS else "closed"

    def priority(self, number: int) -> str | None:
        return PRIORITIES[number % len(self._patterns) % len(PRIORITIES)]

    def _group(self, number: int) -> int:
        """The index of the ticket's group."""
        drawn = hash32(self.seed_ids.seed, number, 12)
        count = max(self.seed_ids.count("groups"), 1)
        return (drawn >> 8) % count if drawn % 16 == 0 else SHARES[drawn % len(SHARES)] % count

    def group_name(self, number: int) -> str:
        return group_name(self._group(number))

    def updated(self, number: int) -> int:
        return self.created(number) + 7200 + hash32(self.seed_ids.seed, number, 1) % (30 * 86400)

    def generated(self, number: int) -> int:
        """The `generated_timestamp`: system updates move it past `updated_at`, for every fifth ticket by days."""
        return self._generated(number, self.updated(number))

    def _generated(self, number: int, updated: int) -> int:
        drawn = hash32(self.seed_ids.seed, number, 2)
        return updated + (drawn % (20 * 86400) if drawn % 5 == 0 else drawn % 3)

    def json(self, number: int) -> bytes:
        """The serialized ticket of lists, or the exported form of a deleted one."""
        if is_deleted(number):
            return self._deleted.fill(self._times(number))
        return self.full_json(number)

    def full_json(self, number: int) -> bytes:
        """The serialized ticket before a deletion."""
        return self._patterns[number % len(self._patterns)].fill(self._values(number))

    def requester(self, number: int) -> Any:
        return self._end_users[hash32(self.seed_ids.seed, number, 3) % len(self._end_users)]

    def assignee(self, number: int) -> Any:
        drawn = hash32(self.seed_ids.seed, number, 4)
        return self._agents[drawn % len(self._agents)] if drawn % 6 else None

    def subject(self, number: int) -> str:
        return f"{WORDS[number % len(self._patterns) % 10].title()} ticket {number}"

    def _times(self, number: int) -> dict[str, bytes]:
        updated = self.updated(number)
        return {
            "id": printed(number),
            "created_at": moment(self.created(number)),
            "updated_at": moment(updated),
            "generated_timestamp": printed(self._generated(number, updated)),
        }

    def _values(self, number: int) -> dict[str, bytes]:
        drawn = hash32(self.seed_ids.seed, number, 5)
        values = self._times(number)
        values["requester_id"] = values["submitter_id"] = printed(self.requester(number))
        values["assignee_id"] = printed(self.assignee(number))
        values["external_id"] = b'"case-%d"' % number if drawn % 3 else NULL
        values["due_at"] = moment(self.updated(number) + 86400) if drawn % 11 == 0 else NULL
        for name, ids in self._references:
            values[name] = ids[drawn % len(ids)]
        groups = self._groups
        values["group_id"] = groups[self._group(number) % len(groups)]
        values["status"] = b'"%s"' % self.status(number).encode()
        if drawn % 7 == 0:
            values["organization_id"] = NULL
        back = self._back[number % len(self._patterns)]
        values["problem_id"] = printed(number - back) if back and number > back else NULL
        return values

    def _pattern(self, n: int) -> dict[str, Any]:
        maker = Maker(self.seed_ids, "tickets", n, n)
        row = maker.row(shapes()["tickets"])
        row.update({name: blank(name) for name in BLANKS})
        people = [self.seed_ids.end_user(n * 3 + k) for k in range(n % 4)]
        row.update({name: [] for name in ID_LISTS})
        row.update(
            email_cc_ids=people, collaborator_ids=people, follower_ids=[self.seed_ids.agent(n)] if n % 5 == 0 else []
        )
        row.update(self._words(n))
        return row

    def _words(self, n: int) -> dict[str, Any]:
        subject = f"{WORDS[n % 10].title()} ticket {inner('id')}"
        fields = values_by_id(self.seed_ids, "ticket_fields", n)
        return {
            "url": f"{HOST}/api/v2/tickets/{inner('id')}.json",
            "encoded_id": f"ENC-{inner('id')}",
            "subject": subject,
            "raw_subject": subject,
            "description": f"Description of {subject}: 100% “reproducible”,\nsee the order.",
            "status": blank("status"),
            "priority": PRIORITIES[n % 5],
            "type": TYPES[n % 5],
            "tags": sorted({TAGS[n % 10], TAGS[n * 3 % 10]}),
            "custom_fields": fields,
            "fields": fields,
            "satisfaction_rating": {"score": "unoffered"} if n % 2 else {"score": "good", "comment": "Thanks"},
            "via": {
                "channel": "native_messaging" if is_messaging(n) else "email",
                "source": {"from": {"address": "a@example.com"}, "to": {}, "rel": None},
            },
            "from_messaging_channel": is_messaging(n),
            "collaborators": [],
            "deleted_ticket_form_id": None,
            "via_followup_source_id": None,
            "forum_topic_id": None,
            "has_incidents": n % 5 == 2,
            "is_public": True,
        }
