"""Rate limits: thirty streams on a server with Zendesk's limits and headers."""

import math
from collections.abc import Sequence

from benchmarks.bench import Bench
from benchmarks.measure import measure
from benchmarks.pages import Listing
from benchmarks.report import Section
from benchmarks.server import Plan
from benchmarks.subjects import Request, request_log
from benchmarks.workloads import TICKETS, USERS, V2, plain_lists

# Pages of one row, so that the sync waits only for the limits; the requests fill seven windows.
LISTS, PAGES_A_LIST, PAGES_AN_EXPORT = 28, 21, 33
REQUESTS, EXPORTS = 100, 10
EXPORT = f"{V2}/incremental/"


def section(bench: Bench) -> Section:
    """One sync, measured by the server's request log."""
    window = bench.scale.window
    lists = dict(list(plain_lists(bench.ours.discover(bench.at, bench.at.environment)).items())[:LISTS])
    listings = {path: Listing(key, "thing", PAGES_A_LIST, max_page_size=1) for path, key in lists.values()}
    exports = {
        TICKETS: Listing("tickets", "ticket", PAGES_AN_EXPORT, is_export=True, max_page_size=1),
        USERS: Listing("users", "thing", PAGES_AN_EXPORT, is_export=True, max_page_size=1),
    }
    plan = Plan({**listings, **exports}, requests=REQUESTS, exports=EXPORTS, window=window)
    with bench.at.serve(plan) as environment:
        command = bench.ours.read(bench.at, environment, [*lists, "tickets", "users"])
        measure(command, environment, bench.at.folder)
        log = request_log(environment)
    rate_limits = {
        f"all ({REQUESTS} a window)": (log, REQUESTS),
        f"exports ({EXPORTS} a window)": ([requests for requests in log if requests[1].startswith(EXPORT)], EXPORTS),
    }
    minimum = max(_minimum_seconds(requests, allowed, window) for requests, allowed in rate_limits.values())
    seconds = log[-1][0] - log[0][0]
    cells = [_row(name, requests, allowed, seconds, window) for name, (requests, allowed) in rate_limits.items()]
    note = (
        f"{LISTS + 2} streams by the server's own log, with windows of {window} s; Zendesk's have 60 s. The time "
        f"from the first request to the last is {seconds:.1f} s, {seconds / minimum:.2f} times the minimum under these "
        "limits."
    )
    columns = ("limit", "requests", "used in all windows but the last", "refused (429)")
    return Section("Rate budget", note, columns, cells)


def _successful(log: Sequence[Request]) -> int:
    return sum(status != 429 for _, _, status in log)


def _minimum_seconds(log: Sequence[Request], allowed: int, window: float) -> float:
    """Seconds between first and last request if every window is used up at its start."""
    return (math.ceil(_successful(log) / allowed) - 1) * window


def _row(name: str, log: Sequence[Request], allowed: int, seconds: float, window: float) -> list[str]:
    windows = int(seconds / window)
    used = _successful([requests for requests in log if requests[0] < log[0][0] + windows * window])
    return [name, f"{_successful(log)}", f"{used / (allowed * windows):.0%}", f"{len(log) - _successful(log)}"]
