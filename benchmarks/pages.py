"""Prepared pages: serialized rows in which only ids and times differ between pages."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache, lru_cache
from urllib.parse import urlencode

import orjson

from benchmarks.rows import HOUR, KINDS, SECOND, SERIAL

FIRST_SERIAL = 1_000_000_000
# The seconds of a page are its first digits here, followed by the row's three digits.
FIRST_SECOND = 1_600_000
ROWS_A_PAGE = 1000
FIRST_HOUR = datetime(2018, 6, 1, tzinfo=timezone.utc)
HOURS = 20_000
CACHED_PAGES = 150
Query = dict[str, str]


@dataclass(frozen=True)
class Listing:
    """The list of one path: `rows` rows of a kind under `key`; a path with an id has that id's children.

    A page has the requested number of rows, but at most `max_page_size`. An export has cursors, or if `is_by_time`, the
    time of the next page.
    https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/
    """

    key: str
    kind: str
    rows: int
    is_export: bool = False
    max_page_size: int = 1000
    is_by_time: bool = False

    def page(self, url: str, query: Query, parent: int = 0) -> bytes:
        """The requested page, in the format of its pagination."""
        default = ROWS_A_PAGE if self.is_export or self.is_by_time else 100
        requested = int(query.get("page[size]") or query.get("per_page") or default)
        size = min(requested, self.max_page_size)
        page = self._number(query)
        with_metrics = f"{self.kind}_with_metrics"
        has_metrics = with_metrics in KINDS and "metric_sets" in query.get("include", "")
        kind = with_metrics if has_metrics else self.kind
        count = max(0, min(size, self.rows - (page - 1) * size))
        is_last = page * size >= self.rows
        start = b'{"%b":' % self.key.encode()
        return start + rows(kind, count, parent * 100 + page) + self._ending(url, query, page, is_last)

    def _number(self, query: Query) -> int:
        if self.is_by_time:
            return max(1, int(float(query.get("start_time", 0))) // ROWS_A_PAGE - FIRST_SECOND)
        return int(query.get("cursor") or query.get("page[after]") or query.get("page") or 1)

    def _ending(self, url: str, query: Query, page: int, is_last: bool) -> bytes:  # noqa: FBT001
        if self.is_by_time:
            end = (FIRST_SECOND + page + 1) * ROWS_A_PAGE
            following = f"{url}?{urlencode({**query, 'start_time': end})}"
            ending = {"next_page": following, "end_time": end, "count": self.rows, "end_of_stream": is_last}
        elif self.is_export:
            after = {**{name: value for name, value in query.items() if name != "start_time"}, "cursor": str(page + 1)}
            ending = {"after_cursor": str(page + 1), "after_url": f"{url}?{urlencode(after)}", "end_of_stream": is_last}
        elif "page[size]" in query:
            following = f"{url}?{urlencode({**query, 'page[after]': page + 1})}"
            ending = {
                "meta": {"has_more": not is_last, "after_cursor": str(page + 1), "before_cursor": None},
                "links": {"next": None if is_last else following, "prev": None},
            }
        else:
            following = f"{url}?{urlencode({**query, 'page': page + 1})}"
            ending = {"next_page": None if is_last else following, "previous_page": None, "count": self.rows}
        return b"," + orjson.dumps(ending)[1:]


@lru_cache(maxsize=CACHED_PAGES)
def rows(kind: str, count: int, page: int) -> bytes:
    """A JSON list of rows with the ids and times of this page."""
    template, positions = _template(kind, count)
    hour = FIRST_HOUR + timedelta(hours=page % HOURS)
    values = (b"%d" % (FIRST_SERIAL + page), b"%d" % (FIRST_SECOND + page), hour.strftime("%Y-%m-%dT%H").encode())
    content = bytearray(template)
    for value, begins in zip(values, positions, strict=True):
        for begin in begins:
            content[begin : begin + len(value)] = value
    return bytes(content)


@cache
def _template(kind: str, count: int) -> tuple[bytes, list[list[int]]]:
    """The rows with placeholders for values that differ, and their positions; ids and seconds are numbers."""
    text = orjson.dumps([KINDS[kind](number) for number in range(count)])
    for mark in (SERIAL, SECOND):
        text = re.sub(b'"(%b[0-9]{3})"' % mark.encode(), rb"\1", text)
    return text, [[found.start() for found in re.finditer(mark.encode(), text)] for mark in (SERIAL, SECOND, HOUR)]
