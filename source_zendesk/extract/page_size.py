"""The adaptive page size of endpoints that fail on large pages."""

import logging
import time

from source_zendesk.errors import PaginationError
from source_zendesk.extract.paginator import Query
from source_zendesk.printable import count_of

LOGGER = logging.getLogger("airbyte")
MIN_PAGE_SIZE = 10
MAX_FAILURES = 12
FIRST_WAIT_IN_SECONDS, LONGEST_WAIT_IN_SECONDS = 0.2, 30.0


class AdaptivePageSize:
    """Halves the page size after each page on which Zendesk fails, and doubles it after each success.

    The CDK's page size reducer either keeps the small size or restores the full size at once, which on an export costs
    one failure per page. One instance serves one read.
    """

    def __init__(self, stream: str, parameter: str, full_size: int | None) -> None:
        self._stream, self._parameter = stream, parameter
        self._full_size = self._size = full_size
        self._failures = 0

    def apply(self, query: Query) -> Query:
        """The query with the current page size; unchanged for a page number, whose rows depend on the size."""
        if self._size is None or self._size == self._full_size or "page" in query:
            return query
        return {**query, self._parameter: self._size}

    def reduce(self, cause: str) -> None:
        """Halve the page size; raises `PaginationError` if even the smallest page keeps failing."""
        self._failures += 1
        cause = cause.removeprefix(f"Stream {self._stream}: ").rstrip(".")
        if self._failures > MAX_FAILURES:
            size = f" of {count_of(self._size, 'row')}" if self._size else ""
            raise PaginationError(
                self._stream,
                f"Zendesk keeps failing on pages{size} ({cause})",
                "Run the sync again later; it resumes at this page",
            )
        if self._size is not None:
            self._size = max(self._size // 2, min(MIN_PAGE_SIZE, self._size))
        LOGGER.warning("Stream %s: %s; reducing the page size to %s", self._stream, cause, self._size)
        time.sleep(min(FIRST_WAIT_IN_SECONDS * 2 ** (self._failures - 1), LONGEST_WAIT_IN_SECONDS))

    def grow(self) -> None:
        """Double the page size, up to the full size."""
        self._failures = 0
        if self._size is not None and self._full_size is not None:
            self._size = min(self._size * 2, self._full_size)
