"""The conversations of AI agents: Zendesk exports them once a day, one or more files for each bot and day."""

import logging
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO, NoReturn
from urllib.parse import urlsplit

import requests

from source_zendesk import times
from source_zendesk.errors import ResponseError, UnavailableError
from source_zendesk.extract.cursors.base import UNREMARKABLE_SECONDS, Cursor, IncrementalRead, PageRows, State
from source_zendesk.extract.extractors import RecordExtractor, Row
from source_zendesk.extract.page import Page
from source_zendesk.extract.page_retriever import PageRetriever
from source_zendesk.extract.paginator import Paginator, Query
from source_zendesk.http.error_text import is_web_page
from source_zendesk.http.exported_files import AddressExpiredError, downloaded, iter_objects
from source_zendesk.http.public_connection import PublicClient
from source_zendesk.http.rate_limit_retry import send_within_limit
from source_zendesk.http.refusals import is_permission_denied, raise_for_refusal
from source_zendesk.http.response import ParsedResponse, parse, parse_response, requested_at
from source_zendesk.printable import count_of
from source_zendesk.times import DAY_IN_SECONDS

LOGGER = logging.getLogger("airbyte")
DATE, BOT, BOT_HEADER = "date", "bot_id", "botId"
# Zendesk returns the exports of this many days.
KEPT_DAYS = 30
# The export of a day can still grow after its first file was made.
GROWING_DAYS = 3
PAGE_ROWS = 1000
# Requests for the addresses of one day: a storage that refuses them all is not asked forever.
MAX_ADDRESS_REQUESTS = 3


@dataclass
class ExportDayPaginator(Paginator):
    """Requests the export of one day after the other.

    Stop rule: the last day that has ended (UTC).

    Sample response: `{"date": "2026-11-01", "urls": ["https://storage.example.com/conversations.json?signature=x"]}`

    https://developer.zendesk.com/api-reference/ai-agents/data-export/data-export/
    """

    def first_query(self, since: int | None) -> Query:
        """Request the day of an epoch second."""
        return {DATE: _day(since or 0)}

    def next_query(self, query: Query, body: Mapping[str, object], rows: object) -> Query:
        """Request the next day."""
        return {DATE: _add_days(query[DATE], 1)}

    def is_too_recent(self, query: Query, now: int) -> bool:
        """Whether the day has not ended."""
        return (times.epoch(query[DATE]) or 0) + DAY_IN_SECONDS > now


@dataclass
class FileAddressExtractor(RecordExtractor):
    """The objects in the files whose addresses are the list under `record_key`, with field names in lower case."""

    def extract(self, body: object) -> list[Any]:
        """The addresses."""
        addresses = self.value_at_key(body)
        if not isinstance(addresses, list) or not all(isinstance(each, str) for each in addresses):
            raise ResponseError(self.name, f"the response has no list of addresses `{self.record_key}`")
        return addresses


@dataclass
class ExportDayCursor(Cursor):
    """Resumes after the last day that was read, and reads that day and the two before it again.

    State: `{<cursor_field>: the last day that was read}`.
    """

    @property
    def server_filter(self) -> str:
        """The day."""
        return DATE

    @property
    def time_params(self) -> tuple[str, ...]:
        """The day."""
        return (DATE,)

    def open(self, state: State, paginator: ExportDayPaginator, keys: list[str]) -> "_ExportDayRead":
        """Start a read, or resume the one in the state."""
        return _ExportDayRead(self, state, paginator)


class _ExportDayRead(IncrementalRead):
    """Reads the days from the state, or from `start_date`, to yesterday.

    The first day is chosen by this machine's clock, and after a refusal by Zendesk's. `lost_days` are the first and the
    last day before it that no run has read, None if there is none.
    """

    lost_days: tuple[str, str] | None = None

    def __init__(self, cursor: ExportDayCursor, state: State, paginator: ExportDayPaginator) -> None:
        self._field, self._paginator = cursor.cursor_field, paginator
        last = times.epoch(state.get(self._field))
        self._since = times.start_of(cursor.config) if last is None else last - (GROWING_DAYS - 1) * DAY_IN_SECONDS
        self._last_day, self._is_started = ("" if last is None else _day(last)), False
        self._start(times.now())

    @property
    def state(self) -> State:  # type: ignore[override]
        return {self._field: self._last_day} if self._last_day else {}

    def _start(self, now: int) -> None:
        # In the last minute before midnight, the oldest day may be gone when the request arrives.
        oldest = now + UNREMARKABLE_SECONDS - KEPT_DAYS * DAY_IN_SECONDS
        self._go_to(self._paginator.first_query(max(self._since, oldest)), now)
        unread, last_lost = (
            (_add_days(self._last_day, 1) if self._last_day else _day(oldest)),
            _day(oldest - DAY_IN_SECONDS),
        )
        self.lost_days = (unread, last_lost) if unread <= last_lost else None

    def _go_to(self, query: Query | None, now: int) -> None:
        """Request this day next; nothing if it has not ended at this epoch second."""
        self.query = query if query and not self._paginator.is_too_recent(query, now) else None

    def retry_earlier(self, now: int) -> bool:
        """Start at another day, by Zendesk's clock; False if that is the refused day, or later ones were accepted."""
        refused = self.query
        if not self._is_started:
            self._start(now)
        return self.query != refused

    def select_new(self, rows: list[Row]) -> list[Row]:
        return rows

    def advance(self, next_query: Query | None, response: ParsedResponse, page: PageRows) -> None:
        self._is_started = True
        self._last_day = max(self._last_day, (self.query or {})[DATE])
        self._go_to(next_query, response.requested_at)


@dataclass
class ConversationExportRetriever(PageRetriever):
    """Emits the conversations in the files of each bot and day, in pages of a thousand.

    A slice contains the bot. Each record gets the day of its export in the cursor field, and the names of its fields in
    lower case. The files are downloaded from the storage host without credentials. If the storage refuses an address,
    the addresses of the day are requested again.
    https://developer.zendesk.com/documentation/ai-agents/getting-started/data-export/
    """

    def __post_init__(self) -> None:
        """Prepare the connections to the storage host; sends nothing."""
        super().__post_init__()
        self._storage = PublicClient(str(self.config.get("api_url", "")))

    def read_pages(self, state: State, values: Mapping[str, Any] | None = None) -> Iterator[Page]:
        """The pages of one bot from a state on: those of a day, then an empty one with the state after the day."""
        values = values or {}
        read: _ExportDayRead = self._cursor.open(state, self.paginator, self.primary_key)  # type: ignore[assignment]
        counts = self.context.row_counts.start_read(state, values)
        first_day = ""
        while read.query is not None:
            response = self._request(read.query, values)
            if isinstance(response, requests.Response):
                if response.status_code != 400 or not read.retry_earlier(requested_at(response)):
                    self._raise_for_refusal(response, is_first=not first_day)
                continue
            if not first_day:
                first_day = read.query[DATE]
                self._warn_of_lost_days(read, values)
            for rows in self._pages_of_day(read.query, values, response):
                counts.count_page(rows, rows, list, None, response.requested_at)
                yield Page(rows, read.state, read.state, response.requested_at)
            day_state, next_query = read.state, self.paginator.next_query(read.query, {}, ())
            read.advance(next_query, response, PageRows([], []))
            yield Page([], day_state, read.state, response.requested_at)
        if first_day and not state and not counts.rows:
            LOGGER.warning(
                "Stream %s: Zendesk has exported no conversation of the AI agent %s since %s. If it had some, check "
                "`ai_agents.bot_ids`", self.name, values.get(BOT), first_day,
            )  # fmt: skip
        counts.finish()

    def _request(self, query: Query, values: Mapping[str, Any]) -> ParsedResponse | requests.Response:
        """The addresses of the files of a day, or the response if Zendesk refuses the request.

        404 is the status for a day without an export.
        """
        response = send_within_limit(
            self.name,
            lambda: self.requester.send_request(
                path=self.endpoint, request_body_json=query, request_headers={BOT_HEADER: str(values[BOT])}
            ),
            self.context.request_context.credentials_field,
        )
        if response is None:
            raise ResponseError(self.name, "Zendesk sent no response")
        if response.status_code == 404 and not is_web_page(response) and not is_permission_denied(response):
            return ParsedResponse({self.extractor.record_key: []}, requested_at(response))
        return parse_response(response)

    def _raise_for_refusal(self, refusal: requests.Response, *, is_first: bool) -> NoReturn:
        field = self.context.request_context.credentials_field
        raise_for_refusal(self.name, refusal, is_child=True, is_first=is_first, credentials=field)

    def _warn_of_lost_days(self, read: _ExportDayRead, values: Mapping[str, Any]) -> None:
        if read.lost_days:
            first, last = read.lost_days
            LOGGER.warning(
                "Stream %s: Zendesk keeps exports for %s days, and the state of the AI agent %s is older. Its "
                "conversations from %s to %s are lost. Sync at least every %s days",
                self.name, KEPT_DAYS, values.get(BOT), first, last, KEPT_DAYS,
            )  # fmt: skip

    def _pages_of_day(self, query: Query, values: Mapping[str, Any], response: ParsedResponse) -> Iterator[list[Row]]:
        for file in self._files(query, values, response):
            rows = self._conversations(file, query[DATE])
            while page := list(islice(rows, PAGE_ROWS)):
                yield self._normalizer.transform(page, values, response.requested_at)

    def _files(
        self, query: Query, values: Mapping[str, Any], response: ParsedResponse | requests.Response
    ) -> Iterator[BinaryIO]:
        """Each file of a day, once; if the storage refuses an address, the addresses are requested again."""
        done: set[tuple[str, int]] = set()
        count, refusal = 0, ""
        for attempt in range(MAX_ADDRESS_REQUESTS):
            if attempt:
                LOGGER.info("Stream %s: requesting the addresses of %s again (%s)", self.name, query[DATE], refusal)
                response = self._request(query, values)
            if isinstance(response, requests.Response):
                self._raise_for_refusal(response, is_first=False)
            addresses: list[Any] = self.extractor.extract(response.body)
            count = max(count, len(addresses))
            refusal = yield from self._further_files(addresses, done)
            if not refusal and len(done) >= count:
                return
        missing = count_of(count - len(done), "file")
        raise UnavailableError(
            self.name, f"{missing} of {query[DATE]} cannot be had ({refusal or 'not listed any more'})"
        )

    def _further_files(self, addresses: list[str], done: set[tuple[str, int]]) -> Generator[BinaryIO, None, str]:
        """The files that are not done; returns the reason if the storage refuses an address, otherwise nothing.

        The path identifies a file, because each request signs the addresses anew.
        """
        paths = Counter[str]()
        try:
            for url in addresses:
                path = urlsplit(url).path
                paths[path] += 1
                if (path, paths[path]) not in done:
                    with downloaded(self.name, self._storage, url) as file:
                        yield file
                    done.add((path, paths[path]))
        except AddressExpiredError as expired:
            return str(expired)
        return ""

    def _conversations(self, file: BinaryIO, day: str) -> Iterator[Row]:
        try:
            for content in iter_objects(file):
                row = parse(content, self.name)
                yield {self.cursor_field: day, **{name.lower(): value for name, value in row.items()}}
        except ValueError as error:
            raise ResponseError(
                self.name, f"a file of {day} cannot be read: {error}", "Run the sync again; it resumes at this day"
            ) from error


def _day(seconds: int) -> str:
    """The day of an epoch second (UTC)."""
    return times.iso(max(seconds, 0))[:10]


def _add_days(day: str, count: int) -> str:
    return _day((times.epoch(day) or 0) + count * DAY_IN_SECONDS)
