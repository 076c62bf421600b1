"""Paginators of Zendesk WFM. Each docstring contains the stop rule and a sample response."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from source_zendesk import times
from source_zendesk.errors import PaginationError
from source_zendesk.extract import page_fields
from source_zendesk.extract.paginator import Paginator, Query, parse_link

FULL_PAGE = 1000
DELETED = "deleted"


@dataclass
class MetadataLinkPaginator(Paginator):
    """Follows `metadata.next`.

    Stop rule: `metadata.next` is empty, or the page is.

    Sample response: `{"data": [{"groupings": [], "metrics": []}], "metadata": {"next": null}}`

    https://developer.zendesk.com/api-reference/wfm/introduction/
    """

    def next_query(self, query: Query, body: Mapping[str, object], rows: Sequence[object]) -> Query | None:
        """The query of `metadata.next`."""
        link = page_fields.link(page_fields.section(body, "metadata"), "next")
        return parse_link(link) if link and rows else None


@dataclass
class ActivityPaginator(MetadataLinkPaginator):
    """Starts at `startTime`, then follows `metadata.next`; a full page without it continues at its last `startTime`.

    Stop rule: the page has fewer than 1,000 rows and no `metadata.next`, or starts where the next one would.

    Sample response: `{"data": [{"id": "a1", "startTime": 1700000000}], "metadata": {"next": null}}`

    A full page whose rows all have one second is an error (`PaginationError`).

    https://developer.zendesk.com/api-reference/wfm/introduction/
    """

    def first_query(self, since: int | None) -> Query:
        """Request all activities that started in or after an epoch second."""
        return {"startTime": since or 0}

    def next_query(self, query: Query, body: Mapping[str, object], rows: Sequence[object]) -> Query | None:
        """Start at the last activity of the page."""
        is_full = len(rows) >= FULL_PAGE
        link = super().next_query(query, body, rows)
        if not is_full and link is None:
            return None
        next_query = link or {"startTime": self._last_start(rows)}
        if {name: str(value) for name, value in next_query.items()} != {name: str(query[name]) for name in query}:
            return next_query
        if is_full:
            raise PaginationError(
                self.name,
                f"{len(rows)} activities start in second {query.get('startTime')} and Zendesk returns no more of them",
                "Later activities cannot be read by time; report it to Zendesk",
            )
        return None

    def _last_start(self, rows: Sequence[object]) -> int:
        starts = [times.epoch(row.get("startTime")) for row in rows if isinstance(row, Mapping)]
        latest = max(filter(None, starts), default=None)
        if latest is None:
            raise PaginationError(self.name, "the activities of a full page have no `startTime`", "Run the sync again")
        return latest


@dataclass
class TeamPaginator(Paginator):
    """Requests the teams, then the same list with `deleted=true`, which may contain only deleted teams or all.

    Stop rule: the response to `deleted=true`.

    Sample response: `{"teams": [{"id": "t1", "is_deleted": false, "deleted_at": null}]}`

    https://developer.zendesk.com/api-reference/wfm/teams/
    """

    def next_query(self, query: Query, body: Mapping[str, object], rows: Sequence[object]) -> Query | None:
        """Request the deleted teams."""
        return None if DELETED in query else {DELETED: "true"}


@dataclass
class ShiftPaginator(Paginator):
    """Requests the next page by its number.

    Stop rule: the requested page is `metadata.total`, the number of pages; without that number, an empty page.

    Sample response: `{"data": [{"id": "s1", "startTime": 1700000000}], "metadata": {"currentPage": 1, "total": 4}}`

    A page with the number of another one is an error (`PaginationError`).

    https://developer.zendesk.com/api-reference/wfm/introduction/
    """

    def next_query(self, query: Query, body: Mapping[str, object], rows: Sequence[object]) -> Query | None:
        """Request the next number."""
        metadata, page = page_fields.section(body, "metadata"), int(query.get("page", 1))
        pages = page_fields.number(metadata, "total")
        current = page_fields.number(metadata, "currentPage") or page
        if current != page <= pages:
            raise PaginationError(
                self.name,
                f"Zendesk returned page {current} instead of {page}",
                "Run the sync again; report it to Zendesk",
            )
        has_more = page < pages if page <= pages else bool(rows)
        return {"page": page + 1} if has_more else None
