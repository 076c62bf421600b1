"""Slow responses: how much of a rate limit a sync uses, and how long it takes, at several latencies and limits."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks.bench import Bench
from benchmarks.measure import measure
from benchmarks.pages import Listing
from benchmarks.report import Section
from benchmarks.server import Plan
from benchmarks.subjects import Connector, Environment, Request, request_log
from benchmarks.workloads import BRANDS, LISTS, TICKET, TICKETS, V2, list_key, plain_lists
from source_zendesk.http.endpoint_limits import EndpointLimits
from source_zendesk.http.limit_headers import ACCOUNT
from source_zendesk.manifest import Manifest

LIMITS = EndpointLimits.from_definitions(Manifest.load().content["definitions"])
# The seconds of Zendesk's windows, of which the requests fill so many.
WINDOW, WINDOWS = 60, 2.6
# The share of a limit that the connector uses.
USED = 0.95
# Syncs wait most of the time, so some of them fit on the machine at the same time.
AT_THE_SAME_TIME = 3
SHORT_LISTS, PAGES_A_LIST, ROWS_A_PAGE = 40, 2, 100
LONG_LIST, CHILDREN, EXPORTS = "organization_memberships", "list_ticket_comments", 10
# The time that the pages of the longest list take, one after the other, as a share of the least time.
LONGEST_CHAIN = 0.8
COLUMNS = (
    "by", "a minute", "ms", "requests", "least time, s", "time, s", "ratio", "used from the second minute on", "429",
    "MB",
)  # fmt: skip


@dataclass(frozen=True)
class Work:
    """The streams that one connector reads, and the pages of the longest list."""

    connector: Connector
    streams: Sequence[str]
    paths: Mapping[str, Listing]
    longest: int


@dataclass(frozen=True)
class Conditions:
    """The requests that a minute allows, and the seconds that a response takes."""

    requests: int
    latency: float

    @property
    def total(self) -> int:
        """The requests that fill the windows."""
        return round(self.requests * USED * WINDOWS)

    @property
    def least_seconds(self) -> float:
        """The time in which the limit allows them."""
        return self.total / (self.requests * USED) * WINDOW


def section(bench: Bench) -> Section:
    """A sync for each limit and latency, and one beside Airbyte's connector."""
    conditions = [Conditions(limit, latency) for limit in bench.scale.limits for latency in bench.scale.latencies]
    works = [(each, _all_kinds(bench, each)) for each in conditions]
    if bench.airbyte:
        middle = conditions[len(conditions) // 2]
        works += [(middle, _lists_of_both(connector, middle)) for connector in (bench.ours, bench.airbyte)]
    with ThreadPoolExecutor(AT_THE_SAME_TIME) as pool:
        rows = list(pool.map(lambda pair: _measure(bench.at, *pair), works))
    note = (
        f"The requests fill {WINDOWS} windows of {WINDOW} s: {SHORT_LISTS} short lists, {LONG_LIST}, whose pages take "
        f"{LONGEST_CHAIN:.0%} of the least time one after the other, tickets, and one request for each ticket. Half of "
        "them are of the last kind at least. The limit is one for the last seconds, as in the emulator. The least time "
        f"is that in which {USED:.0%} of the limit allows the requests, or that of the longest list if it is longer. "
        f"The last rows are {len(LISTS)} lists of the same length, which both connectors have."
    )
    return Section("Latency", note, COLUMNS, rows)


def _all_kinds(bench: Bench, conditions: Conditions) -> Work:
    """Short lists, one long list, an export, and a request for each of its rows."""
    offered = bench.ours.discover(bench.at, bench.at.environment)
    lists = {name: found for name, found in plain_lists(offered).items() if _has_account_limit_only(found[0])}
    lists.pop(LONG_LIST)
    short = dict(list(lists.items())[:SHORT_LISTS])
    longest = min(round(conditions.least_seconds * LONGEST_CHAIN / conditions.latency), conditions.total // 3)
    tickets = max(conditions.total - longest - len(short) * PAGES_A_LIST, 1)
    paths = {path: Listing(key, "thing", PAGES_A_LIST * ROWS_A_PAGE) for path, key in short.values()}
    paths[f"{V2}/{LONG_LIST}"] = Listing(LONG_LIST, "membership", longest * ROWS_A_PAGE)
    paths[TICKETS] = Listing("tickets", "ticket", tickets, is_export=True)
    paths[f"{TICKET}/comments"] = Listing("comments", "comment", 1)
    return Work(bench.ours, [*short, LONG_LIST, "tickets", CHILDREN], paths, longest)


def _has_account_limit_only(path: str) -> bool:
    limits = LIMITS.for_path(path)
    return limits.account == ACCOUNT and not limits.scarce


def _lists_of_both(connector: Connector, conditions: Conditions) -> Work:
    """Lists of the same length."""
    pages = conditions.total // len(LISTS)
    paths = {
        f"{V2}/{path}": Listing(list_key(name, path), "thing", pages * ROWS_A_PAGE) for name, path in LISTS.items()
    }
    return Work(connector, list(LISTS), {**BRANDS, **paths}, pages)


def _measure(at: Environment, conditions: Conditions, work: Work) -> list[str]:
    plan = Plan(dict(work.paths), conditions.requests, EXPORTS, WINDOW, conditions.latency)
    folder = at.folder / f"{work.connector.name}_{len(work.streams)}_{conditions.requests}_{conditions.latency}"
    folder.mkdir()
    own = Environment(folder)
    with own.serve(plan) as environment:
        cost = measure(work.connector.read(own, environment, work.streams), environment, folder)
        log = request_log(environment)
    return _row(conditions, work, log, cost.megabytes)


def _row(conditions: Conditions, work: Work, log: Sequence[Request], megabytes: float) -> list[str]:
    start, seconds = log[0][0], log[-1][0] - log[0][0]
    sent = [moment - start for moment, _, status in log if status != 429]
    least = max(len(sent) / (conditions.requests * USED) * WINDOW, work.longest * conditions.latency)
    end = seconds // WINDOW * WINDOW
    later = sum(WINDOW <= moment < end for moment in sent)
    windows = end / WINDOW - 1
    used = f"{later / (conditions.requests * windows):.0%}" if windows > 0 else ""
    return [
        work.connector.name,
        f"{conditions.requests:,}",
        f"{conditions.latency * 1000:,.0f}",
        f"{len(sent):,}",
        f"{least:.0f}",
        f"{seconds:.0f}",
        f"{seconds / least:.2f}",
        used,
        f"{len(log) - len(sent)}",
        f"{megabytes:.0f}",
    ]
