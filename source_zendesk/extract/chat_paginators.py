"""Paginators of Chat. Each docstring contains the stop rule and a sample response."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from source_zendesk import times
from source_zendesk.errors import PaginationError
from source_zendesk.extract import page_fields
from source_zendesk.extract.paginator import Paginator, Query, parse_link
from source_zendesk.http.response import UndocumentedValueError

LARGEST_PAGE = 1000


@dataclass
class ChatExportPaginator(Paginator):
    """Starts at `start_time`, then follows `next_page`, which starts at the last row: its time and its id, if any.

    Stop rule: the page has fewer rows than the requested `limit`; `next_page` is set even then. The next run requests
    what changed in the last five minutes.

    Sample response: `{"chats": [{"id": "1.a"}], "count": 1, "end_time": 1700000000, "end_id": "1.a",
    "next_page": "https://acme.zendesk.com/...?start_time=1700000000&start_id=1.a"}`

    `units_per_second` is 1,000,000 if the export takes and returns its times in microseconds. A full page whose rows
    all have one time, and whose response has no id to continue from, is an error (`PaginationError`).

    https://developer.zendesk.com/api-reference/live-chat/chat-api/incremental_export/
    """

    units_per_second: int = 1

    size_parameter = "limit"
    # Zendesk requires more than five minutes.
    youngest_start = 305

    def first_query(self, since: int | None) -> Query:
        """Request all rows that changed in or after an epoch second."""
        return self._with_page_size({"start_time": (since or 0) * self.units_per_second})

    def is_too_recent(self, query: Query, now: int) -> bool:
        """Whether the start time lies in the last five minutes before the epoch second `now`."""
        return self._seconds(query["start_time"]) > now - self.youngest_start

    def next_query(self, query: Query, body: Mapping[str, object], rows: Sequence[object]) -> Query | None:
        """Start at the last row of a full page."""
        count = max(len(rows), page_fields.count(body) or 0)
        if count < int(query.get(self.size_parameter) or LARGEST_PAGE):
            return None
        link = parse_link(page_fields.link(body, "next_page"))
        start = link.get("start_time") or body.get("end_time")
        if not start:
            raise PaginationError(
                self.name, "the response has neither `start_time` in `next_page` nor `end_time`", "Run the sync again"
            )
        start_id = link.get("start_id") or page_fields.cursor(body, "end_id")
        next_query = self._with_page_size({"start_time": start, **({"start_id": start_id} if start_id else {})})
        if not start_id and self._seconds(start) == self._seconds(query["start_time"]):
            raise PaginationError(
                self.name,
                f"{count} rows have the time {start} and Zendesk returns no more of them",
                "Later rows cannot be read by time; report it to Zendesk",
            )
        return next_query

    def _seconds(self, start: Any) -> float:
        """A start time in epoch seconds; raises `UndocumentedValueError` if it is no time of the past."""
        try:
            seconds = float(start) / self.units_per_second
        except (TypeError, ValueError):
            seconds = -1.0
        if not 0 <= seconds <= times.latest():
            raise UndocumentedValueError("start_time", start, "a time in the past")
        return seconds


@dataclass
class SinceIdPaginator(Paginator):
    """Requests the rows from the id `since_id` on; rows are sorted by their `id_field`.

    Stop rule: a page has no rows. A page without ids is the last if it is not full, otherwise an error.

    Sample response: `[{"id": 5}, {"id": 7}]`

    A response may contain several lists (`{"visitor": [{"id": 5}], "ip_address": [{"id": 7}]}`). Whether `limit` counts
    the rows of each list or of all is not documented. After a full page, the next one starts after the least last id of
    the lists. No row is skipped in either case, but both pages can contain some rows.

    https://developer.zendesk.com/api-reference/live-chat/chat-api/agents/#pagination
    """

    id_field: str = "id"

    size_parameter = "limit"

    def first_query(self, since: int | None) -> Query:
        """Request the rows with the least ids."""
        return self._with_page_size({"since_id": 0})

    def next_query(self, query: Query, body: Mapping[str, object], rows: Sequence[object]) -> Query | None:
        """Request the rows after the last id."""
        limit = int(query.get(self.size_parameter) or LARGEST_PAGE)
        lists = [value for value in body.values() if isinstance(value, list)] or [list(rows)]
        last_ids = [max(ids) for each in lists if (ids := self._ids(each))]
        is_full = len(rows) >= limit
        if last_ids:
            return self._with_page_size({"since_id": (min if is_full else max)(last_ids) + 1})
        if is_full:
            raise PaginationError(
                self.name, f"the rows of a full page have no `{self.id_field}` to continue from", "Report it to Zendesk"
            )
        return None

    def _ids(self, rows: Sequence[Any]) -> list[int]:
        return [page_fields.number(row, self.id_field) for row in rows if self.id_field in row]
