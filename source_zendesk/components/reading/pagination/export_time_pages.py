"""Pages of the time-based incremental exports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from source_zendesk import times
from source_zendesk.components.reading import page_fields
from source_zendesk.components.reading.pagination.base import Pagination, Query, query_of
from source_zendesk.errors import PaginationError

# Rows on a page of an export, however many are asked for.
LARGEST_PAGE = 1000


@dataclass
class ExportTimePages(Pagination):
    """Stops when `end_of_stream` is true; `next_page` is set even then.

    If a response has no `end_of_stream`, the last page is one that is empty, has no `next_page`, or is not full and has
    a `next_page` that repeats the request; a `count` that is larger than the page contradicts that. A page that does
    not get past its first second is requested again with 1,000 rows. Zendesk may stretch a page to contain all of its
    last second: only a page of more than 1,000 rows proves that, and ends the second. Otherwise, a second that fills
    the largest page is an error. A response in the cursor shape (`meta.has_more`) is followed as such.
    https://developer.zendesk.com/documentation/api-basics/working-with-data/using-the-incremental-export-api/
    """

    def first(self, since: int | None) -> Query:
        """Ask for everything that changed in or after an epoch second."""
        return self._sized({"start_time": since or 0})

    def following(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """Go on from `end_time`, by `next_page`."""
        if meta := page_fields.section(body, "meta"):
            return self._after_cursor(query, meta)
        is_last = page_fields.flag(body, "end_of_stream")
        if is_last:
            return None
        following, page_size = self._next(query, body)
        if following is None:
            if is_last is None:
                return None
            raise PaginationError(self.name, "the export has more but gives no `next_page`", "Run the sync again")
        is_stuck = following["start_time"] == times.epoch(query.get("start_time"))
        if is_last is None and _is_last(body, len(rows), page_size, is_stuck=is_stuck):
            return None
        return self._past_second(query, following, len(rows)) if is_stuck else following

    def _past_second(self, query: Query, following: Query, count: int) -> Query | None:
        """The query that gets past a second which fills a page."""
        second = int(following["start_time"])
        if count > LARGEST_PAGE:
            is_due = second + 1 <= times.now() - times.YOUNGEST_START
            return {**following, "start_time": second + 1} if is_due else None
        if self.page_size and int(query.get(self.size_parameter) or LARGEST_PAGE) < LARGEST_PAGE:
            return {**following, self.size_parameter: LARGEST_PAGE}
        if count < LARGEST_PAGE:
            # Not full, but not the last: the loop guard ends the read if the response stays the same.
            return following
        raise PaginationError(
            self.name,
            f"{count} or more rows changed in second {second} and Zendesk truncates them there",
            "The rows behind it cannot be read by time; read the cursor export of the same rows if there is one",
        )

    def _after_cursor(self, query: Query, meta: Mapping[str, Any]) -> Query | None:
        if not page_fields.flag(meta, "has_more"):
            return None
        cursor = page_fields.cursor(meta, "after_cursor")
        if not cursor:
            raise PaginationError(self.name, "the export has more but gives no `after_cursor`", "Run the sync again")
        return {"start_time": query.get("start_time", 0), **query, "page[after]": cursor}

    def _next(self, query: Query, body: Mapping[str, Any]) -> tuple[Query | None, int]:
        """The query of `next_page`, for pages of the full size, and how many records make the page at hand full."""
        address = page_fields.link(body, "next_page")
        link = {key: _number(value) for key, value in query_of(address).items()}
        sizes = [size for each in (link, query) if isinstance(size := _number(each.get(self.size_parameter)), int)]
        start = page_fields.next_start(link, body)
        if address and start is None:
            raise PaginationError(self.name, "`next_page` of the export has no `start_time`", "Run the sync again")
        following = self._sized({**query, **link, "start_time": start}) if start else None
        return following, min([LARGEST_PAGE, *sizes])


def _is_last(body: Mapping[str, Any], count: int, page_size: int, *, is_stuck: bool) -> bool:
    """Whether a page without `end_of_stream` is the last one."""
    has_more = (page_fields.count(body) or 0) > count
    if not count and is_stuck:
        return True
    return not has_more and (not count or (is_stuck and count < page_size))


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdigit() else value
