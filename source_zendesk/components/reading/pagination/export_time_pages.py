"""Pages of the time-based incremental exports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from source_zendesk import times
from source_zendesk.components.reading.pagination.base import Pagination, Query, query_of
from source_zendesk.errors import PaginationError

# Rows on a page of an export, however many are asked for.
LARGEST_PAGE = 1000


@dataclass
class ExportTimePages(Pagination):
    """Stops when `end_of_stream` is true; `next_page` is set even then.

    Where an answer has no `end_of_stream`, the last page is one that is empty, leads nowhere, or is not full and has a
    `next_page` that asks the same again. A page that does not get past its first second is asked for again with more
    rows. Zendesk may stretch a page to hold all of its last second: one of more rows than were asked for ends that
    second. An answer in the cursor shape (`meta.has_more`) is followed as such.
    https://developer.zendesk.com/documentation/api-basics/working-with-data/using-the-incremental-export-api/
    """

    def first(self, since: int | None) -> Query:
        """Ask for everything that changed in or after an epoch second."""
        return self._sized({"start_time": since or 0})

    def following(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """Go on from `end_time`, by `next_page`."""
        if isinstance(body.get("meta"), Mapping):
            return self._after_cursor(query, body)
        following, asked = self._next(query, body)
        if body.get("end_of_stream") or (following is None and body.get("end_of_stream") is None):
            return None
        if following is None:
            raise PaginationError(self.name, "the export has more but gives no `next_page`", "Run the sync again")
        count = len(rows)
        is_stuck = following["start_time"] == query.get("start_time")
        if body.get("end_of_stream") is None and (not count or (is_stuck and count < asked)):
            return None
        return self._past(following, count, asked) if is_stuck else following

    def _past(self, stuck: Query, count: int, asked: int) -> Query | None:
        """The query that gets past a second which fills a page."""
        if count > asked:
            second = int(stuck["start_time"]) + 1
            return {**stuck, "start_time": second} if second <= times.now() - times.YOUNGEST_START else None
        if asked >= LARGEST_PAGE or not self.page_size:
            raise PaginationError(
                self.name,
                f"more than {asked} rows changed in second {stuck['start_time']} and Zendesk cuts them off there",
                "The rows behind it cannot be read by time; read the cursor export of the same rows where there is one",
            )
        return {**stuck, self.size_parameter: min(2 * asked, LARGEST_PAGE)}

    def _after_cursor(self, query: Query, body: Mapping[str, Any]) -> Query | None:
        if not body["meta"].get("has_more"):
            return None
        if not body["meta"].get("after_cursor"):
            raise PaginationError(self.name, "the export has more but gives no `after_cursor`", "Run the sync again")
        return {"start_time": query.get("start_time", 0), **query, "page[after]": body["meta"]["after_cursor"]}

    def _next(self, query: Query, body: Mapping[str, Any]) -> tuple[Query | None, int]:
        """The query of `next_page`, for pages of the full size, and the size of the page at hand."""
        link = {key: _number(value) for key, value in query_of(body.get("next_page") or "").items()}
        asked = link.get(self.size_parameter) or query.get(self.size_parameter) or LARGEST_PAGE
        start = times.epoch(link.get("start_time")) or times.epoch(body.get("end_time"))
        return (self._sized({**query, **link, "start_time": start}) if start else None), int(asked)


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdigit() else value
