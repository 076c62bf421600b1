"""Zendesk's clock."""

import time
from collections.abc import Mapping

from source_zendesk.http.response import parse_http_date


class ServerClock:
    """Zendesk's present, by the `Date` of its last response and the seconds since, whatever this machine's clock shows.

    It is no later than the true one, but for the skew between Zendesk's own servers.
    """

    def __init__(self) -> None:
        self._offset: float | None = None

    def observe(self, headers: Mapping[str, str]) -> None:
        """Take the time from the headers of a response that has just arrived; without a `Date` nothing changes."""
        date = parse_http_date(headers.get("Date"))
        if date is not None:
            self._offset = date - time.monotonic()

    def now(self) -> float | None:
        """Epoch seconds, None before the first response."""
        return None if self._offset is None else time.monotonic() + self._offset
