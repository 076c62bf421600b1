"""Paginators of incremental exports. Each docstring gives the stop rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from source_zendesk import times
from source_zendesk.errors import PaginationError
from source_zendesk.extract import page_fields
from source_zendesk.extract.paginators import Paginator, Query, parse_link


@dataclass
class CursorExportPaginator(Paginator):
    """Starts at `start_time` and goes on by `cursor`; stops when `end_of_stream` is true.

    Where an answer has no `end_of_stream`, the last page is one without a cursor, or with the one it was asked by.
    https://developer.zendesk.com/documentation/api-basics/working-with-data/using-the-incremental-export-api/
    """

    def first_query(self, since: int | None) -> Query:
        """Ask for everything that changed since an epoch second."""
        return self._with_page_size({"start_time": since or 0})

    def resume(self, cursor: str) -> Query:
        """Ask for everything after a cursor that an earlier answer gave."""
        return self._with_page_size({"cursor": cursor})

    def next_query(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """Go on from `after_cursor`, or from that of `after_url`."""
        is_last, cursor = page_fields.flag(body, "end_of_stream"), self.end(query, body)
        if is_last or (is_last is None and cursor in (None, query.get("cursor"))):
            return None
        if cursor is None:
            raise PaginationError(self.name, "the export has more but gives no `after_cursor`", "Run the sync again")
        return self.resume(cursor)

    def end(self, query: Query, body: Mapping[str, Any]) -> str | None:
        """The cursor behind the last row of an answer, None where the answer has none, as the last one may."""
        cursor = page_fields.cursor(body, "after_cursor")
        return cursor or page_fields.cursor(parse_link(page_fields.link(body, "after_url")), "cursor")


@dataclass
class RecordExportPaginator(CursorExportPaginator):
    """Starts at `start_time` and goes on by `cursor`; stops when `meta.has_more` is false.

    https://developer.zendesk.com/api-reference/custom-data/custom-objects/custom_object_records/
    """

    def next_query(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """Go on from `meta.after_cursor`, or from that of `after_url`."""
        has_more = page_fields.flag(page_fields.section(body, "meta"), "has_more")
        if has_more is None:
            return super().next_query(query, body, rows)
        if not has_more:
            return None
        cursor = self.end(query, body)
        if cursor is None:
            raise PaginationError(self.name, "the export has more but gives no `after_cursor`", "Run the sync again")
        return self.resume(cursor)

    def end(self, query: Query, body: Mapping[str, Any]) -> str | None:
        """The cursor behind the last row of an answer, None where the answer has none."""
        cursor = page_fields.cursor(page_fields.section(body, "meta"), "after_cursor")
        return cursor or super().end(query, body)


@dataclass
class RoutingExportPaginator(Paginator):
    """Stops when an answer is empty, says `end_of_stream`, or has no link but to itself.

    https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_skill_based_routing/
    """

    def resume(self, cursor: str) -> Query:
        """Ask for everything after a cursor that an earlier answer gave."""
        return {"cursor": cursor}

    def next_query(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """Follow `next_page`, which carries the cursor."""
        link = page_fields.link(body, "next_page")
        if not link or page_fields.flag(body, "end_of_stream") or not rows:
            return None
        following = parse_link(link)
        return None if following == query else following

    def end(self, query: Query, body: Mapping[str, Any]) -> str | None:
        """The cursor behind the last row of an answer; behind the last answer there is none, so that of the answer."""
        following = parse_link(page_fields.link(body, "next_page"))
        return page_fields.cursor(following, "cursor") or page_fields.cursor(query, "cursor")


# Rows on a page of an export, however many are asked for.
LARGEST_PAGE = 1000


@dataclass
class TimeExportPaginator(Paginator):
    """Stops when `end_of_stream` is true; `next_page` is set even then.

    If a response has no `end_of_stream`, the last page is one that is empty, has no `next_page`, or is not full and has
    a `next_page` that repeats the request; a `count` that is larger than the page contradicts that. A page that does
    not get past its first second is requested again with 1,000 rows. Zendesk may stretch a page to contain all of its
    last second: only a page of more than 1,000 rows proves that, and ends the second. Otherwise, a second that fills
    the largest page is an error. A response in the cursor shape (`meta.has_more`) is followed as such.
    https://developer.zendesk.com/documentation/api-basics/working-with-data/using-the-incremental-export-api/
    """

    def first_query(self, since: int | None) -> Query:
        """Ask for everything that changed in or after an epoch second."""
        return self._with_page_size({"start_time": since or 0})

    def next_query(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
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
        link = {key: _number(value) for key, value in parse_link(address).items()}
        sizes = [size for each in (link, query) if isinstance(size := _number(each.get(self.size_parameter)), int)]
        start = page_fields.next_start(link, body)
        if address and start is None:
            raise PaginationError(self.name, "`next_page` of the export has no `start_time`", "Run the sync again")
        following = self._with_page_size({**query, **link, "start_time": start}) if start else None
        return following, min([LARGEST_PAGE, *sizes])


def _is_last(body: Mapping[str, Any], count: int, page_size: int, *, is_stuck: bool) -> bool:
    """Whether a page without `end_of_stream` is the last one."""
    has_more = (page_fields.count(body) or 0) > count
    if not count and is_stuck:
        return True
    return not has_more and (not count or (is_stuck and count < page_size))


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdigit() else value


@dataclass
class UnterminatedTimeExportPaginator(Paginator):
    """Stops when `next_page` is null or does not advance, or when a page is empty.

    A `count` proves no end, since it may be that of the page. A page that ends in the second in which it starts cannot
    be passed: it is the last if it has fewer rows than `full_page` and `count` reports no more, and an error
    otherwise. https://developer.zendesk.com/api-reference/voice/talk-api/incremental_exports/
    """

    full_page: int = 0

    def first_query(self, since: int | None) -> Query:
        """Ask for everything that changed in or after an epoch second."""
        return self._with_page_size({"start_time": since or 0})

    def next_query(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """Go on by `next_page`."""
        address = page_fields.link(body, "next_page")
        if not address or not rows:
            return None
        link = parse_link(address)
        start = page_fields.next_start(link, body)
        if start is None:
            raise PaginationError(self.name, "`next_page` of the export has no `start_time`", "Run the sync again")
        if start == times.epoch(query.get("start_time")):
            self._check_end_of_second(body, rows, start)
            return None
        return self._with_page_size({**link, "start_time": start})

    def _check_end_of_second(self, body: Mapping[str, Any], rows: Sequence[Any], second: int) -> None:
        """Raise `PaginationError` if the page is full or `count` reports more rows: then this is not the end."""
        if len(rows) >= self.full_page or (page_fields.count(body) or 0) > len(rows):
            raise PaginationError(
                self.name,
                f"{len(rows)} rows changed in second {second} and Zendesk gives no more of them",
                "The rows behind it cannot be read by time; report it to Zendesk",
            )
