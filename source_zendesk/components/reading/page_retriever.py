"""Reads the pages of one endpoint."""

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

from source_zendesk.components.reading.cursors.progress import Progress, State
from source_zendesk.components.reading.extraction import Extraction
from source_zendesk.components.reading.extraction.base import Row
from source_zendesk.components.reading.finishing import Finishing
from source_zendesk.components.reading.forms import Forms
from source_zendesk.components.reading.page_requests import PageRequests
from source_zendesk.components.reading.page_size import PageSize
from source_zendesk.components.reading.pagination import Pagination, Query
from source_zendesk.components.reading.repeats import Repeats
from source_zendesk.components.reading.walk import Page
from source_zendesk.components.reading.wiring import Wiring
from source_zendesk.components.requests import answer as answers
from source_zendesk.components.requests.answer import Answer
from source_zendesk.components.requests.error_text import body_text, error_text
from source_zendesk.components.requests.outcome import StreamSkipped, judge
from source_zendesk.errors import PaginationError

LOGGER = logging.getLogger("airbyte")
TOO_RECENT = "StartTimeTooRecent"


class Cursor(Protocol):
    """What opens a read from a state; `savers` are query parameters that rows are filtered by here as well."""

    @property
    def savers(self) -> tuple[str, ...]:
        """Their names."""

    def for_all_rows(self) -> "Cursor":
        """The cursor for who needs every row on every run; what is bound by `start_date` stays so."""

    def open(self, state: State, pagination: Any, keys: list[str]) -> Progress:
        """Begin a read, or go on with the one in the state."""


@dataclass
class PageRetriever(Retriever):
    """Emits the records of an endpoint page by page, each page followed by the state that resumes behind it.

    `endpoint` is the path with `{placeholders}`; a slice gives their values and any further query parameters, or the
    JSON body of a POST. With `per_brand` it is asked at the host of the brand that the slice names. An endpoint that
    the account or the role does not have is skipped with a warning, a parent that refuses is skipped and counted.
    Raises `AnswerError` for an answer without the documented records and `PaginationError` where paging would go in a
    loop.
    """

    name: str
    config: Mapping[str, Any]
    endpoint: str
    requester: Requester
    pagination: Pagination
    extraction: Extraction
    cursor: Cursor
    primary_key: list[str] = field(default_factory=list)
    query: dict[str, Any] = field(default_factory=dict)
    body_parameters: bool = False
    per_brand: bool = False
    stamp: str = ""
    masked: list[str] = field(default_factory=list)
    schema: str = ""
    product: str = ""
    key_types: dict[str, str] = field(default_factory=dict)
    wiring: Wiring = field(default_factory=Wiring)

    def __post_init__(self) -> None:
        """Nothing is sent yet."""
        forms = Forms.of_schema(self.schema, self.product) if self.schema else Forms()
        self._finishing = Finishing(self.key_types, self.per_brand, self.stamp, self.wiring.unasked, self.masked, forms)
        if self.wiring.needs_all_rows:
            self.cursor = self.cursor.for_all_rows()
        self._requests = PageRequests(
            self.name,
            self.endpoint,
            self.requester,
            query={**self.query, **self.wiring.query},
            savers=frozenset([*self.cursor.savers, self.pagination.size_parameter]),
            body_parameters=self.body_parameters,
            per_brand=self.per_brand,
            wiring=self.wiring,
        )

    def read_records(
        self, records_schema: Mapping[str, Any], stream_slice: StreamSlice | None = None
    ) -> Iterable[StreamData]:
        """The records of one slice; those of a stream without parents are interleaved with its state."""
        values, checkpoint = dict(stream_slice or {}), self.wiring.checkpoint
        if values or checkpoint is None:
            yield from self._child_records(values, stream_slice)
            return
        try:
            for page in self.walk(checkpoint.position):
                yield from self._records(page.rows)
                yield checkpoint.reach(page.after)
        except StreamSkipped as skipped:
            checkpoint.refuse(str(skipped))

    def _child_records(self, values: dict[str, Any], stream_slice: StreamSlice | None) -> Iterable[Record]:
        slot = stream_slice.extra_fields["slot"] if stream_slice else None
        if slot and slot.is_vain:
            return
        try:
            for page in self.walk(slot.child_state if slot else {}, values):
                yield from self._records(page.rows)
                if slot:
                    slot.reach(page.after)
        except StreamSkipped as skipped:
            level = logging.WARNING if self.wiring.is_asked_for else logging.INFO
            LOGGER.log(level, "Stream %s: skipped %s (%s)", self.name, values, skipped)
            if slot:
                slot.refusal = skipped

    def _records(self, rows: list[Row]) -> Iterator[Record]:
        with answers.as_documented(self.name):
            for step in (*self.wiring.steps, self.wiring.arrivals):
                rows = step.of(rows)
        return self.wiring.pages.of(self.name, rows)

    def first_answer(self, query: Query) -> Mapping[str, Any]:
        """What the endpoint answers to this query alone; raises `StreamSkipped` where it refuses."""
        answer = self._requests.send(query, {}, is_again=True)
        if not isinstance(answer, Answer):
            raise StreamSkipped(error_text(answer))
        with answers.as_documented(self.name):
            return dict(answer.body)

    def walk(self, state: State, values: Mapping[str, Any] | None = None) -> Iterator[Page]:
        """The pages from a state on; `values` are those of the slice."""
        values = values or {}
        progress = self.cursor.open(state, self.pagination, self.primary_key)
        size = PageSize(self.name, self.pagination.size_parameter, self.pagination.largest)
        repeats, is_first = Repeats(self.name), True
        arrivals, following = self.wiring.arrivals, None
        came = arrivals.begin(state, values)
        while progress.query is not None:
            before = progress.state
            answer = self._fetch(progress, values, size, repeats, is_first=is_first)
            if answer is None:
                yield Page([], before, progress.state)
                arrivals.end(came)
                return
            progress.begin(answer)
            before, query, is_first = progress.state, progress.query, False
            # A response that is a list has no fields that lead on.
            body = {} if isinstance(answer.body, list) else answer.body
            with answers.as_documented(self.name):
                rows, clock, fresh = self._rows(answer, progress, values)
                arrivals.page(came, rows, self.pagination.told(body))
                arrivals.compare(came, fresh, partial(progress.older, rows), answer.asked_at)
            try:
                with answers.as_documented(self.name):
                    following = self.pagination.following(query, body, clock)
                if following is None:
                    self.pagination.check_end(came.rows, self._requests.params(query, values))
            except PaginationError:
                yield Page(fresh, before, before)
                raise
            progress.refused, restarts = self._requests.refused, progress.restarts
            with answers.as_documented(self.name):
                repeats.check(query, following, clock)
                progress.turn(following, answer, rows, clock)
            if progress.restarts > restarts:
                repeats.forget()
                came.forget()
            yield Page(fresh, before, progress.state)
        if following is None:
            arrivals.end(came)

    def _rows(self, answer: Answer, progress: Progress, values: Mapping[str, Any]) -> tuple[list[Row], ...]:
        """All rows of a page, those that tell its time, and the new ones in the form of records."""
        rows = self.extraction.rows(answer.body)
        clock = self.extraction.clock_rows(answer.body, rows)
        joined = self.wiring.sideloads.join(progress.keep(rows), answer.body)
        return rows, clock, self._finishing.of(joined, values, answer.asked_at)

    def _fetch(
        self, progress: Progress, values: Mapping[str, Any], size: PageSize, repeats: Repeats, *, is_first: bool
    ) -> Answer | None:
        """The next page, None where an export has come to the present."""
        while progress.query is not None:
            query, refused = size.apply(progress.query), self._requests.refused
            try:
                answer = self._requests.send(query, values, is_again=progress.restarts > 0)
            except PageSizeReductionRequiredException as rejected:
                size.shrink(rejected.error_message or "the answer came too late")
                continue
            size.grow()
            if isinstance(answer, Answer):
                return answer
            if refused != self._requests.refused and answer.status_code == 400:
                continue
            if not self._asks_otherwise(progress, values, answer, repeats, is_first=is_first):
                is_asked_for = self.wiring.is_asked_for
                is_child = bool(values) and not is_asked_for
                judge(self.name, answer, is_child=is_child, is_first=is_first, has_inputs=is_asked_for)
        return None

    def _asks_otherwise(
        self,
        progress: Progress,
        values: Mapping[str, Any],
        refusal: requests.Response,
        repeats: Repeats,
        *,
        is_first: bool,
    ) -> bool:
        """Whether what was refused can be done without, or asked for in another way."""
        if refusal.status_code == 400 and TOO_RECENT in body_text(refusal):
            if is_first:
                return progress.too_recent(answers.asked_at(refusal))
            progress.query = None
            return True
        asked = progress.query or {}
        if refusal.status_code == 400 and is_first and self._requests.do_without(asked, values, body_text(refusal)):
            return True
        if refusal.status_code in (400, 404, 410, 422) and progress.expired():
            LOGGER.warning("Stream %s: Zendesk refuses a cursor (%s); asking again", self.name, error_text(refusal))
            repeats.forget()
            return True
        return False
