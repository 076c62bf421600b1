"""Pages of exports by time that do not say where they end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from source_zendesk import times
from source_zendesk.components.reading import page_fields
from source_zendesk.components.reading.pagination.base import Pagination, Query, query_of
from source_zendesk.errors import PaginationError


@dataclass
class UnmarkedTimePages(Pagination):
    """Stops when `next_page` is null, does not advance, or follows a page that is empty or, by its `count`, the last.

    With `full_page`, a page of fewer rows is the last if `count` reports no more than these. A page that ends in the
    second in which it starts cannot be passed: it is the last if it is not full and `count` reports no more rows, and
    an error otherwise. https://developer.zendesk.com/api-reference/voice/talk-api/incremental_exports/
    """

    full_page: int = 0

    def first(self, since: int | None) -> Query:
        """Ask for everything that changed in or after an epoch second."""
        return self._sized({"start_time": since or 0})

    def following(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """Go on by `next_page`."""
        address = page_fields.link(body, "next_page")
        if not address or self._is_proven_last(body, len(rows)):
            return None
        link = query_of(address)
        start = page_fields.next_start(link, body)
        if start is None:
            raise PaginationError(self.name, "`next_page` of the export has no `start_time`", "Run the sync again")
        if start == times.epoch(query.get("start_time")):
            self._check_end_of_second(body, rows, start)
            return None
        return self._sized({**link, "start_time": start})

    def _is_proven_last(self, body: Mapping[str, Any], rows: int) -> bool:
        reported = page_fields.count(body)
        if reported is None:
            return not rows
        # A count of fewer rows than those of the page is wrong, and proves nothing.
        return reported == rows < max(self.full_page, 1)

    def _check_end_of_second(self, body: Mapping[str, Any], rows: Sequence[Any], second: int) -> None:
        """Raise `PaginationError` if the page is full or `count` reports more rows: then this is not the end."""
        if len(rows) >= self.full_page or (page_fields.count(body) or 0) > len(rows):
            raise PaginationError(
                self.name,
                f"{len(rows)} rows changed in second {second} and Zendesk gives no more of them",
                "The rows behind it cannot be read by time; report it to Zendesk",
            )
