"""Pages that are made once: rows written beforehand, in which only ids and times differ from page to page."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache, lru_cache
from urllib.parse import urlencode

import orjson

from benchmarks.rows import HOUR, KINDS, SECOND, SERIAL

FIRST_SERIAL = 1_000_000_000
# Pages of exports begin 1,000 seconds after each other, with the first ten digits of an epoch second before the row's.
FIRST_SECOND = 1_600_000
FIRST_HOUR = datetime(2018, 6, 1, tzinfo=timezone.utc)
HOURS = 20_000
KEPT = 150
Query = dict[str, str]


@dataclass(frozen=True)
class Listing:
    """What one path answers: so many `rows` of a kind under `key`; those of a pattern are children of an id in it.

    A page has as many rows as are asked for, but no more than `most`.
    """

    key: str
    kind: str
    rows: int
    is_export: bool = False
    most: int = 1000

    def answer(self, url: str, query: Query, parent: int = 0) -> bytes:
        """The page that a query asks for, in the form of its pagination."""
        asked = int(query.get("page[size]") or query.get("per_page") or (1000 if self.is_export else 100))
        size = min(asked, self.most)
        page = int(query.get("cursor") or query.get("page[after]") or query.get("page") or 1)
        kind = (
            "ticket_with_metrics" if self.kind == "ticket" and "metric_sets" in query.get("include", "") else self.kind
        )
        count = max(0, min(size, self.rows - (page - 1) * size))
        is_last = page * size >= self.rows
        begun = b'{"%b":' % self.key.encode()
        return begun + rows(kind, count, parent * 100 + page) + self._ending(url, query, page, is_last)

    def _ending(self, url: str, query: Query, page: int, is_last: bool) -> bytes:  # noqa: FBT001
        if self.is_export:
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


@lru_cache(maxsize=KEPT)
def rows(kind: str, count: int, page: int) -> bytes:
    """A JSON list of rows whose ids and times are those of this page."""
    written, places = _written(kind, count)
    hour = FIRST_HOUR + timedelta(hours=page % HOURS)
    values = (b"%d" % (FIRST_SERIAL + page), b"%d" % (FIRST_SECOND + page), hour.strftime("%Y-%m-%dT%H").encode())
    made = bytearray(written)
    for value, begins in zip(values, places, strict=True):
        for begin in begins:
            made[begin : begin + len(value)] = value
    return bytes(made)


@cache
def _written(kind: str, count: int) -> tuple[bytes, list[list[int]]]:
    """The rows with marks in the place of what differs, and where the marks are; ids and seconds are numbers."""
    text = orjson.dumps([KINDS[kind](number) for number in range(count)])
    for mark in (SERIAL, SECOND):
        text = re.sub(b'"(%b[0-9]{3})"' % mark.encode(), rb"\1", text)
    return text, [[found.start() for found in re.finditer(mark.encode(), text)] for mark in (SERIAL, SECOND, HOUR)]
