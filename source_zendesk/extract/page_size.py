"""The adaptive page size of endpoints that fail on large pages."""

import logging
import time

from source_zendesk.errors import PaginationError
from source_zendesk.extract.paginators import Query

LOGGER = logging.getLogger("airbyte")
MIN_PAGE_SIZE = 10
MAX_FAILURES = 12


class AdaptivePageSize:
    """Halves the page size after each answer that came too late, and doubles it after each that came.

    The CDK's reducer either stays small or goes straight back to the full size, which on an export costs a failure a
    page. One instance serves one read.
    """

    def __init__(self, stream: str, parameter: str, full: int | None) -> None:
        self._stream, self._parameter = stream, parameter
        self._full = self._size = full
        self._failures = 0

    def apply(self, query: Query) -> Query:
        """The query, asking for no more rows than now seems wise; numbered pages stay as they are."""
        if self._size is None or self._size == self._full or "page" in query:
            return query
        return {**query, self._parameter: self._size}

    def reduce(self, cause: str) -> None:
        """Ask for half from now on; raises when even the smallest page keeps failing."""
        self._failures += 1
        cause = cause.removeprefix(f"Stream {self._stream}: ").rstrip(".")
        if self._failures > MAX_FAILURES:
            raise PaginationError(
                self._stream,
                f"Zendesk keeps failing on pages of {self._size} rows ({cause})",
                "Run the sync again later; it goes on from this page",
            )
        if self._size is not None:
            self._size = max(self._size // 2, min(MIN_PAGE_SIZE, self._size))
        LOGGER.warning("Stream %s: %s; asking for pages of %s rows", self._stream, cause, self._size)
        time.sleep(min(0.1 * 2**self._failures, 30))

    def grow(self) -> None:
        """Ask for twice as much, up to the full size."""
        self._failures = 0
        if self._size is not None and self._full is not None:
            self._size = min(self._size * 2, self._full)
