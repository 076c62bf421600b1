"""Paginators of incremental exports. Each docstring contains the stop rule and a sample response.

| Paginator                         | Follows                     | Stops at                                         |
|-----------------------------------|-----------------------------|--------------------------------------------------|
| `CursorExportPaginator`           | `after_cursor`              | `end_of_stream: true`                            |
| `RecordExportPaginator`           | `meta.after_cursor`         | `meta.has_more: false`                           |
| `RoutingExportPaginator`          | the cursor in `next_page`   | no `next_page`, or an empty page                 |
| `TimeExportPaginator`             | the time in `next_page`     | `end_of_stream: true`; `next_page` is never null |
| `UnterminatedTimeExportPaginator` | the time in `next_page`     | no `next_page`, or a page that is not full       |
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from source_zendesk import times
from source_zendesk.errors import PaginationError
from source_zendesk.extract import page_fields
from source_zendesk.extract.paginator import Paginator, Query, parse_link


def _no_next_page(stream: str, field: str) -> PaginationError:
    return PaginationError(
        stream, f"the export has more pages, but the response has no `{field}`", "Run the sync again"
    )


@dataclass
class CursorExportPaginator(Paginator):
    """Starts at `start_time`, then follows `after_cursor`, or the cursor in `after_url`.

    Stop rule: `end_of_stream` is true. If the response has no `end_of_stream`: its cursor is null or equals the
    requested cursor.

    Sample response: `{"tickets": [{"id": 1}], "after_cursor": "xyz", "end_of_stream": false}`

    https://developer.zendesk.com/documentation/api-basics/working-with-data/using-the-incremental-export-api/
    """

    def first_query(self, since: int | None) -> Query:
        """Request all rows that changed since an epoch second."""
        return self._with_page_size({"start_time": since or 0})

    def resume(self, cursor: str) -> Query:
        """Request all rows after a cursor of an earlier response."""
        return self._with_page_size({"cursor": cursor})

    def next_query(self, query: Query, body: Mapping[str, object], rows: Sequence[object]) -> Query | None:
        """Request the page after the cursor of the response."""
        is_last, cursor = page_fields.flag(body, "end_of_stream"), self.end_cursor(query, body)
        if is_last or (is_last is None and cursor in (None, query.get("cursor"))):
            return None
        if cursor is None:
            raise _no_next_page(self.name, "after_cursor")
        return self.resume(cursor)

    def end_cursor(self, query: Query, body: Mapping[str, object]) -> str | None:
        """The cursor after the last row of a response, None if the response has none, as the last one may."""
        cursor = page_fields.cursor(body, "after_cursor")
        return cursor or page_fields.cursor(parse_link(page_fields.link(body, "after_url")), "cursor")


@dataclass
class RecordExportPaginator(CursorExportPaginator):
    """Starts at `start_time`, then follows `meta.after_cursor`, or the cursor in `after_url`.

    Stop rule: `meta.has_more` is false. If the response has no `has_more`: the rule of `CursorExportPaginator`.

    Sample response: `{"custom_object_records": [{"id": "01H"}], "meta": {"has_more": true, "after_cursor": "xyz"}}`

    https://developer.zendesk.com/api-reference/custom-data/custom-objects/custom_object_records/
    """

    def next_query(self, query: Query, body: Mapping[str, object], rows: Sequence[object]) -> Query | None:
        """Request the page after the cursor of the response."""
        has_more = page_fields.flag(page_fields.section(body, "meta"), "has_more")
        if has_more is None:
            return super().next_query(query, body, rows)
        if not has_more:
            return None
        cursor = self.end_cursor(query, body)
        if cursor is None:
            raise _no_next_page(self.name, "after_cursor")
        return self.resume(cursor)

    def end_cursor(self, query: Query, body: Mapping[str, object]) -> str | None:
        """The cursor after the last row of a response, None if the response has none."""
        cursor = page_fields.cursor(page_fields.section(body, "meta"), "after_cursor")
        return cursor or super().end_cursor(query, body)


@dataclass
class RoutingExportPaginator(Paginator):
    """Follows `next_page`, which contains a cursor. These exports cannot start at a time.

    Stop rule: `next_page` is null or repeats the request, the page is empty, or `end_of_stream` is true.

    Sample response: `{"attributes": [{"id": "a1", "time": "..."}], "count": 1, "next_page": "https://...?cursor=xyz"}`

    https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_skill_based_routing/
    """

    def resume(self, cursor: str) -> Query:
        """Request all rows after a cursor of an earlier response."""
        return {"cursor": cursor}

    def next_query(self, query: Query, body: Mapping[str, object], rows: Sequence[object]) -> Query | None:
        """Follow `next_page`."""
        link = page_fields.link(body, "next_page")
        if not link or page_fields.flag(body, "end_of_stream") or not rows:
            return None
        next_query = parse_link(link)
        return None if next_query == query else next_query

    def end_cursor(self, query: Query, body: Mapping[str, object]) -> str | None:
        """The cursor after the last row of a response; the last response has none, so the requested cursor."""
        next_query = parse_link(page_fields.link(body, "next_page"))
        return page_fields.cursor(next_query, "cursor") or page_fields.cursor(query, "cursor")


# The largest page of an export, even if the request names a larger one.
LARGEST_PAGE = 1000


@dataclass
class TimeExportPaginator(Paginator):
    """Starts at `start_time`, then follows `next_page`, which starts at the time of the last row (`end_time`).

    Stop rule: `end_of_stream` is true; `next_page` is set even then. If the response has no `end_of_stream`: the page
    has no `next_page`, is empty, or is not full and has a `next_page` that repeats the request. A `count` of more rows
    than the page has contradicts the last two.

    Sample response: `{"organizations": [{"id": 1}], "count": 1, "end_of_stream": false, "end_time": 1700000000,
    "next_page": "https://acme.zendesk.com/...?start_time=1700000000"}`

    A page whose rows all have one second cannot advance; it is requested again with 1,000 rows. Zendesk may extend a
    page to contain all rows of its last second. Only a page of more than 1,000 rows proves that; the next page then
    starts one second later. A page of exactly 1,000 rows of one second is an error. A response in the cursor shape
    (`meta.has_more`) is followed by its cursor.

    https://developer.zendesk.com/documentation/api-basics/working-with-data/using-the-incremental-export-api/
    """

    def first_query(self, since: int | None) -> Query:
        """Request all rows that changed in or after an epoch second."""
        return self._with_page_size({"start_time": since or 0})

    def next_query(self, query: Query, body: Mapping[str, object], rows: Sequence[object]) -> Query | None:
        """Follow `next_page`, or start at `end_time` if there is none."""
        if meta := page_fields.section(body, "meta"):
            return self._next_by_cursor(query, meta)
        is_last = page_fields.flag(body, "end_of_stream")
        if is_last:
            return None
        next_query, page_size = self._parse_next_page(query, body)
        if next_query is None:
            if is_last is None:
                return None
            raise _no_next_page(self.name, "next_page")
        is_stuck = next_query["start_time"] == times.epoch(query.get("start_time"))
        if is_last is None and _is_last_page(body, len(rows), page_size, is_stuck=is_stuck):
            return None
        return self._skip_second(query, next_query, len(rows)) if is_stuck else next_query

    def _skip_second(self, query: Query, next_query: Query, count: int) -> Query | None:
        """The query that advances past a second whose rows fill a page."""
        second = int(next_query["start_time"])
        if count > LARGEST_PAGE:
            is_due = second + 1 <= times.now() - times.YOUNGEST_START
            return {**next_query, "start_time": second + 1} if is_due else None
        if self.page_size and int(query.get(self.size_parameter) or LARGEST_PAGE) < LARGEST_PAGE:
            return {**next_query, self.size_parameter: LARGEST_PAGE}
        if count < LARGEST_PAGE:
            # Not full, but not the last: the loop guard ends the read if the response stays the same.
            return next_query
        raise PaginationError(
            self.name,
            f"{count} or more rows changed in second {second} and Zendesk truncates the page there",
            "Later rows cannot be read by time; read the cursor export of the same rows if there is one",
        )

    def _next_by_cursor(self, query: Query, meta: Mapping[str, object]) -> Query | None:
        if not page_fields.flag(meta, "has_more"):
            return None
        cursor = page_fields.cursor(meta, "after_cursor")
        if not cursor:
            raise _no_next_page(self.name, "after_cursor")
        return {"start_time": query.get("start_time", 0), **query, "page[after]": cursor}

    def _parse_next_page(self, query: Query, body: Mapping[str, object]) -> tuple[Query | None, int]:
        """The query of `next_page` with the full page size, and the size that the current page was requested with."""
        address = page_fields.link(body, "next_page")
        link = {key: _number(value) for key, value in parse_link(address).items()}
        sizes = [size for each in (link, query) if isinstance(size := _number(each.get(self.size_parameter)), int)]
        start = page_fields.next_start(link, body)
        if address and start is None:
            raise PaginationError(self.name, "`next_page` of the export has no `start_time`", "Run the sync again")
        next_query = self._with_page_size({**query, **link, "start_time": start}) if start else None
        return next_query, min([LARGEST_PAGE, *sizes])


def _is_last_page(body: Mapping[str, object], count: int, page_size: int, *, is_stuck: bool) -> bool:
    """Whether a page without `end_of_stream` is the last one."""
    has_more = (page_fields.count(body) or 0) > count
    if not count and is_stuck:
        return True
    return not has_more and (not count or (is_stuck and count < page_size))


def _number(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdigit() else value


@dataclass
class UnterminatedTimeExportPaginator(Paginator):
    """Starts at `start_time`, then follows `next_page`; these exports have no `end_of_stream`.

    Stop rule: `next_page` is null, or the page is empty. `count` proves no end, since it may be that of the page. If
    `next_page` repeats the start time, a page of fewer than `full_page` rows ends the read unless `count` reports more
    rows, and any other page is an error (`PaginationError`).

    Sample response: `{"calls": [{"id": 1}], "count": 1, "next_page": "https://...?start_time=1700000000"}`

    https://developer.zendesk.com/api-reference/voice/talk-api/incremental_exports/
    """

    full_page: int = 0

    def first_query(self, since: int | None) -> Query:
        """Request all rows that changed in or after an epoch second."""
        return self._with_page_size({"start_time": since or 0})

    def next_query(self, query: Query, body: Mapping[str, object], rows: Sequence[object]) -> Query | None:
        """Follow `next_page`."""
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

    def _check_end_of_second(self, body: Mapping[str, object], rows: Sequence[object], second: int) -> None:
        """Raise `PaginationError` if the page is full or `count` reports more rows: more rows have this second."""
        if len(rows) >= self.full_page or (page_fields.count(body) or 0) > len(rows):
            raise PaginationError(
                self.name,
                f"{len(rows)} rows changed in second {second} and Zendesk returns no more of them",
                "Later rows cannot be read by time; report it to Zendesk",
            )
