"""Conversion of times: Zendesk uses epoch seconds in exports, microseconds in one of Chat, ISO 8601 everywhere else."""

from datetime import datetime, timezone
from typing import Any

# Zendesk refuses an export that starts in the last minute: StartTimeTooRecent.
YOUNGEST_START = 65
DAY_IN_SECONDS = 86_400
# A time further ahead of this machine's clock is invalid; the clock itself may be wrong by up to this much.
MAX_CLOCK_ERROR = 366 * DAY_IN_SECONDS
HISTORY_IN_DAYS = 730
MICROSECONDS = 1_000_000
# No time in seconds is that late, and no time in microseconds after March 1973 is earlier.
LEAST_MICROSECONDS = 100_000_000 * MICROSECONDS


def epoch(value: Any) -> int | None:
    """Epoch seconds of a time in any format of Zendesk or of a saved state; None if the value is not a time."""
    if value is None or isinstance(value, bool):
        return None
    try:
        if isinstance(value, (int, float)):
            return _in_seconds(int(value))
        text = str(value)
        return _in_seconds(int(text)) if text.isdigit() else _from_iso(text)
    except (ValueError, OverflowError):
        return None


def _in_seconds(number: int) -> int:
    return number // MICROSECONDS if number >= LEAST_MICROSECONDS else number


def _from_iso(text: str) -> int:
    """The epoch seconds of an ISO time; every row has one, so the usual format is parsed without other checks."""
    text = text.replace("Z", "+00:00")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.fromisoformat(_six_digits(text.strip().replace(" ", "T", 1)))
    return int((moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp())


def _six_digits(text: str) -> str:
    """The time with six digits after the point: Python 3.10 parses only three or six."""
    head, dot, tail = text.partition(".")
    if not dot:
        return text
    fraction = tail[: len(tail) - len(tail.lstrip("0123456789"))]
    return f"{head}.{fraction[:6].ljust(6, '0')}{tail[len(fraction) :]}"


def iso(seconds: int) -> str:
    """Epoch seconds as `2024-01-01T00:00:00Z`."""
    return datetime.fromtimestamp(seconds, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def now() -> int:
    """The current time in epoch seconds."""
    return int(datetime.now(tz=timezone.utc).timestamp())


def latest() -> int:
    """The latest time that a response or a state may contain, however far this machine's clock is behind Zendesk's."""
    return now() + MAX_CLOCK_ERROR


def start_of(config: Any, days: int = HISTORY_IN_DAYS) -> int:
    """The start of a first sync: `start_date`, or midnight `days` days ago, so that all streams start together."""
    start_date = epoch(config.get("start_date"))
    return (now() // DAY_IN_SECONDS - days) * DAY_IN_SECONDS if start_date is None else max(start_date, 0)
