"""Pages of exports by time that do not say where they end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from source_zendesk import times
from source_zendesk.components.reading.pagination.base import Pagination, Query, query_of
from source_zendesk.errors import PaginationError


@dataclass
class UnmarkedTimePages(Pagination):
    """Stops when `next_page` is null or, where it never is, at a page of fewer than `full_page` rows.

    A full page that ends in the second which it begins with cannot be got past, and is an error; one that is not full
    is the last. https://developer.zendesk.com/api-reference/voice/talk-api/incremental_exports/
    """

    full_page: int = 0

    def first(self, since: int | None) -> Query:
        """Ask for everything that changed in or after an epoch second."""
        return self._sized({"start_time": since or 0})

    def following(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """Go on by `next_page`."""
        if not body.get("next_page") or len(rows) < max(self.full_page, 1):
            return None
        link = query_of(body["next_page"])
        start = times.epoch(link.get("start_time")) or times.epoch(body.get("end_time"))
        if start is None:
            raise PaginationError(self.name, "`next_page` of the export has no `start_time`", "Run the sync again")
        if start == times.epoch(query.get("start_time")):
            raise PaginationError(
                self.name,
                f"{len(rows)} rows changed in second {start} and Zendesk gives no more of them",
                "The rows behind it cannot be read by time; report it to Zendesk",
            )
        return self._sized({**link, "start_time": start})
