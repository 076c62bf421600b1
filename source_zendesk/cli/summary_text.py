"""Progress lines and the summary of a sync."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from source_zendesk.output.sync_stats import StatsSnapshot

MAX_NAMED = 5
# A shorter wait is over before it is read.
SHORTEST_WAIT = 1.0


def progress_line(standing: StatsSnapshot) -> str:
    """How far a sync has come, in a line."""
    return "; ".join(filter(None, (figures(standing), streams(standing), waiting(standing))))


def figures(standing: StatsSnapshot) -> str:
    """Rows, their rate, requests and seconds."""
    rate, seconds = f"{_rate(standing):,.0f} rows/s", f"{standing.seconds:.0f} s"
    return f"{_rows(standing)}, {rate}, {_requests(standing)}, {seconds}"


def streams(standing: StatsSnapshot) -> str:
    """The streams that are being read, with their rows, those with most rows first, and how many are done."""
    rows = standing.rows
    names = sorted(standing.running, key=lambda name: -rows.get(name, 0))
    named = [f"{name} {rows.get(name, 0):,}" for name in names[:MAX_NAMED]]
    rest = f" and {len(names) - len(named)} more" if len(names) > len(named) else ""
    return f"reading {', '.join(named) or 'nothing'}{rest}, {standing.ended} of {standing.selected} done"


def waiting(standing: StatsSnapshot) -> str:
    """Until when Zendesk is waited for, by this machine's clock; empty where it is not."""
    if standing.remaining_wait < SHORTEST_WAIT:
        return ""
    until = datetime.now().astimezone() + timedelta(seconds=standing.remaining_wait)
    return f"waiting for Zendesk's rate limit until {until:%H:%M:%S %Z}"


def summary(standing: StatsSnapshot) -> Iterator[str]:
    """What a sync has done, in a line, and a line for each stream that there is something to say of."""
    done = f"Read {_rows(standing)} of {standing.selected} {'stream' if standing.selected == 1 else 'streams'}"
    spent = f"in {standing.seconds:.0f} s ({_rate(standing):,.0f} rows/s) with {_requests(standing)}"
    yield f"{done} {spent}; {_waits(standing)}."
    yield from (f"{name}: {text}" for name, text in standing.notes.items())
    yield from (f"{name}: failed" for name in standing.failed)
    yield from (f"{name}: not finished" for name in standing.running)


def _rows(standing: StatsSnapshot) -> str:
    count = sum(standing.rows.values())
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def _requests(standing: StatsSnapshot) -> str:
    return f"{standing.requests:,} {'request' if standing.requests == 1 else 'requests'}"


def _rate(standing: StatsSnapshot) -> float:
    return sum(standing.rows.values()) / max(standing.seconds, 1.0)


def _waits(standing: StatsSnapshot) -> str:
    if not standing.waits:
        return "no waits for the rate limit"
    times = "once" if standing.waits == 1 else f"{standing.waits} times"
    return f"waited {standing.waited:.0f} s for the rate limit, {times}"
