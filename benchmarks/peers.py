"""Tickets, users and comments beside Airbyte's connector, the Singer tap and dlt's source."""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.bench import Bench
from benchmarks.dlt_zendesk import RELEASE as DLT
from benchmarks.dlt_zendesk import Dlt, install_dlt
from benchmarks.measure import NOWHERE, Cost, measure
from benchmarks.pages import Listing
from benchmarks.report import Section
from benchmarks.rows import CUSTOM_FIELDS
from benchmarks.server import Plan
from benchmarks.singer import RELEASE as TAP
from benchmarks.singer import Tap, install_tap
from benchmarks.subjects import Environment, request_log
from benchmarks.workloads import TICKET, TICKETS, USERS, V2

COMMENTS_A_TICKET = 5
# The tap waits after each 460 tickets until 62 s have passed: `Tickets.sync` in its streams.py.
TAP_TICKETS = 1_000
# Paths that the discovery of the tap requests, and the keys of their rows.
DISCOVERED = {
    "channels/voice/phone_numbers": "phone_numbers", "group_memberships": "group_memberships", "groups": "groups",
    "incremental/organizations": "organizations", "incremental/ticket_metric_events": "ticket_metric_events",
    "macros": "macros", "organization_fields": "organization_fields", "satisfaction_ratings": "satisfaction_ratings",
    "search": "results", "slas/policies": "sla_policies", "tags": "tags", "ticket_forms": "ticket_forms",
    "user_fields": "user_fields",
}  # fmt: skip
# A large read has as many times the rows of the small one.
PAIR = 10
CHECKED_ROWS = 100
RECORD = re.compile(rb'^\{"type": ?"RECORD"', re.MULTILINE)
NOTE = (
    "The same account for each program: tickets with 30 custom fields and {comments} comments each, and users. The "
    "small read of a pair has a tenth of the rows; records/s and µs of CPU are the difference to it, so start-up is "
    "excluded. The CPU time is the main figure, since it depends less on other load of the machine. Requests and MB "
    "are those of the larger read. {singer} and {dlt} with its source `zendesk` ({commit}) have their default "
    "settings; the server sends the pages of 1,000 or 100 rows that they request. dlt only extracts: normalizing and "
    "loading would follow. dlt's source has no comments. The tap waits after each 460 tickets until 62 s have passed, "
    "whichever streams are selected."
)


class Program(Protocol):
    """A measured program."""

    @property
    def name(self) -> str:
        """The name in the table."""

    def read(self, at: Environment, environment: Mapping[str, str], streams: Sequence[str]) -> list[str]:
        """The command line that reads these streams."""


@dataclass(frozen=True)
class Work:
    """Some streams, with a number of records for each row of the first."""

    name: str
    streams: Sequence[str]
    records: int = 1


WORKS = (
    Work("tickets", ["tickets"]),
    Work("users", ["users"]),
    Work("tickets, ticket_comments", ["tickets", "ticket_comments"], 1 + COMMENTS_A_TICKET),
)


@dataclass(frozen=True)
class Read:
    """The cost of a read, and the number of its requests."""

    cost: Cost
    requests: int


def plan(rows: int) -> Plan:
    """The account: each program requests the tickets, users and comments by other paths."""
    audits = Listing("audits", "ticket_audit", COMMENTS_A_TICKET, max_page_size=100)
    events = Listing("ticket_events", "ticket_event", rows * COMMENTS_A_TICKET, is_by_time=True)
    fields = Listing("ticket_fields", "ticket_field", CUSTOM_FIELDS, max_page_size=100)
    discovered = {f"{V2}/{path}": Listing(key, "thing", 0) for path, key in DISCOVERED.items()}
    return Plan({
        **discovered,
        TICKETS: Listing("tickets", "exported_ticket", rows, is_export=True),
        f"{V2}/incremental/tickets": Listing("tickets", "exported_ticket", rows, is_by_time=True),
        USERS: Listing("users", "user", rows, is_export=True),
        f"{V2}/users": Listing("users", "user", rows, max_page_size=100),
        f"{V2}/incremental/ticket_events": events,
        f"{TICKET}/audits": audits,
        f"{V2}/tickets/1/audits": audits,
        f"{V2}/ticket_fields": fields,
    })  # fmt: skip


def section(bench: Bench) -> Section:
    """Each program reads each of the streams that it has."""
    dlt = install_dlt()
    programs: list[Program] = [bench.ours, *([bench.airbyte] if bench.airbyte else []), install_tap()]
    programs += [dlt] if dlt else []
    rows = []
    for work in WORKS:
        for program in programs:
            if isinstance(program, Dlt) and "ticket_comments" in work.streams:
                continue
            check(bench.at, work, program)
            size, rounds = _size(bench, work, program)
            reads = [_pair(bench.at, work, program, size) for _ in range(rounds)]
            rows.append(_row(work, program.name, size, reads))
            print(" | ".join(rows[-1]), file=sys.stderr)
    commit = f"commit {dlt.commit}" if dlt else "skipped: it could not be fetched"
    note = NOTE.format(comments=COMMENTS_A_TICKET, singer=TAP, dlt=DLT, commit=commit)
    columns = ("streams", "by", "records", "records/s", "µs of CPU", "requests per 1,000 rows", "MB")
    return Section("Other programs", note, columns, rows)


def check(at: Environment, work: Work, program: Program) -> None:
    """Raise RuntimeError if a program does not read every record of a small account."""
    output = at.folder / "output"
    _read(at, work, program, CHECKED_ROWS, output)
    found, expected = count_records(output), CHECKED_ROWS * work.records
    if found != expected:
        raise RuntimeError(f"{program.name} read {found} of {expected} records of {work.name}")


def count_records(output: Path) -> int:
    """The number of record messages, or the number that dlt prints."""
    content = output.read_bytes()
    return int(content.split()[0]) if content.endswith(b" extracted\n") else len(RECORD.findall(content))


def _size(bench: Bench, work: Work, program: Program) -> tuple[int, int]:
    """The rows of the larger read, and the rounds: few for slow programs."""
    if isinstance(program, Tap) and "tickets" in work.streams:
        return TAP_TICKETS, 1
    is_slow = isinstance(program, Tap) or program == bench.airbyte
    steps = bench.scale.airbyte_steps if is_slow else bench.scale.steps
    return steps * 1000, bench.scale.rounds


def _pair(at: Environment, work: Work, program: Program, rows: int) -> tuple[Read, Read]:
    """A small and a large read."""
    return _read(at, work, program, rows // PAIR), _read(at, work, program, rows)


def _read(at: Environment, work: Work, program: Program, rows: int, output: Path = NOWHERE) -> Read:
    with at.serve(plan(rows)) as environment:
        command = program.read(at, environment, work.streams)
        before = len(request_log(environment))
        cost = measure(command, environment, at.folder, output)
        return Read(cost, len(request_log(environment)) - before)


def _row(work: Work, name: str, size: int, pairs: Sequence[tuple[Read, Read]]) -> list[str]:
    """The differences between the fastest small and the fastest large read."""
    rows = size - size // PAIR
    small, large = zip(*pairs, strict=True)
    seconds = min(read.cost.seconds for read in large) - min(read.cost.seconds for read in small)
    cpu = min(read.cost.cpu for read in large) - min(read.cost.cpu for read in small)
    records = rows * work.records
    return [
        work.name,
        name,
        f"{records:,}",
        f"{records / seconds:,.0f}" if seconds > 0 else "?",
        f"{cpu / records * 1e6:,.1f}",
        f"{large[0].requests / size * 1000:,.1f}",
        f"{max(read.cost.megabytes for read in large):,.0f}",
    ]
