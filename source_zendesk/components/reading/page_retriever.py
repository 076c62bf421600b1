"""Reads the pages of one endpoint."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import requests
from airbyte_cdk.sources.declarative.requesters.requester import Requester
from airbyte_cdk.sources.declarative.retrievers.retriever import Retriever
from airbyte_cdk.sources.streams.core import StreamData
from airbyte_cdk.sources.streams.http.page_size_reduction_exception import PageSizeReductionRequiredException
from airbyte_cdk.sources.types import Record, StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.components.reading.cursors.progress import Progress, State
from source_zendesk.components.reading.extraction import Extraction
from source_zendesk.components.reading.extraction.base import Row
from source_zendesk.components.reading.finishing import BRAND, Finishing
from source_zendesk.components.reading.forms import Forms
from source_zendesk.components.reading.page_size import PageSize
from source_zendesk.components.reading.pagination import Pagination, Query
from source_zendesk.components.reading.repeats import Repeats
from source_zendesk.components.reading.sideload_join import parameter
from source_zendesk.components.reading.walk import Page
from source_zendesk.components.reading.wiring import Wiring
from source_zendesk.components.requests import answer as answers
from source_zendesk.components.requests.answer import Answer
from source_zendesk.components.requests.outcome import ParentSkipped, StreamSkipped, explained, judge, said
from source_zendesk.errors import AnswerError, PaginationError
from source_zendesk.manifest.placeholders import UnfitValueError, filled, placeholders_of

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
        self._placeholders = placeholders_of(self.endpoint)
        self._refused: frozenset[str] = frozenset()
        forms = Forms.of_schema(self.schema, self.product) if self.schema else Forms()
        self._finishing = Finishing(self.key_types, self.per_brand, self.stamp, self.wiring.unasked, self.masked, forms)
        self._query = {**self.query, **self.wiring.query}
        if self.wiring.needs_all_rows:
            self.cursor = self.cursor.for_all_rows()

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
        for step in (*self.wiring.steps, self.wiring.arrivals):
            rows = step.of(rows)
        return self.wiring.pages.of(self.name, rows)

    def first_answer(self, query: Query) -> Mapping[str, Any]:
        """What the endpoint answers to this query alone; raises `StreamSkipped` where it refuses."""
        answer = answers.read(self._request(self._path({}), self._params({}, query), {}))
        if not isinstance(answer, Answer):
            raise StreamSkipped(said(answer))
        with answers.as_documented(self.name):
            return dict(answer.body)

    def walk(self, state: State, values: Mapping[str, Any] | None = None) -> Iterator[Page]:
        """The pages from a state on; `values` are those of the slice."""
        values = values or {}
        progress = self.cursor.open(state, self.pagination, self.primary_key)
        size = PageSize(self.name, self.pagination.size_parameter, self.pagination.largest)
        repeats, is_first = Repeats(self.name), True
        arrivals, following = self.wiring.arrivals, None
        came = arrivals.begin(state)
        while progress.query is not None:
            before = progress.state
            answer = self._fetch(progress, values, size, repeats, is_first=is_first)
            if answer is None:
                yield Page([], before, progress.state)
                arrivals.end(came, progress.restarts)
                return
            progress.begin(answer)
            before, query, body, is_first = progress.state, progress.query, answer.body, False
            with answers.as_documented(self.name):
                rows = self.extraction.rows(body)
                clock = self.extraction.clock_rows(body, rows)
                joined = self.wiring.sideloads.join(progress.keep(rows), body)
                fresh = self._finishing.of(joined, values, answer.asked_at)
            arrivals.page(came, rows, self.pagination.told(body))
            try:
                with answers.as_documented(self.name):
                    following = self.pagination.following(query, body, clock)
                if following is None:
                    self.pagination.check_end(came.rows, self._params(values, query))
            except PaginationError:
                yield Page(fresh, before, before)
                raise
            repeats.check(query, following, clock)
            progress.refused = self._refused
            restarts = progress.restarts
            progress.turn(following, answer, rows, clock)
            if progress.restarts > restarts:
                repeats.forget()
                came.forget()
            yield Page(fresh, before, progress.state)
        if following is None:
            arrivals.end(came, progress.restarts)

    def _fetch(
        self, progress: Progress, values: Mapping[str, Any], size: PageSize, repeats: Repeats, *, is_first: bool
    ) -> Answer | None:
        """The next page, None where an export has come to the present."""
        while progress.query is not None:
            query, refused = size.apply(progress.query), self._refused
            try:
                answer = self._send(query, values, is_again=progress.restarts > 0)
            except PageSizeReductionRequiredException as rejected:
                size.shrink(rejected.error_message or "the answer came too late")
                continue
            size.grow()
            if isinstance(answer, Answer):
                return answer
            if refused != self._refused and answer.status_code == 400:
                continue
            if not self._asks_otherwise(progress, values, answer, repeats, is_first=is_first):
                judge(self.name, answer, is_child=bool(values) and not self.wiring.is_asked_for, is_first=is_first)
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
        if refusal.status_code == 400 and TOO_RECENT in refusal.text:
            if is_first:
                return progress.too_recent(answers.asked_at(refusal))
            progress.query = None
            return True
        if refusal.status_code == 400 and is_first and self._do_without(progress.query or {}, values, refusal.text):
            return True
        if refusal.status_code in (400, 404, 410, 422) and progress.expired():
            LOGGER.warning("Stream %s: Zendesk refuses a cursor (%s); asking again", self.name, said(refusal))
            repeats.forget()
            return True
        return False

    def _do_without(self, query: Query, values: Mapping[str, Any], refusal: str) -> bool:
        """Leave out what nobody asked for when the server refuses it by name; False where it names none of that."""
        savers = {*self._query, *self.cursor.savers, self.pagination.size_parameter} - self._refused - set(values)
        named = {name for name in savers if name in {*self._query, *query} and name in refusal}
        if named:
            LOGGER.warning("Stream %s: Zendesk refuses %s here; asking without", self.name, ", ".join(sorted(named)))
        self._refused |= named
        return bool(named)

    def _send(self, query: Query, values: Mapping[str, Any], *, is_again: bool) -> Answer | requests.Response:
        """The answer, or the response where its status is 400 and above; pages that are read again are not shared."""
        params, path = self._params(values, query), self._path(values)
        if is_again:
            return answers.read(self._request(path, params, values))
        place = f"{values.get(BRAND)}{path}" if self.per_brand else path
        return self.wiring.shared.get(self.wiring.shared_as, place, params, lambda: self._request(path, params, values))

    def _address(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Where a request goes that is not for the account's own host."""
        if not self.per_brand or self.wiring.brands is None:
            return {}
        address = self.wiring.brands.address(self.name, values.get(BRAND))
        url = StreamSlice(partition={"address": address.url}, cursor_slice={})
        return {"stream_slice": url, "request_headers": address.headers}

    def _params(self, values: Mapping[str, Any], query: Query) -> Query:
        params = {**self._query, **self._arguments(values, in_body=False), **query}
        if self.wiring.include:
            own = {self._query["include"]} if "include" in self._query else set()
            params["include"] = parameter(self.wiring.include | own)
        return {name: value for name, value in params.items() if name not in self._refused}

    def _path(self, values: Mapping[str, Any]) -> str:
        try:
            return filled(self.endpoint, {name: str(values[name]) for name in self._placeholders})
        except UnfitValueError as error:
            raise ParentSkipped(str(error), is_access=False) from error

    def _request(self, path: str, params: Query, values: Mapping[str, Any]) -> requests.Response:
        try:
            response = self.requester.send_request(
                path=path,
                request_params=params,
                request_body_json=self._arguments(values, in_body=True) or None,
                **self._address(values),
            )
        except PageSizeReductionRequiredException:
            raise
        except AirbyteTracedException as error:
            raise explained(self.name, error) from error
        if response is None:
            raise AnswerError(self.name, "Zendesk gave no answer")
        return response

    def _arguments(self, values: Mapping[str, Any], *, in_body: bool) -> dict[str, Any]:
        elsewhere = {*self._placeholders, *([BRAND] if self.per_brand else [])}
        rest = {name: value for name, value in values.items() if name not in elsewhere}
        if not self.body_parameters:
            return {} if in_body else rest
        return {name: value for name, value in rest.items() if (name in self.wiring.arguments) is not in_body}
