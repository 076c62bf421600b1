"""Paginators of lists: offset, cursor, single page. Each docstring gives the stop rule."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from airbyte_cdk.sources.declarative.interpolation import InterpolatedString

from source_zendesk.errors import PaginationError
from source_zendesk.extract import page_fields

Query = dict[str, Any]
# The parameters that are whole numbers.
NUMBERS = ("page", "per_page", "page[size]", "limit")


@dataclass
class Paginator(ABC):
    """Tells the query of the first page and, from an answer, that of the next.

    `page_size` is the number of rows to ask for, None where the endpoint takes no size; `size_parameter` is the name of
    the query parameter that carries it.
    """

    name: str
    config: Mapping[str, Any]
    page_size: int | str | None = None

    size_parameter = "per_page"

    def __post_init__(self) -> None:
        """A page size may be an interpolation of the config."""
        if isinstance(self.page_size, str):
            self.page_size = int(InterpolatedString.create(self.page_size, parameters={}).eval(self.config))

    def first_query(self, since: int | None) -> Query:
        """The query of the first page; `since` is the epoch second an export starts from."""
        return self._with_page_size({})

    @property
    def max_page_size(self) -> int | None:
        """The rows of a page that Zendesk is not asked to make smaller, None where it cannot be asked."""
        return int(self.page_size) if self.page_size else None

    @abstractmethod
    def next_query(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """The query of the page after the one of these rows that answered `body` to `query`, None after the last."""

    def check_truncation(self, served: int, params: Query) -> None:  # noqa: B027  # most endpoints have no ceiling
        """Raise `PaginationError` where so many rows, asked for with these parameters, may not be all."""

    def reported_count(self, body: Any) -> int | None:
        """How many rows an answer says the whole list to hold, None where this way of paging does not tell."""
        return None

    def _with_page_size(self, query: Query) -> Query:
        return {**query, self.size_parameter: int(self.page_size)} if self.page_size else query


def parse_link(link: str) -> Query:
    """The query of a link; a parameter given several times is a list. Numbers that are none are left out."""
    values = parse_qs(urlsplit(link).query, keep_blank_values=True)
    query = {key: value[0] if len(value) == 1 else value for key, value in values.items()}
    return {key: value for key, value in query.items() if key not in NUMBERS or is_number(value)}


def is_number(value: Any) -> bool:
    """Whether a parameter is one of `NUMBERS` as Zendesk takes it, and as a state may contain it."""
    return re.fullmatch(r"[0-9]{1,12}", value) is not None if isinstance(value, str) else False


@dataclass
class SinglePagePaginator(Paginator):
    """Stops after the first answer."""

    def next_query(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """There is no other page."""
        return None


# Searches end after 1,000 rows, those for users after 10,000.
CEILINGS = (1_000, 10_000)


@dataclass
class OffsetPaginator(Paginator):
    """Stops when `next_page` is null or missing; where Zendesk stops at its ceiling instead, that is an error.

    Zendesk refuses pages past the hundredth; the first of them is an error here, before it is asked for, so that 10,000
    rows are never taken for all of them. https://developer.zendesk.com/api-reference/introduction/pagination/
    """

    last_page: int = 100

    def _refuse_ceiling(self, query: Query, count: int | None) -> None:
        served = int(query.get("page", 1)) * int(self.page_size or 0)
        if served in CEILINGS and count is not None and count > served:
            raise PaginationError(
                self.name,
                f"Zendesk serves the first {served} of {count} rows",
                "Narrow the request, or read search_export",
            )

    def reported_count(self, body: Any) -> int | None:
        """The `count` of an answer, which is that of the list and not of the page."""
        return page_fields.count(body)

    def next_query(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """Follow `next_page`."""
        link = page_fields.link(body, "next_page")
        if not link:
            self._refuse_ceiling(query, page_fields.count(body))
            return None
        following = parse_link(link)
        page = str(following.get("page", ""))
        if page.isdigit() and int(page) > self.last_page:
            raise PaginationError(
                self.name,
                f"this endpoint has more than {self.last_page} pages and Zendesk serves no more of them",
                "Narrow the request with `inputs`, or read the export or search/export stream of the same rows",
            )
        return following


@dataclass
class CursorPaginator(OffsetPaginator):
    """Stops when `meta.has_more` is false; an empty page is not an end.

    A server that knows no cursors here ignores `page[size]` and answers an offset page: its `next_page` is followed.
    https://developer.zendesk.com/api-reference/introduction/pagination/#cursor-pagination
    """

    size_parameter: str = "page[size]"
    cursor_parameter: str = "page[after]"

    def reported_count(self, body: Any) -> int | None:
        """Nothing: what a `count` means is documented for offset pages alone."""
        return None

    def next_query(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """Ask for the page after `meta.after_cursor`."""
        meta = page_fields.section(body, "meta")
        has_more, cursor = page_fields.flag(meta, "has_more"), page_fields.cursor(meta, "after_cursor")
        if has_more is None:
            return self._without_mark(query, body, rows, cursor)
        if not has_more:
            return None
        if cursor:
            return self._after(cursor)
        if link := page_fields.link(page_fields.section(body, "links"), "next"):
            following = parse_link(link)
            return self._with_page_size(following) if self.size_parameter in following else following
        raise PaginationError(
            self.name,
            "Zendesk says that there is more but gives no cursor",
            "Run the sync again; it goes on from this page",
        )

    def _without_mark(
        self, query: Query, body: Mapping[str, Any], rows: Sequence[Any], cursor: str | None
    ) -> Query | None:
        """Go on by the link, the `cursor` of `meta` unless the page was asked for by it, or that at the top.

        Without any of these, go on as in offset pages.
        """
        if link := page_fields.link(page_fields.section(body, "links"), "next"):
            return parse_link(link)
        if cursor:
            return None if cursor == query.get(self.cursor_parameter) else self._after(cursor)
        if "after_cursor" in body:
            cursor = page_fields.cursor(body, "after_cursor")
            return self._after(cursor) if cursor else None
        if (
            self.cursor_parameter in query
            and not any(body.get(key) for key in ("meta", "links"))
            and "next_page" not in body
        ):
            raise PaginationError(
                self.name,
                "a page that was requested by cursor has no pagination fields (`meta`, `links`, `next_page`)",
                "Run the sync again; it resumes at this page",
            )
        return super().next_query(query, body, rows)

    def _after(self, cursor: str) -> Query:
        return self._with_page_size({self.cursor_parameter: cursor})


LARGEST_PAGE = 1000


@dataclass
class BeforeCursorPaginator(CursorPaginator):
    """Stops when `before_url` is null; `after_url` leads back to rows that are newer.

    A page has 1,000 rows; only where that is too many is it asked for fewer, by `limit`.
    https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_audits/
    """

    size_parameter: str = "limit"

    @property
    def max_page_size(self) -> int:
        """The rows of a page without `limit`, which is the most there is."""
        return LARGEST_PAGE

    def next_query(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """Ask for the page of older rows; an answer in the plain cursor shape is followed as such."""
        if "before_url" not in body:
            return super().next_query(query, body, rows)
        link = page_fields.link(body, "before_url")
        if not link:
            return None
        return {name: value for name, value in parse_link(link).items() if name != self.size_parameter}


CEILING = 10_000


@dataclass
class RecordSearchPaginator(CursorPaginator):
    """Stops as cursor pages do; after 10,000 rows that is an error, unless the rows are sorted.

    By relevance Zendesk answers the first 10,000 rows and says nothing of the rest; with `sort` it answers all.
    https://developer.zendesk.com/api-reference/custom-data/custom-objects/custom_object_records/
    """

    def check_truncation(self, served: int, params: Query) -> None:
        """Refuse to take the first 10,000 rows for all."""
        if served >= CEILING and "sort" not in params:
            raise PaginationError(
                self.name,
                f"Zendesk answers no more than {CEILING} records by relevance, and so many came",
                "Narrow the request, or read custom_object_records",
            )
