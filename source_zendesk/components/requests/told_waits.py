"""Times in headers, in every form that servers give them in."""

import re
from collections.abc import Mapping

from source_zendesk import times
from source_zendesk.components.requests.answer import answered_at, http_date

# Longer than any limit of Zendesk's; whoever asks for more is asked again then.
LONGEST_WAIT_IN_SECONDS = 3600.0
# The first number of `100` and of `100, 100;w=60`, which is no longer than a float takes.
NUMBER = re.compile(r"\s*(-?\d{1,18}(?:\.\d+)?)\s*(?:[,;].*)?")
EARLIEST_EPOCH = 1_000_000_000
EARLIEST_MILLISECONDS = 100_000_000_000


def number(value: str | None) -> float | None:
    """The number at the beginning of a header, None where it has none."""
    found = NUMBER.fullmatch(value or "")
    return float(found[1]) if found else None


def seconds(value: str | None, headers: Mapping[str, str]) -> float | None:
    """How many seconds to wait by a header that has them, or a moment in epoch seconds or as a date.

    A moment is one of Zendesk's clock, which the answer's own `Date` tells. None for what is no time.
    """
    found = number(value)
    if found is None:
        moment = http_date(value) or times.epoch(value)
    elif found > EARLIEST_EPOCH:
        moment = found / 1000 if found > EARLIEST_MILLISECONDS else found
    else:
        return max(found, 0.0)
    return None if moment is None else max(moment - answered_at(headers), 0.0)
