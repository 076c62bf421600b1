"""The retriever: reads an endpoint page by page, with a state after each page."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import repeat
from typing import Any

from airbyte_cdk.sources.declarative.partition_routers import PartitionRouter
from airbyte_cdk.sources.declarative.requesters.requester import Requester
from airbyte_cdk.sources.declarative.retrievers.retriever import Retriever
from airbyte_cdk.sources.streams.core import StreamData
from airbyte_cdk.sources.types import Record, StreamSlice

from source_zendesk.errors import ResponseError
from source_zendesk.extract.cursors.base import Cursor, IncrementalRead, PageRows, State
from source_zendesk.extract.extractors import RecordExtractor, Row
from source_zendesk.extract.page import Page
from source_zendesk.extract.page_requester import PageRequester
from source_zendesk.extract.pager import Pager
from source_zendesk.extract.paginator import Paginator, Query
from source_zendesk.extract.stream_context import StreamContext
from source_zendesk.extract.transformations import BRAND, RecordNormalizer, TypeCoercion
from source_zendesk.http.error_text import error_text
from source_zendesk.http.refusals import StreamSkipped
from source_zendesk.http.response import ParsedResponse, expect_documented_shape
from source_zendesk.output.page_transport import RowRecord
from source_zendesk.output.row_estimate import row_estimate

LOGGER = logging.getLogger("airbyte")
# A page has 1,000 rows at most; no list without pages is known to come near this.
MAX_ROWS = 100_000


@dataclass
class PageRetriever(Retriever):
    """Emits the records of an endpoint page by page, each page followed by the state that resumes after it.

    On the CDK's own source, it has no `context`, the slices come from the `partition_router`, and it emits no states.
    `endpoint` is the path with `{placeholders}`. A slice contains their values and further query parameters, or the
    JSON body of a POST; with `query_in_body`, the query is in that body too. `incremental_cursor` is the definition of
    a `Cursor`. `per_brand` and `any_help_center` select the host, see `PageRequester`. An endpoint that the account's
    plan or role does not include is skipped with a warning. A parent for which Zendesk refuses the children is skipped
    and counted. Raises `ResponseError` for a response without the documented records, and `PaginationError` for a
    pagination loop.
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
    query_in_body: bool = False
    per_brand: bool = False
    any_help_center: bool = False
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
            self.path_param_types, self.per_brand, self.read_at_field, self.redacted, coercion
        )
        added = {*self.path_param_types, *([BRAND] if self.per_brand else []), self.read_at_field}
        self._received_keys = [name for name in self.primary_key if name not in added]
        cursor = Cursor.from_definition(self.incremental_cursor, self.config, self.cursor_field)
        self._cursor = self._adapt_cursor(cursor)
        self._page_requester = PageRequester(
            self.name,
            self.endpoint,
            self.requester,
            query={**self.query, **self.context.request_context.query},
            optional_params=frozenset([*self._cursor.optional_params, self.paginator.size_parameter]),
            body_parameters=self.body_parameters,
            query_in_body=self.query_in_body,
            per_brand=self.per_brand,
            any_help_center=self.any_help_center,
            context=self.context.request_context,
        )

    def _adapt_cursor(self, cursor: Cursor) -> Cursor:
        if self.context.needs_all_rows:
            return cursor.for_all_rows()
        return cursor.for_volatile_rows() if self.context.has_volatile_rows else cursor

    @property
    def time_field(self) -> str:
        """The field of the rows with the time of their last change, empty if they have none."""
        return str(self.incremental_cursor.get("cursor_field", self.cursor_field))

    def read_records(
        self, records_schema: Mapping[str, Any], stream_slice: StreamSlice | None = None
    ) -> Iterable[StreamData]:
        """The records of one slice; a stream without parents emits its state after each page."""
        values, checkpoint = dict(stream_slice or {}), self.context.checkpoint
        if values or checkpoint is None:
            yield from self._read_partition(values, stream_slice)
            return
        try:
            reads_whole_list = self._cursor.reads_whole_list(checkpoint.resume_state)
            pages = 0
            for page in self.read_pages(checkpoint.resume_state):
                pages += 1  # noqa: SIM113  # `enumerate` would keep the page
                if pages == 1 and reads_whole_list and page.reported_count:
                    yield row_estimate(self.name, page.reported_count)
                records, next_state = self._transform_records(page.rows), page.next_state
                del page  # Otherwise its rows would stay in memory until the next page is parsed.
                yield from records
                yield checkpoint.advance(next_state, pages)
        except StreamSkipped as skipped:
            checkpoint.skip_stream(str(skipped))

    def _read_partition(self, values: dict[str, Any], stream_slice: StreamSlice | None) -> Iterable[Record]:
        partition = stream_slice.extra_fields.get("partition") if stream_slice else None
        if partition and partition.is_cancelled:
            return
        try:
            for page in self.read_pages(partition.child_state if partition else {}, values):
                records, child_state = self._transform_records(page.rows), page.next_state
                del page
                yield from records
                if partition:
                    partition.advance(child_state)
        except StreamSkipped as skipped:
            self._log_refusal(values, skipped)
            if partition:
                partition.refusal = skipped

    def _log_refusal(self, values: Mapping[str, Any], refusal: StreamSkipped) -> None:
        if self.context.request_context.is_input:
            outcome = "refuses" if refusal.is_permission_denied else "has nothing for"
            LOGGER.warning("Stream %s: Zendesk %s the item %s of `inputs` (%s)", self.name, outcome, values, refusal)
        else:
            LOGGER.info("Stream %s: skipped %s (%s)", self.name, values, refusal)

    def _transform_records(self, rows: list[Row]) -> Iterator[Record]:
        with expect_documented_shape(self.name):
            for step in self.context.transformations:
                rows = step.transform(rows)
        self.context.row_counts.count_emitted(rows)
        references = None
        if self.context.file_transfer:
            rows, references = self.context.file_transfer.store_files(rows)
        if self.context.page_transport:
            return self.context.page_transport.wrap_page(self.name, rows, references)
        pairs = zip(rows, references or repeat(None), strict=False)
        return (RowRecord(row, self.name, file_reference=reference) for row, reference in pairs)

    def first_response(self, query: Query) -> Mapping[str, Any]:
        """The body of one response to this query; raises `StreamSkipped` if Zendesk refuses the request."""
        response = self._page_requester.send(query, {}, bypass_cache=True)
        if not isinstance(response, ParsedResponse):
            raise StreamSkipped(error_text(response))
        with expect_documented_shape(self.name):
            return dict(response.body)

    def read_pages(self, state: State, values: Mapping[str, Any] | None = None) -> Iterator[Page]:
        """The pages from a state on, see `Pager.pages`; `values` are those of the slice."""
        values = values or {}
        read = self._cursor.open(state, self.paginator, self.primary_key)
        counts = self.context.row_counts.start_read(state, values)
        pager = Pager(read, self.paginator, self._page_requester, counts, values, self.primary_key)
        yield from pager.pages(partial(self._extract_rows, read, values))
        self.extractor.finish()

    def _check_key(self, records: list[Row]) -> None:
        """Raise `ResponseError` if the first record lacks its whole key: the response is that of another endpoint."""
        keys = self._received_keys
        # A derived macro, which `inputs` request, is not saved and has no id.
        is_checked = keys and records and not self.context.request_context.is_input
        if is_checked and all(records[0].get(name) is None for name in keys):
            raise ResponseError(self.name, f"the response has a record without its key `{', '.join(keys)}`")

    def _extract_rows(self, read: IncrementalRead, values: Mapping[str, Any], response: ParsedResponse) -> PageRows:
        page, pending_rows = self.extractor.extract_page(response.body), self.context.pending_rows
        rows = page.records
        if len(rows) > MAX_ROWS:
            raise ResponseError(self.name, f"the response has {len(rows)} rows, more than the {MAX_ROWS} that are read")
        if pending_rows:
            rows = [*rows, *page.pending]
        new_rows = read.select_new(rows)
        if pending_rows:
            new_rows = pending_rows.replace_pending(new_rows, read.first_read_at)
        joined = self.context.sideloads.join(self.extractor.to_records(new_rows), response.body)
        records = self._normalizer.transform(joined, values, response.requested_at)
        self._check_key(records)
        return PageRows(rows, page.cursor_rows, records, self.paginator.reported_count(response.body))
