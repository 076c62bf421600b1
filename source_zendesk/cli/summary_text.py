"""Progress lines and the summary of a sync."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from source_zendesk.output.sync_stats import StatsSnapshot
from source_zendesk.printable import join_first

MAX_NAMED = 5
# Shorter waits are not shown.
SHORTEST_WAIT = 1.0


def progress_line(snapshot: StatsSnapshot) -> str:
    """The progress of a sync in one line."""
    return "; ".join(filter(None, (figures(snapshot), streams(snapshot), waiting(snapshot))))


def figures(snapshot: StatsSnapshot) -> str:
    """Rows, rows per second, requests and seconds."""
    rate, seconds = f"{_rate(snapshot):,.0f} rows/s", f"{snapshot.seconds:.0f} s"
    return f"{_rows(snapshot)}, {rate}, {_requests(snapshot)}, {seconds}"


def streams(snapshot: StatsSnapshot) -> str:
    """The running streams with their rows, those with the most rows first, and the number of completed streams."""
    rows = snapshot.rows
    names = sorted(snapshot.running, key=lambda name: -rows.get(name, 0))
    shown = join_first([f"{name} {rows.get(name, 0):,}" for name in names], MAX_NAMED)
    return f"reading {shown or 'nothing'}, {snapshot.ended} of {snapshot.selected} done"


def waiting(snapshot: StatsSnapshot) -> str:
    """The local time until which a rate limit delays requests; empty without a wait."""
    if snapshot.remaining_wait < SHORTEST_WAIT:
        return ""
    until = datetime.now().astimezone() + timedelta(seconds=snapshot.remaining_wait)
    return f"waiting for Zendesk's rate limit until {until:%H:%M:%S %Z}"


def summary(snapshot: StatsSnapshot) -> Iterator[str]:
    """A line about the sync, then a line for each stream that has a note, failed or did not finish."""
    done = f"Read {_rows(snapshot)} of {snapshot.selected} {'stream' if snapshot.selected == 1 else 'streams'}"
    spent = f"in {snapshot.seconds:.0f} s ({_rate(snapshot):,.0f} rows/s) with {_requests(snapshot)}"
    yield f"{done} {spent}; {_waits(snapshot)}."
    yield from (f"{name}: {text}" for name, text in snapshot.notes.items())
    yield from (f"{name}: failed" for name in snapshot.failed)
    yield from (f"{name}: not finished" for name in snapshot.running)


def _rows(snapshot: StatsSnapshot) -> str:
    count = sum(snapshot.rows.values())
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def _requests(snapshot: StatsSnapshot) -> str:
    return f"{snapshot.requests:,} {'request' if snapshot.requests == 1 else 'requests'}"


def _rate(snapshot: StatsSnapshot) -> float:
    return sum(snapshot.rows.values()) / max(snapshot.seconds, 1.0)


def _waits(snapshot: StatsSnapshot) -> str:
    if not snapshot.waits:
        return "no waits for the rate limit"
    times = "once" if snapshot.waits == 1 else f"{snapshot.waits} times"
    return f"waited {snapshot.waited:.0f} s for the rate limit, {times}"
