"""Progress lines and the summary of a sync."""

import argparse
from collections.abc import Iterator
from datetime import datetime, timedelta

from source_zendesk.output.sync_stats import StatsSnapshot
from source_zendesk.printable import count_of, join_first

MAX_NAMED = 5
# Shorter waits are not shown.
SHORTEST_WAIT = 1.0


def progress_line(snapshot: StatsSnapshot) -> str:
    """The progress of a sync in one line."""
    return "; ".join(filter(None, (figures(snapshot), streams(snapshot), waiting(snapshot))))


def figures(snapshot: StatsSnapshot) -> str:
    """Rows, rows per second, requests and seconds."""
    requests = count_of(snapshot.requests, "request")
    return f"{_rows(snapshot)}, {_rate(snapshot)}, {requests}, {snapshot.seconds:.0f} s"


def streams(snapshot: StatsSnapshot) -> str:
    """The running streams with their rows, those with the most rows first, and the number of completed streams."""
    rows = snapshot.rows
    names = sorted(snapshot.running, key=lambda name: -rows.get(name, 0))
    shown = join_first([f"{name} {rows.get(name, 0):,}" for name in names], MAX_NAMED)
    reading = f"reading {shown}, " if shown else ""
    return f"{reading}{snapshot.ended} of {snapshot.selected} done"


def waiting(snapshot: StatsSnapshot) -> str:
    """The local time until which a rate limit delays requests; empty without a wait."""
    if snapshot.remaining_wait < SHORTEST_WAIT:
        return ""
    until = datetime.now().astimezone() + timedelta(seconds=snapshot.remaining_wait)
    return f"waiting for Zendesk's rate limit until {until:%H:%M:%S %Z}"


def summary(snapshot: StatsSnapshot) -> Iterator[str]:
    """A line about the sync, then a line for each stream that has a note, failed or did not finish."""
    done = f"Read {_rows(snapshot)} of {count_of(snapshot.selected, 'stream')}"
    spent = f"in {snapshot.seconds:.0f} s ({_rate(snapshot)}) with {count_of(snapshot.requests, 'request')}"
    yield f"{done} {spent}; {_waits(snapshot)}."
    yield from (f"{name}: {text}" for name, text in snapshot.notes.items())
    yield from (f"{name}: failed" for name in snapshot.failed)
    yield from (f"{name}: not finished" for name in snapshot.running)


def how_to_continue(args: argparse.Namespace) -> str:
    """How to continue a read that was interrupted, from its command line; `messages.jsonl` stands for its output."""
    if args.state_file:
        return f"Interrupted. To continue from {args.state_file}, run the same command again."
    earlier = f"--state {args.state} " if args.state else ""
    return (
        f"Interrupted. To continue, run `source-zendesk state {earlier}messages.jsonl > newer.json` with the output of "
        "this run, and read with `--state newer.json`. With `--state-file`, the same command continues."
    )


def _rows(snapshot: StatsSnapshot) -> str:
    return count_of(sum(snapshot.rows.values()), "row")


def _rate(snapshot: StatsSnapshot) -> str:
    return count_of(round(sum(snapshot.rows.values()) / max(snapshot.seconds, 1.0)), "row/s", "rows/s")


def _waits(snapshot: StatsSnapshot) -> str:
    if not snapshot.waits:
        return "no waits for the rate limit"
    times = "once" if snapshot.waits == 1 else f"{snapshot.waits} times"
    return f"waited {snapshot.waited:.0f} s for the rate limit, {times}"
