"""The retriever: reads an endpoint page by page, with a state behind each page."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

import requests
from airbyte_cdk.sources.declarative.requesters.requester import Requester
from airbyte_cdk.sources.declarative.retrievers.retriever import Retriever
from airbyte_cdk.sources.streams.core import StreamData
from airbyte_cdk.sources.streams.http.page_size_reduction_exception import PageSizeReductionRequiredException
from airbyte_cdk.sources.types import Record, StreamSlice

from source_zendesk.errors import PaginationError, ResponseError
from source_zendesk.extract.cursors.base import IncrementalRead, State
from source_zendesk.extract.extractors import RecordExtractor, Row
from source_zendesk.extract.loop_guard import PaginationLoopGuard
from source_zendesk.extract.page_requester import PageRequester
from source_zendesk.extract.page_size import AdaptivePageSize
from source_zendesk.extract.paginators import Paginator, Query
from source_zendesk.extract.partitions import Page
from source_zendesk.extract.stream_context import StreamContext
from source_zendesk.extract.transformations import RecordNormalizer, TypeCoercion
from source_zendesk.http import response as answers
from source_zendesk.http.error_text import body_text, error_text
from source_zendesk.http.refusals import StreamSkipped, raise_for_refusal
from source_zendesk.http.response import ParsedResponse

LOGGER = logging.getLogger("airbyte")
# A page has 1,000 rows at most; of lists without pages none is known that comes near.
MAX_ROWS = 100_000
TOO_RECENT = "StartTimeTooRecent"


class Cursor(Protocol):
    """What opens a read from a state; `savers` are query parameters that rows are filtered by here as well."""

    @property
    def optional_params(self) -> tuple[str, ...]:
        """Their names."""

    def for_all_rows(self) -> "Cursor":
        """The cursor for who needs every row on every run; what is bound by `start_date` stays so."""

    def open(self, state: State, paginator: Any, keys: list[str]) -> IncrementalRead:
        """Begin a read, or go on with the one in the state."""


@dataclass
class PageRetriever(Retriever):
    """Emits the records of an endpoint page by page, each page followed by the state that resumes behind it.

    `endpoint` is the path with `{placeholders}`; a slice gives their values and any further query parameters, or the
    JSON body of a POST. With `per_brand` it is asked at the host of the brand that the slice names. An endpoint that
    the account or the role does not have is skipped with a warning, a parent that refuses is skipped and counted.
    Raises `ResponseError` for an answer without the documented records and `PaginationError` where paging would go in a
    loop.
    """

    name: str
    config: Mapping[str, Any]
    endpoint: str
    requester: Requester
    paginator: Paginator
    extractor: RecordExtractor
    cursor: Cursor
    primary_key: list[str] = field(default_factory=list)
    query: dict[str, Any] = field(default_factory=dict)
    body_parameters: bool = False
    per_brand: bool = False
    read_at_field: str = ""
    redacted: list[str] = field(default_factory=list)
    schema: str = ""
    product: str = ""
    key_types: dict[str, str] = field(default_factory=dict)
    context: StreamContext = field(default_factory=StreamContext)

    def __post_init__(self) -> None:
        """Nothing is sent yet."""
        forms = TypeCoercion.from_schema(self.schema, self.product) if self.schema else TypeCoercion()
        self._finishing = RecordNormalizer(
            self.key_types, self.per_brand, self.read_at_field, self.context.foreign_sideloads, self.redacted, forms
        )
        if self.context.needs_all_rows:
            self.cursor = self.cursor.for_all_rows()
        self._requests = PageRequester(
            self.name,
            self.endpoint,
            self.requester,
            query={**self.query, **self.context.query},
            optional_params=frozenset([*self.cursor.optional_params, self.paginator.size_parameter]),
            body_parameters=self.body_parameters,
            per_brand=self.per_brand,
            context=self.context,
        )

    def read_records(
        self, records_schema: Mapping[str, Any], stream_slice: StreamSlice | None = None
    ) -> Iterable[StreamData]:
        """The records of one slice; those of a stream without parents are interleaved with its state."""
        values, checkpoint = dict(stream_slice or {}), self.context.checkpoint
        if values or checkpoint is None:
            yield from self._child_records(values, stream_slice)
            return
        try:
            for page in self.read_pages(checkpoint.resume_state):
                yield from self._records(page.rows)
                yield checkpoint.advance(page.next_state)
        except StreamSkipped as skipped:
            checkpoint.skip_stream(str(skipped))

    def _child_records(self, values: dict[str, Any], stream_slice: StreamSlice | None) -> Iterable[Record]:
        partition = stream_slice.extra_fields["partition"] if stream_slice else None
        if partition and partition.is_cancelled:
            return
        try:
            for page in self.read_pages(partition.child_state if partition else {}, values):
                yield from self._records(page.rows)
                if partition:
                    partition.advance(page.next_state)
        except StreamSkipped as skipped:
            level = logging.WARNING if self.context.is_input else logging.INFO
            LOGGER.log(level, "Stream %s: skipped %s (%s)", self.name, values, skipped)
            if partition:
                partition.refusal = skipped

    def _records(self, rows: list[Row]) -> Iterator[Record]:
        with answers.expect_documented_shape(self.name):
            for step in (*self.context.transformations, self.context.row_counts):
                rows = step.transform(rows)
        return self.context.page_transport.wrap_page(self.name, rows)

    def first_response(self, query: Query) -> Mapping[str, Any]:
        """What the endpoint answers to this query alone; raises `StreamSkipped` where it refuses."""
        answer = self._requests.send(query, {}, is_again=True)
        if not isinstance(answer, ParsedResponse):
            raise StreamSkipped(error_text(answer))
        with answers.expect_documented_shape(self.name):
            return dict(answer.body)

    def read_pages(self, state: State, values: Mapping[str, Any] | None = None) -> Iterator[Page]:
        """The pages from a state on; `values` are those of the slice."""
        values = values or {}
        progress = self.cursor.open(state, self.paginator, self.primary_key)
        size = AdaptivePageSize(self.name, self.paginator.size_parameter, self.paginator.max_page_size)
        repeats, is_first = PaginationLoopGuard(self.name), True
        row_counts, following = self.context.row_counts, None
        came = row_counts.start_read(state, values)
        while progress.query is not None:
            before = progress.state
            answer, query = self._request_page(progress, values, size, repeats, is_first=is_first)
            if answer is None:
                yield Page([], before, progress.state)
                row_counts.finish_read(came)
                return
            progress.begin(answer)
            before, is_first = progress.state, False
            # A response that is a list has no fields that lead on.
            body = {} if isinstance(answer.body, list) else answer.body
            with answers.expect_documented_shape(self.name):
                rows, clock, fresh = self._rows(answer, progress, values)
                row_counts.count_page(came, rows, self.paginator.reported_count(body))
                row_counts.compare(came, fresh, partial(progress.older, rows), answer.requested_at)
            try:
                with answers.expect_documented_shape(self.name):
                    following = self.paginator.next_query(query, body, clock)
                if following is None:
                    self.paginator.check_truncation(came.rows, self._requests.params(query, values))
            except PaginationError:
                yield Page(fresh, before, before)
                raise
            progress.refused_params, restarts = self._requests.refused_params, progress.restarts
            with answers.expect_documented_shape(self.name):
                repeats.check(query, following, clock)
                progress.advance(following, answer, rows, clock)
            if progress.restarts > restarts:
                repeats.reset()
                came.reset()
            yield Page(fresh, before, progress.state)
        if following is None:
            row_counts.finish_read(came)

    def _rows(
        self, answer: ParsedResponse, progress: IncrementalRead, values: Mapping[str, Any]
    ) -> tuple[list[Row], ...]:
        """All rows of a page, those that tell its time, and the new ones in the form of records."""
        rows = self.extractor.extract(answer.body)
        if len(rows) > MAX_ROWS:
            raise ResponseError(self.name, f"the response has {len(rows)} rows, more than the {MAX_ROWS} that are read")
        clock = self.extractor.cursor_rows(answer.body, rows)
        joined = self.context.sideloads.join(progress.select_new(rows), answer.body)
        return rows, clock, self._finishing.transform(joined, values, answer.requested_at)

    def _request_page(
        self,
        progress: IncrementalRead,
        values: Mapping[str, Any],
        size: AdaptivePageSize,
        repeats: PaginationLoopGuard,
        *,
        is_first: bool,
    ) -> tuple[ParsedResponse | None, Query]:
        """The next page and the query that was sent for it; no page if an export reached the present."""
        while progress.query is not None:
            query, refused = size.apply(progress.query), self._requests.refused_params
            try:
                answer = self._requests.send(query, values, is_again=progress.restarts > 0)
            except PageSizeReductionRequiredException as rejected:
                size.reduce(rejected.error_message or "the answer came too late")
                continue
            size.grow()
            if isinstance(answer, ParsedResponse):
                return answer, query
            if refused != self._requests.refused_params and answer.status_code == 400:
                continue
            if not self._can_retry_differently(progress, values, answer, repeats, is_first=is_first):
                is_asked_for = self.context.is_input
                is_child = bool(values) and not is_asked_for
                raise_for_refusal(self.name, answer, is_child=is_child, is_first=is_first, has_inputs=is_asked_for)
        return None, {}

    def _can_retry_differently(
        self,
        progress: IncrementalRead,
        values: Mapping[str, Any],
        refusal: requests.Response,
        repeats: PaginationLoopGuard,
        *,
        is_first: bool,
    ) -> bool:
        """Whether what was refused can be done without, or asked for in another way."""
        if refusal.status_code == 400 and TOO_RECENT in body_text(refusal):
            if is_first:
                return progress.retry_earlier(answers.requested_at(refusal))
            progress.query = None
            return True
        asked = progress.query or {}
        if (
            refusal.status_code == 400
            and is_first
            and self._requests.drop_refused_params(asked, values, body_text(refusal))
        ):
            return True
        if refusal.status_code in (400, 404, 410, 422) and progress.recover_expired_cursor():
            LOGGER.warning("Stream %s: Zendesk refuses a cursor (%s); asking again", self.name, error_text(refusal))
            repeats.reset()
            return True
        return False
