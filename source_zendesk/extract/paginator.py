"""The base class of the paginators."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from airbyte_cdk.sources.declarative.interpolation import InterpolatedString
from airbyte_cdk.sources.declarative.requesters.paginators.strategies.pagination_strategy import PaginationStrategy
from airbyte_cdk.sources.types import Record, StreamSlice

from source_zendesk import times

Query = dict[str, Any]
# Query parameters that must be integers.
NUMBERS = ("page", "per_page", "page[size]", "limit", "pageSize", "perPage")
# An empty page is not the end, but this many in a row are a loop.
MAX_EMPTY_PAGES = 100


@dataclass
class Paginator(PaginationStrategy, ABC):
    """Builds the query of the first page and, from a response, the query of the next page.

    These queries are the page tokens of the CDK. The CDK's retriever calls `next_page_token`; `PageRetriever` calls
    `next_query`, with a body that is already parsed.

    `page_size` is the number of records to request, None if the endpoint takes no size. `size_parameter` is the query
    parameter for it. `max_empty_pages` is the number of pages in a row without new rows that are an error. With
    `ends_at_count`, a read requests no further number of a page after it has received `reported_count` rows. With
    `has_numbers`, the connector counts the pages, so that a server may ignore their numbers.
    """

    name: str
    config: Mapping[str, object]
    page_size: int | str | None = None

    size_parameter = "per_page"
    max_empty_pages = MAX_EMPTY_PAGES
    ends_at_count = has_numbers = False
    # The seconds that a start time must lie in the past.
    youngest_start = times.YOUNGEST_START

    def __post_init__(self) -> None:
        """Evaluate a page size that is an interpolation of the config."""
        if isinstance(self.page_size, str):
            self.page_size = int(InterpolatedString.create(self.page_size, parameters={}).eval(self.config))

    def first_query(self, since: int | None) -> Query:
        """The query of the first page; `since` is the epoch second from which an export starts."""
        return self._with_page_size({})

    @property
    def max_page_size(self) -> int | None:
        """The number of records on a full page, None if the endpoint takes no size."""
        return int(self.page_size) if self.page_size else None

    @property
    def initial_token(self) -> Query:
        """The query of the first page."""
        return self.first_query(None)

    def get_page_size(self) -> int | None:
        """The number of records on a full page, None if the endpoint takes no size."""
        return self.max_page_size

    def next_page_token(
        self,
        response: requests.Response,
        last_page_size: int,
        last_record: Record | None,
        last_page_token_value: Query | None,
        page_size_override: int | None = None,
        stream_slice: StreamSlice | None = None,
    ) -> Query | None:
        """The query of the next page, None after the last."""
        body = response.json()
        query = last_page_token_value or self.initial_token
        return self.next_query(query, body if isinstance(body, dict) else {}, range(last_page_size))

    @abstractmethod
    def next_query(self, query: Query, body: Mapping[str, object], rows: Sequence[object]) -> Query | None:
        """The query of the next page, None after the last; `rows` and `body` are the response to `query`."""

    def is_too_recent(self, query: Query, now: int) -> bool:
        """Whether Zendesk refuses a page because its start time is too close to the epoch second `now`."""
        return False

    def check_truncation(self, row_count: int, params: Query, body: Mapping[str, Any]) -> None:
        """Raise `PaginationError` if Zendesk may have truncated a read of `row_count` rows with these parameters.

        `body` is the last response.
        """

    def reported_count(self, body: object) -> int | None:
        """The number of records in the whole list as the response reports it, None if this pagination has no count."""
        return None

    def _with_page_size(self, query: Query) -> Query:
        return {**query, self.size_parameter: int(self.page_size)} if self.page_size else query


def parse_link(link: str) -> Query:
    """The query of a link; a repeated parameter becomes a list. Drops parameters of `NUMBERS` that are not numbers."""
    values = parse_qs(urlsplit(link).query, keep_blank_values=True)
    query = {key: value[0] if len(value) == 1 else value for key, value in values.items()}
    return {key: value for key, value in query.items() if key not in NUMBERS or is_number(value)}


def is_number(value: object) -> bool:
    """Whether a value is a number that Zendesk accepts for a parameter of `NUMBERS`, and that a state may contain."""
    return re.fullmatch(r"[0-9]{1,12}", value) is not None if isinstance(value, str) else False
