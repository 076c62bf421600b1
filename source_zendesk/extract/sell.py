"""The lists of Zendesk Sell, and the events of its Firehose: paginators and extractors."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from source_zendesk.errors import PaginationError, ResponseError
from source_zendesk.extract import page_fields
from source_zendesk.extract.export_paginators import CursorExportPaginator
from source_zendesk.extract.extractors import ListExtractor, Row
from source_zendesk.extract.paginator import Paginator, Query, parse_link

LOGGER = logging.getLogger("airbyte")
DATA, META = "data", "meta"


# The size of a page that is requested without `per_page`.
DEFAULT_SIZE = 25


@dataclass
class SellListPaginator(Paginator):
    """Follows `meta.links.next_page`, or else requests the next page by its number.

    Stop rule: a page without `meta.links.next_page` and with fewer rows than requested, and fewer than a page of the
    default size: Zendesk may reduce the size. Without a page size, a response without this link is the only page.

    Lists of leads, contacts and the like document no link and no total. Lists of lead conversions always have the link
    if there are more rows; from page 51 on, it contains a cursor.

    Sample response: `{"items": [{"data": {"id": 1}, "meta": {"type": "lead"}}], "meta": {"type": "collection"}}`

    https://developer.zendesk.com/api-reference/sales-crm/requests/
    https://developer.zendesk.com/api-reference/sales-crm/resources/lead-conversions/
    """

    has_numbers = True

    def next_query(self, query: Query, body: Mapping[str, object], rows: Sequence[object]) -> Query | None:
        """Follow the link, or request the next number after a page that may be full."""
        links = page_fields.section(page_fields.section(body, META), "links")
        if link := page_fields.link(links, "next_page"):
            return parse_link(link)
        size = int(query.get(self.size_parameter) or 0)
        if not size or len(rows) < min(size, DEFAULT_SIZE) or "cursor" in query:
            return None
        return {**query, "page": int(query.get("page", 1)) + 1}


@dataclass
class EnvelopeExtractor(ListExtractor):
    """The object under `data` of each item of the list under `record_key`.

    https://developer.zendesk.com/api-reference/sales-crm/responses/
    """

    def extract(self, body: object) -> list[Row]:
        """The objects."""
        rows = [item.get(DATA) for item in super().extract(body)]
        if any(not isinstance(row, dict) for row in rows):
            raise ResponseError(self.name, f"an item of the list `{self.record_key}` has no object `{DATA}`")
        return self.validate_objects(rows, self.record_key)


# Zendesk serves all accounts from common queues: a response can contain no event of this account many times in a row.
MAX_EMPTY_RESPONSES = 10_000


@dataclass
class FirehosePaginator(CursorExportPaginator):
    """Starts at the oldest event that Zendesk keeps (`tail`), then follows `meta.position`.

    Stop rule: `meta.top` is true. An empty page is not the end. A response without events and with the requested
    position ends the read with a warning; the next run resumes there.

    Sample response: `{"items": [{"data": {"id": 1}, "meta": {"event_id": "a"}}], "meta": {"position": "xyz",
    "top": false}}`

    https://developer.zendesk.com/api-reference/sales-crm/firehose/overview/
    https://developer.zendesk.com/documentation/sales-crm/firehose/guarantees-best-practices/
    """

    size_parameter = "limit"
    max_empty_pages = MAX_EMPTY_RESPONSES

    def first_query(self, since: int | None) -> Query:
        """Request all events that Zendesk keeps, those of the last 72 hours; they cannot be requested by time."""
        return self.resume("tail")

    def resume(self, cursor: str) -> Query:
        """Request all events after a position."""
        return self._with_page_size({"position": cursor})

    def next_query(self, query: Query, body: Mapping[str, object], rows: Sequence[object]) -> Query | None:
        """Request the events after the position of the response."""
        is_top, position = page_fields.flag(page_fields.section(body, META), "top"), self.end_cursor(query, body)
        if is_top:
            return None
        if position is None or is_top is None:
            field = "position" if position is None else "top"
            raise PaginationError(self.name, f"the response has no `meta.{field}`", "Run the sync again")
        if position == query.get("position") and not rows:
            LOGGER.warning(
                "Stream %s: Zendesk returned no further position before the newest event; the next run resumes there",
                self.name,
            )
            return None
        return self.resume(position)

    def end_cursor(self, query: Query, body: Mapping[str, object]) -> str | None:
        """The position after the last event of a response, None if the response has none."""
        return page_fields.cursor(page_fields.section(body, META), "position")


# The fields of `meta` that every event has at its top level too, because destinations need a key and a cursor there.
COPIED = ("event_id", "event_time", "event_type")


@dataclass
class FirehoseExtractor(ListExtractor):
    """The events under `record_key`, with `event_id`, `event_time` and `event_type` of `meta` at the top level too.

    https://developer.zendesk.com/api-reference/sales-crm/firehose/overview/
    """

    def extract(self, body: object) -> list[Row]:
        """The events."""
        events = super().extract(body)
        if any(not isinstance(event.get(META), dict) for event in events):
            raise ResponseError(self.name, f"an item of the list `{self.record_key}` has no object `{META}`")
        return [{**event, **{name: event[META].get(name) for name in COPIED}} for event in events]
