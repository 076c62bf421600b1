"""The pager: requests the pages of one read, one after the other."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

import requests
from airbyte_cdk.sources.streams.http.page_size_reduction_exception import PageSizeReductionRequiredException

from source_zendesk.errors import PaginationError
from source_zendesk.extract.cursors.base import IncrementalRead, PageRows
from source_zendesk.extract.cursors.list_cursor import PAGE
from source_zendesk.extract.loop_guard import PaginationLoopGuard
from source_zendesk.extract.page import Page
from source_zendesk.extract.page_requester import PageRequester
from source_zendesk.extract.page_size import AdaptivePageSize
from source_zendesk.extract.paginator import Paginator, Query
from source_zendesk.extract.row_counts import ReadCounts
from source_zendesk.http.error_text import body_text, error_text
from source_zendesk.http.refusals import raise_for_refusal
from source_zendesk.http.response import ParsedResponse, expect_documented_shape, requested_at

LOGGER = logging.getLogger("airbyte")
TOO_RECENT = "StartTimeTooRecent"


@dataclass
class Pager:
    """Requests the pages of one `read` for the partition of these `values`. `keys` identify a row. Not thread-safe.

    It retries a page with a smaller size, without refused parameters, without an expired cursor, or with an earlier
    start, as Zendesk requires. Raises the errors of `raise_for_refusal` for any other refusal.
    """

    read: IncrementalRead
    paginator: Paginator
    requester: PageRequester
    counts: ReadCounts
    values: Mapping[str, Any]
    keys: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Start before the first page; sends nothing."""
        self._stream = self.requester.name
        self._page_size = AdaptivePageSize(self._stream, self.paginator.size_parameter, self.paginator.max_page_size)
        self._loop_guard = PaginationLoopGuard(
            self._stream, self.paginator.max_empty_pages, self.keys if self.paginator.has_numbers else ()
        )
        self._is_first, self._restarts = True, self.read.restarts
        self._query: Query = {}
        self._failure: PaginationError | None = None
        self._is_at_end = True

    def pages(self, extract: Callable[[ParsedResponse], PageRows]) -> Iterator[Page]:
        """The pages with the new rows that `extract` finds in each response; keeps none in memory.

        If pagination fails, the page is emitted before the error, with a state that resumes at the same page. Raises
        `PaginationError` for a pagination loop.
        """
        while self.read.query is not None:
            yield self._next_page(extract)
            if self._failure:
                raise self._failure
        if self._is_at_end:
            self._finish()

    def _finish(self) -> None:
        self.counts.finish()
        if self.paginator.ends_at_count and (self.counts.missing or 0) > 0:
            LOGGER.warning(
                "Stream %s: Zendesk returned %s of the %s rows that it reports; rows may be missing",
                self._stream,
                self.counts.rows,
                self.counts.last_reported,
            )

    def _next_page(self, extract: Callable[[ParsedResponse], PageRows]) -> Page:
        state = self.read.state
        response = self._request()
        if response is None:
            self._is_at_end = True
            return Page([], state, self.read.state)
        self.read.begin(response)
        state = self.read.state
        page = self._extract(response, extract)
        self.requester.context.on_page(self.requester.context.credentials_field)
        try:
            next_query = self._next_query(response, page)
        except PaginationError as error:
            # The traceback would keep the page.
            self._failure = error.with_traceback(None)
            return Page(page.new_rows, state, state, response.requested_at)
        self._is_at_end = next_query is None
        self._advance(response, page, next_query)
        return Page(page.new_rows, state, self.read.state, response.requested_at, page.reported_count)

    def _request(self) -> ParsedResponse | None:
        """The response to the next page; None if an export has reached the present."""
        while self.read.query is not None:
            self._query, refused_params = self._page_size.apply(self.read.query), self.requester.refused_params
            try:
                response = self.requester.send(self._query, self.values, bypass_cache=self.read.restarts > 0)
            except PageSizeReductionRequiredException as rejected:
                self._page_size.reduce(rejected.error_message or "the response timed out")
                continue
            self._page_size.grow()
            if isinstance(response, ParsedResponse):
                self._is_first = False
                return response
            has_changed = response.status_code == 400 and refused_params != self.requester.refused_params
            if not has_changed and not self._adapt_to_refusal(self.read.query, response):
                self._raise_for_refusal(response)
        return None

    def _adapt_to_refusal(self, query: Query, refusal: requests.Response) -> bool:
        """Change the read so that the request can succeed; False if a refusal allows no other request."""
        status, text = refusal.status_code, body_text(refusal)
        if status == 400 and (TOO_RECENT in text or self.paginator.is_too_recent(query, requested_at(refusal))):
            if self._is_first:
                return self.read.retry_earlier(requested_at(refusal))
            self.read.query = None
            return True
        if status == 400 and self._is_first and self.requester.drop_refused_params(query, self.values, text):
            return True
        if status in (400, 404, 410, 422) and self.read.recover_expired_cursor():
            LOGGER.warning("Stream %s: Zendesk refuses a cursor (%s); retrying", self._stream, error_text(refusal))
            self._reset_after_restart()
            return True
        return False

    def _raise_for_refusal(self, refusal: requests.Response) -> NoReturn:
        context = self.requester.context
        raise_for_refusal(
            self._stream,
            refusal,
            is_child=bool(self.values) and not context.is_input,
            is_first=self._is_first,
            has_inputs=context.is_input,
            credentials=context.credentials_field,
        )

    def _extract(self, response: ParsedResponse, extract: Callable[[ParsedResponse], PageRows]) -> PageRows:
        with expect_documented_shape(self._stream):
            page = extract(response)
            already_emitted = partial(self.read.select_already_emitted, page.rows)
            self.counts.count_page(
                page.rows, page.new_rows, already_emitted, page.reported_count, response.requested_at
            )
            return page

    def _next_query(self, response: ParsedResponse, page: PageRows) -> Query | None:
        with expect_documented_shape(self._stream):
            next_query = self.paginator.next_query(self._query, _fields(response), page.cursor_rows)
            if next_query is not None and PAGE in next_query and self._has_reported_rows:
                next_query = None
            if next_query is None:
                params = self.requester.params(self._query, self.values)
                self.paginator.check_truncation(self.counts.rows, params, _fields(response))
                return None
            return None if self.paginator.is_too_recent(next_query, response.requested_at) else next_query

    @property
    def _has_reported_rows(self) -> bool:
        """Whether the pages contain exactly the rows that Zendesk reports, whatever their sizes are."""
        return self.paginator.ends_at_count and self.counts.missing == 0

    def _advance(self, response: ParsedResponse, page: PageRows, next_query: Query | None) -> None:
        self.read.refused_params = self.requester.refused_params
        with expect_documented_shape(self._stream):
            complete_query = None if next_query is None else self.read.complete(next_query)
            self._loop_guard.check(self._query, complete_query, page.cursor_rows)
            self.read.advance(next_query, response, page)
        self._reset_after_restart()

    def _reset_after_restart(self) -> None:
        """If the read has returned to an earlier page, forget the pages so far."""
        if self.read.restarts > self._restarts:
            self._restarts = self.read.restarts
            self._loop_guard.reset()
            self.counts.restart()


def _fields(response: ParsedResponse) -> Mapping[str, Any]:
    """The fields of a response; a response that is a list has no pagination fields."""
    return {} if isinstance(response.body, list) else response.body
