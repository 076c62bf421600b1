"""The rate budget: thirty streams on a server with limits and headers as Zendesk's."""

import json
import math
import ssl
import urllib.request
from collections.abc import Mapping, Sequence

from benchmarks.bench import Bench
from benchmarks.measure import measured
from benchmarks.pages import Listing
from benchmarks.report import Section
from benchmarks.server import LOG, Plan
from benchmarks.workloads import TICKETS, USERS, V2, lists_of_ours

# Pages of one row, so that the limits are all that there is to wait for; together they fill seven windows.
LISTS, PAGES_A_LIST, PAGES_AN_EXPORT = 28, 21, 33
REQUESTS, EXPORTS = 100, 10
EXPORT = f"{V2}/incremental/"
Request = tuple[float, str, int]


def section(bench: Bench) -> Section:
    """One sync, judged by what the server saw."""
    window = bench.scale.window
    lists = dict(list(lists_of_ours(bench.ours.discovered(bench.at, bench.at.environment)).items())[:LISTS])
    listings = {path: Listing(key, "thing", PAGES_A_LIST, most=1) for path, key in lists.values()}
    exports = {
        TICKETS: Listing("tickets", "ticket", PAGES_AN_EXPORT, is_export=True, most=1),
        USERS: Listing("users", "thing", PAGES_AN_EXPORT, is_export=True, most=1),
    }
    plan = Plan({**listings, **exports}, requests=REQUESTS, exports=EXPORTS, window=window)
    with bench.at.serving(plan) as environment:
        command = bench.ours.read(bench.at, environment, [*lists, "tickets", "users"])
        measured(command, environment, bench.at.folder)
        log = _log(environment)
    rate_limits = {
        f"all ({REQUESTS} a window)": (log, REQUESTS),
        f"exports ({EXPORTS} a window)": ([asked for asked in log if asked[1].startswith(EXPORT)], EXPORTS),
    }
    least = max(_least(asked, allowed, window) for asked, allowed in rate_limits.values())
    took = log[-1][0] - log[0][0]
    cells = [_row(name, asked, allowed, took, window) for name, (asked, allowed) in rate_limits.items()]
    note = (
        f"{LISTS + 2} streams by the server's own log, with windows of {window} s in the place of Zendesk's 60. From "
        f"the first request to the last {took:.1f} s, which is {took / least:.2f} of the least that these limits allow."
    )
    columns = ("bucket", "requests", "used in all windows but the last", "refused (429)")
    return Section("Rate budget", note, columns, cells)


def _log(environment: Mapping[str, str]) -> list[Request]:
    """What the server was asked."""
    trusted = ssl.create_default_context(cafile=environment["BENCH_TRUSTED"])
    trusted.check_hostname = False
    address = f"https://127.0.0.1:{environment['BENCH_PORT']}{LOG}"
    with urllib.request.urlopen(address, context=trusted) as answer:
        return [(moment, path, status) for moment, path, status in json.load(answer)]


def _served(log: Sequence[Request]) -> int:
    return sum(status != 429 for _, _, status in log)


def _least(log: Sequence[Request], allowed: int, window: float) -> float:
    """Seconds between first and last request, had every window been used up from its first moment on."""
    return (math.ceil(_served(log) / allowed) - 1) * window


def _row(name: str, log: Sequence[Request], allowed: int, took: float, window: float) -> list[str]:
    whole = int(took / window)
    used = _served([asked for asked in log if asked[0] < log[0][0] + whole * window])
    return [name, f"{_served(log)}", f"{used / (allowed * whole):.0%}", f"{len(log) - _served(log)}"]
