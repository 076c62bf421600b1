"""Pages of the cursor-based incremental exports."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from source_zendesk.components.pagination.base import Pagination, Query, query_of
from source_zendesk.errors import PaginationError


@dataclass
class ExportCursorPages(Pagination):
    """Starts at `start_time` and goes on by `cursor`; stops when `end_of_stream` is true.

    https://developer.zendesk.com/documentation/api-basics/working-with-data/using-the-incremental-export-api/
    """

    def first(self, since: int | None) -> Query:
        """Ask for everything that changed since an epoch second."""
        return self._sized({"start_time": since or 0})

    def resume(self, cursor: str) -> Query:
        """Ask for everything after a cursor that an earlier answer gave."""
        return self._sized({"cursor": cursor})

    def following(self, query: Query, body: Mapping[str, Any]) -> Query | None:
        """Go on from `after_cursor`, or from that of `after_url`."""
        if "end_of_stream" not in body:
            raise PaginationError(self.name, "the export's answer lacks `end_of_stream`", "Run the sync again")
        return None if body["end_of_stream"] else self.resume(self.end(body))

    def end(self, body: Mapping[str, Any]) -> str:
        """The cursor behind the last row of an answer."""
        cursor = body.get("after_cursor") or query_of(body.get("after_url") or "").get("cursor")
        if not cursor:
            raise PaginationError(self.name, "the export's answer lacks `after_cursor`", "Run the sync again")
        return str(cursor)
