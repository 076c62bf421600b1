"""The retriever: reads an endpoint page by page, with a state after each page."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import requests
from airbyte_cdk.sources.declarative.partition_routers import PartitionRouter
from airbyte_cdk.sources.declarative.requesters.requester import Requester
from airbyte_cdk.sources.declarative.retrievers.retriever import Retriever
from airbyte_cdk.sources.streams.core import StreamData
from airbyte_cdk.sources.streams.http.page_size_reduction_exception import PageSizeReductionRequiredException
from airbyte_cdk.sources.types import Record, StreamSlice

from source_zendesk.errors import PaginationError, ResponseError
from source_zendesk.extract.cursors.base import Cursor, IncrementalRead, State
from source_zendesk.extract.extractors import RecordExtractor, Row
from source_zendesk.extract.loop_guard import PaginationLoopGuard
from source_zendesk.extract.page_requester import PageRequester
from source_zendesk.extract.page_size import AdaptivePageSize
from source_zendesk.extract.paginators import Paginator, Query
from source_zendesk.extract.partitions import Page
from source_zendesk.extract.stream_context import StreamContext
from source_zendesk.extract.transformations import RecordNormalizer, TypeCoercion
from source_zendesk.http.error_text import body_text, error_text
from source_zendesk.http.refusals import StreamSkipped, raise_for_refusal
from source_zendesk.http.response import ParsedResponse, expect_documented_shape, requested_at

LOGGER = logging.getLogger("airbyte")
# A page has 1,000 rows at most; no list without pages is known to come near this.
MAX_ROWS = 100_000
TOO_RECENT = "StartTimeTooRecent"


@dataclass
class PageRetriever(Retriever):
    """Emits the records of an endpoint page by page, each page followed by the state that resumes after it.

    On the CDK's own source, it has no `context`, the slices come from the `partition_router`, and it emits no states.
    `endpoint` is the path with `{placeholders}`. A slice contains their values and further query parameters, or the
    JSON body of a POST. `incremental_cursor` is the definition of a `Cursor`. With `per_brand`, requests go to the host
    of the slice's brand. An endpoint that the account's plan or role does not include is skipped with a warning. A
    parent for which Zendesk refuses the children is skipped and counted. Raises `ResponseError` for a response without
    the documented records, and `PaginationError` for a pagination loop.
    """

    name: str
    config: Mapping[str, Any]
    endpoint: str
    requester: Requester
    paginator: Paginator
    extractor: RecordExtractor
    incremental_cursor: Mapping[str, Any]
    cursor_field: str = ""
    primary_key: list[str] = field(default_factory=list)
    query: dict[str, Any] = field(default_factory=dict)
    body_parameters: bool = False
    per_brand: bool = False
    read_at_field: str = ""
    redacted: list[str] = field(default_factory=list)
    schema: str = ""
    product: str = ""
    path_param_types: dict[str, str] = field(default_factory=dict)
    partition_router: PartitionRouter | None = None
    context: StreamContext = field(default_factory=StreamContext)

    def __post_init__(self) -> None:
        """Build the requester and the normalizer; sends nothing."""
        coercion = TypeCoercion.from_schema(self.schema, self.product) if self.schema else TypeCoercion()
        self._normalizer = RecordNormalizer(
            self.path_param_types,
            self.per_brand,
            self.read_at_field,
            self.context.foreign_sideloads,
            self.redacted,
            coercion,
        )
        cursor = Cursor.from_definition(self.incremental_cursor, self.config, self.cursor_field)
        self._cursor = cursor.for_all_rows() if self.context.needs_all_rows else cursor
        self._page_requester = PageRequester(
            self.name,
            self.endpoint,
            self.requester,
            query={**self.query, **self.context.query},
            optional_params=frozenset([*self._cursor.optional_params, self.paginator.size_parameter]),
            body_parameters=self.body_parameters,
            per_brand=self.per_brand,
            context=self.context,
        )

    def read_records(
        self, records_schema: Mapping[str, Any], stream_slice: StreamSlice | None = None
    ) -> Iterable[StreamData]:
        """The records of one slice; a stream without parents emits its state after each page."""
        values, checkpoint = dict(stream_slice or {}), self.context.checkpoint
        if values or checkpoint is None:
            yield from self._read_partition(values, stream_slice)
            return
        try:
            for page in self.read_pages(checkpoint.resume_state):
                yield from self._transform_records(page.rows)
                yield checkpoint.advance(page.next_state)
        except StreamSkipped as skipped:
            checkpoint.skip_stream(str(skipped))

    def _read_partition(self, values: dict[str, Any], stream_slice: StreamSlice | None) -> Iterable[Record]:
        partition = stream_slice.extra_fields.get("partition") if stream_slice else None
        if partition and partition.is_cancelled:
            return
        try:
            for page in self.read_pages(partition.child_state if partition else {}, values):
                yield from self._transform_records(page.rows)
                if partition:
                    partition.advance(page.next_state)
        except StreamSkipped as skipped:
            level = logging.WARNING if self.context.is_input else logging.INFO
            LOGGER.log(level, "Stream %s: skipped %s (%s)", self.name, values, skipped)
            if partition:
                partition.refusal = skipped

    def _transform_records(self, rows: list[Row]) -> Iterator[Record]:
        with expect_documented_shape(self.name):
            for step in (*self.context.transformations, self.context.row_counts):
                rows = step.transform(rows)
        if self.context.page_transport:
            return self.context.page_transport.wrap_page(self.name, rows)
        return (Record(row, self.name) for row in rows)

    def first_response(self, query: Query) -> Mapping[str, Any]:
        """The body of one response to this query; raises `StreamSkipped` if Zendesk refuses the request."""
        response = self._page_requester.send(query, {}, bypass_cache=True)
        if not isinstance(response, ParsedResponse):
            raise StreamSkipped(error_text(response))
        with expect_documented_shape(self.name):
            return dict(response.body)

    def read_pages(self, state: State, values: Mapping[str, Any] | None = None) -> Iterator[Page]:
        """The pages from a state on; `values` are those of the slice.

        If pagination fails, the page is emitted before the error, with a state that resumes at the same page.
        """
        values = values or {}
        read = self._cursor.open(state, self.paginator, self.primary_key)
        page_size = AdaptivePageSize(self.name, self.paginator.size_parameter, self.paginator.max_page_size)
        loop_guard, is_first = PaginationLoopGuard(self.name), True
        row_counts, next_query = self.context.row_counts, None
        read_counts = row_counts.start_read(state, values)
        while read.query is not None:
            resume_state = read.state
            response, query = self._request_page(read, values, page_size, loop_guard, is_first=is_first)
            if response is None:
                yield Page([], resume_state, read.state)
                row_counts.finish_read(read_counts)
                return
            read.begin(response)
            resume_state, is_first = read.state, False
            # A response that is a list has no pagination fields.
            body = {} if isinstance(response.body, list) else response.body
            with expect_documented_shape(self.name):
                rows, cursor_rows, new_rows = self._extract_page(response, read, values)
                row_counts.count_page(read_counts, rows, self.paginator.reported_count(body))
                row_counts.count_distinct(
                    read_counts, new_rows, partial(read.select_already_emitted, rows), response.requested_at
                )
            try:
                with expect_documented_shape(self.name):
                    next_query = self.paginator.next_query(query, body, cursor_rows)
                if next_query is None:
                    self.paginator.check_truncation(read_counts.rows, self._page_requester.params(query, values))
            except PaginationError:
                yield Page(new_rows, resume_state, resume_state)
                raise
            read.refused_params, restarts = self._page_requester.refused_params, read.restarts
            with expect_documented_shape(self.name):
                loop_guard.check(query, next_query, cursor_rows)
                read.advance(next_query, response, rows, cursor_rows)
            if read.restarts > restarts:
                loop_guard.reset()
                read_counts.reset()
            yield Page(new_rows, resume_state, read.state)
        if next_query is None:
            row_counts.finish_read(read_counts)

    def _extract_page(
        self, response: ParsedResponse, read: IncrementalRead, values: Mapping[str, Any]
    ) -> tuple[list[Row], ...]:
        """All rows of a page, the rows that advance the cursor, and the new rows as records."""
        rows = self.extractor.extract(response.body)
        if len(rows) > MAX_ROWS:
            raise ResponseError(self.name, f"the response has {len(rows)} rows, more than the {MAX_ROWS} that are read")
        cursor_rows = self.extractor.cursor_rows(response.body, rows)
        joined = self.context.sideloads.join(read.select_new(rows), response.body)
        return rows, cursor_rows, self._normalizer.transform(joined, values, response.requested_at)

    def _request_page(
        self,
        read: IncrementalRead,
        values: Mapping[str, Any],
        page_size: AdaptivePageSize,
        loop_guard: PaginationLoopGuard,
        *,
        is_first: bool,
    ) -> tuple[ParsedResponse | None, Query]:
        """The response and the query that was sent for it; no response if an export has reached the present."""
        while read.query is not None:
            query, refused = page_size.apply(read.query), self._page_requester.refused_params
            try:
                response = self._page_requester.send(query, values, bypass_cache=read.restarts > 0)
            except PageSizeReductionRequiredException as rejected:
                page_size.reduce(rejected.error_message or "the response timed out")
                continue
            page_size.grow()
            if isinstance(response, ParsedResponse):
                return response, query
            if refused != self._page_requester.refused_params and response.status_code == 400:
                continue
            if not self._adapt_to_refusal(read, values, response, loop_guard, is_first=is_first):
                is_input = self.context.is_input
                is_child = bool(values) and not is_input
                raise_for_refusal(self.name, response, is_child=is_child, is_first=is_first, has_inputs=is_input)
        return None, {}

    def _adapt_to_refusal(
        self,
        read: IncrementalRead,
        values: Mapping[str, Any],
        refusal: requests.Response,
        loop_guard: PaginationLoopGuard,
        *,
        is_first: bool,
    ) -> bool:
        """Change the read so that the request can succeed; False if a refusal allows no other request."""
        if refusal.status_code == 400 and TOO_RECENT in body_text(refusal):
            if is_first:
                return read.retry_earlier(requested_at(refusal))
            read.query = None
            return True
        query = read.query or {}
        is_first_bad_request = refusal.status_code == 400 and is_first
        if is_first_bad_request and self._page_requester.drop_refused_params(query, values, body_text(refusal)):
            return True
        if refusal.status_code in (400, 404, 410, 422) and read.recover_expired_cursor():
            LOGGER.warning("Stream %s: Zendesk refuses a cursor (%s); retrying", self.name, error_text(refusal))
            loop_guard.reset()
            return True
        return False
