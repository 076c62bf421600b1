"""The clock of Zendesk's servers."""

import time
from collections.abc import Mapping

from source_zendesk.http.response import parse_http_date


class ServerClock:
    """Zendesk's time: the `Date` of its last response plus the seconds since, independent of this machine's clock.

    It is never ahead of Zendesk's real time, apart from the skew between Zendesk's own servers.
    """

    def __init__(self) -> None:
        self._offset: float | None = None

    def observe(self, headers: Mapping[str, str]) -> None:
        """Set the clock from the headers of a new response; without a valid `Date` the clock does not change."""
        date = parse_http_date(headers.get("Date"))
        if date is not None:
            self._offset = date - time.monotonic()

    def now(self) -> float | None:
        """The time in epoch seconds; None before the first response."""
        return None if self._offset is None else time.monotonic() + self._offset
