"""Pages of the time-based incremental exports."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from source_zendesk.components.pagination.base import Pagination, Query, query_of
from source_zendesk.errors import PaginationError


@dataclass
class ExportTimePages(Pagination):
    """Stops when `end_of_stream` is true; `next_page` is set even then.

    Where an answer has no `end_of_stream`, the last page is one that is empty or whose `next_page` asks the same again.
    An answer in the cursor shape (`meta.has_more`) is followed as such.
    https://developer.zendesk.com/documentation/api-basics/working-with-data/using-the-incremental-export-api/
    """

    def first(self, since: int | None) -> Query:
        """Ask for everything that changed in or after an epoch second."""
        return self._sized({"start_time": since or 0})

    def following(self, query: Query, body: Mapping[str, Any]) -> Query | None:
        """Go on from `end_time`, by `next_page`."""
        if isinstance(body.get("meta"), Mapping):
            return self._after_cursor(query, body)
        ended = body.get("end_of_stream")
        following = self._next(query, body)
        if ended is None:
            return None if following == query or not body.get("count", 1) else following
        if not ended and following is None:
            raise PaginationError(self.name, "the export has more but gives no `next_page`", "Run the sync again")
        return None if ended else following

    def _after_cursor(self, query: Query, body: Mapping[str, Any]) -> Query | None:
        if not body["meta"].get("has_more"):
            return None
        return {"start_time": query.get("start_time", 0), **query, "page[after]": body["meta"]["after_cursor"]}

    def _next(self, query: Query, body: Mapping[str, Any]) -> Query | None:
        if body.get("next_page"):
            link = query_of(body["next_page"])
            return {**self._sized({}), **{key: _number(value) for key, value in link.items()}}
        return {**query, "start_time": int(body["end_time"])} if body.get("end_time") else None


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdigit() else value
