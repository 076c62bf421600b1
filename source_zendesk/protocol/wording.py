"""What is said of a sync to people."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from source_zendesk.messages.tally import Standing

MOST_NAMED = 5
# A shorter wait is over before it is read.
SHORTEST_HOLD = 1.0


def told(standing: Standing) -> str:
    """How far a sync has come, in a line."""
    return "; ".join(filter(None, (figures(standing), streams(standing), waiting(standing))))


def figures(standing: Standing) -> str:
    """Rows, their rate, requests and seconds."""
    rate, seconds = f"{_rate(standing):,.0f} rows/s", f"{standing.seconds:.0f} s"
    return f"{_rows(standing)}, {rate}, {_requests(standing)}, {seconds}"


def streams(standing: Standing) -> str:
    """The streams that are being read, with their rows, those with most rows first, and how many are done."""
    rows = standing.rows
    names = sorted(standing.running, key=lambda name: -rows.get(name, 0))
    named = [f"{name} {rows.get(name, 0):,}" for name in names[:MOST_NAMED]]
    rest = f" and {len(names) - len(named)} more" if len(names) > len(named) else ""
    return f"reading {', '.join(named) or 'nothing'}{rest}, {standing.ended} of {standing.selected} done"


def waiting(standing: Standing) -> str:
    """Until when Zendesk is waited for, by this machine's clock; empty where it is not."""
    if standing.held < SHORTEST_HOLD:
        return ""
    until = datetime.now().astimezone() + timedelta(seconds=standing.held)
    return f"waiting for Zendesk's rate limit until {until:%H:%M:%S %Z}"


def summary(standing: Standing) -> Iterator[str]:
    """What a sync has done, in a line, and a line for each stream that there is something to say of."""
    done = f"Read {_rows(standing)} of {standing.selected} {'stream' if standing.selected == 1 else 'streams'}"
    spent = f"in {standing.seconds:.0f} s ({_rate(standing):,.0f} rows/s) with {_requests(standing)}"
    yield f"{done} {spent}; {_waits(standing)}."
    yield from (f"{name}: {text}" for name, text in standing.remarks.items())
    yield from (f"{name}: failed" for name in standing.failed)
    yield from (f"{name}: not finished" for name in standing.running)


def _rows(standing: Standing) -> str:
    count = sum(standing.rows.values())
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def _requests(standing: Standing) -> str:
    return f"{standing.requests:,} {'request' if standing.requests == 1 else 'requests'}"


def _rate(standing: Standing) -> float:
    return sum(standing.rows.values()) / max(standing.seconds, 1.0)


def _waits(standing: Standing) -> str:
    if not standing.waits:
        return "no waits for the rate limit"
    times = "once" if standing.waits == 1 else f"{standing.waits} times"
    return f"waited {standing.waited:.0f} s for the rate limit, {times}"
