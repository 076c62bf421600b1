"""Prints docs/streams.md, with the requests of a sync: `python -m tools.streams_page`."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping

from source_zendesk.endpoints import render_markdown
from source_zendesk.http.endpoint_limits import EndpointLimits
from source_zendesk.manifest import Manifest
from source_zendesk.manifest.catalog_policy import recommended_endpoints
from source_zendesk.stdout import print_text
from tools.assumed_account import ASSUMPTIONS, CHANGED_A_DAY, AssumedAccount
from tools.request_model import RequestModel

SIZES = (10_000, 100_000, 1_000_000)
PLANS = {200: 10, 400: 10, 700: 10, 2500: 30}
"""Requests a minute of the plans, and the incremental exports that they may contain."""
EXPORTS = "incremental-exports"
OWN_LIMITS = {
    "talk-exports": 10,
    "/api/v2/deleted_tickets": 10,
    "/api/v2/tickets/side_conversations/events": 60,
    "agent-availability": 300,
    "talk": 3000,
}
"""Documented requests a minute of endpoints and products with a limit of their own. All others have the plan's."""
USED_BY_CONNECTOR = 0.95
LARGEST_STREAMS = 12

Syncs = Mapping[tuple[int, str], Counter[str]]
"""The requests of each stream, by the number of tickets and the kind of sync."""


def compute_syncs(manifest: Manifest, names: list[str]) -> Syncs:
    """A first and a daily sync of streams, for each size of account."""
    models = {tickets: RequestModel(manifest, names, AssumedAccount(tickets)) for tickets in SIZES}
    return {
        (tickets, kind): requests
        for tickets, model in models.items()
        for kind, requests in (("first", model.first_sync()), ("daily", model.later_sync()))
    }


def count_by_limit(requests: Counter[str], manifest: Manifest) -> Counter[str]:
    """The requests under each rate limit."""
    limits = EndpointLimits.from_definitions(manifest.content["definitions"])
    by_limit: Counter[str] = Counter()
    for stream, count in requests.items():
        of_path = limits.for_path(manifest.endpoints[stream].path)
        for name in {of_path.account, *of_path.scarce}:
            by_limit[name] += count
    return by_limit


def least_minutes(by_limit: Counter[str], plan: int) -> int:
    """The minutes that the limits of a plan allow at least; requests under different limits run at the same time."""
    allowed = {**OWN_LIMITS, EXPORTS: PLANS[plan]}
    return math.ceil(max(count / allowed.get(name, plan) for name, count in by_limit.items()) / USED_BY_CONNECTOR)


def render_section(manifest: Manifest) -> str:
    """The section about the requests of a sync."""
    names = [each.name for each in recommended_endpoints(manifest.endpoints)]
    syncs = compute_syncs(manifest, names)
    return f"""
## Requests of a sync

The requests of all {len(names)} recommended streams in one sync, for an account that uses every product, with a
`start_date` before its first ticket. If the account lacks a product, each of its lists takes one request. *least time*
is what the rate limits allow, at 200 to 2,500 requests a minute. Incremental exports, Help Center, Talk and the other
endpoints have separate limits, and run at the same time.

{"".join(_total_rows(syncs, manifest))}
The streams with the most requests. Streams with the same pages, such as `tickets` and `ticket_metrics`, count once.
In addition, a daily sync of `ticket_comments` takes a request for each ticket with a comment that was redacted or
became public or private. `reconciliation`, if selected, takes two for each stream that Zendesk counts.

{"".join(_stream_rows(syncs))}
`tools/request_model.py` computes these numbers from the entries of the manifest. A test compares it with the requests
that the emulator receives: they differ by less than 2%. The accounts have the following rows. In a day,
{CHANGED_A_DAY:.1%} of them are added or changed.

{"".join(_assumption_rows())}"""


def _total_rows(syncs: Syncs, manifest: Manifest) -> Iterator[str]:
    yield from _head(
        "tickets", "sync", "requests", "incremental exports", *(f"least time at {plan:,}" for plan in PLANS)
    )
    for (tickets, kind), requests in syncs.items():
        by_limit = count_by_limit(requests, manifest)
        times = (_format_minutes(least_minutes(by_limit, plan)) for plan in PLANS)
        yield _row(f"{tickets:,}", kind, requests.total(), by_limit[EXPORTS], *times)


def _stream_rows(syncs: Syncs) -> Iterator[str]:
    yield from _head("requests of", *(f"{kind}, {tickets:,}" for tickets, kind in syncs))
    largest = syncs[max(SIZES), "first"]
    ranked = sorted(largest, key=lambda name: (-largest[name], name))
    for name in ranked[:LARGEST_STREAMS]:
        yield _row(f"`{name}`", *(requests[name] for requests in syncs.values()))
    others = ranked[LARGEST_STREAMS:]
    yield _row(f"{len(others)} others", *(sum(requests[name] for name in others) for requests in syncs.values()))


def _assumption_rows() -> Iterator[str]:
    yield from _head("rows", *(f"{tickets:,} tickets" for tickets in SIZES))
    for each in ASSUMPTIONS:
        yield _row(each.objects, *map(each.rows, SIZES))


def _head(*columns: str) -> Iterator[str]:
    yield _row(*columns)
    yield _row("---", *["---:"] * (len(columns) - 1))


def _row(*cells: object) -> str:
    return "| " + " | ".join(f"{each:,}" if isinstance(each, int) else str(each) for each in cells) + " |\n"


def _format_minutes(minutes: int) -> str:
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02} min"


def render_page() -> str:
    """The text of docs/streams.md."""
    return render_markdown(render_section(Manifest.load()))


if __name__ == "__main__":
    print_text(render_page())
