"""Transports the records of a page through the CDK as one record."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
from airbyte_cdk.models import AirbyteMessage, AirbyteRecordMessageFileReference, AirbyteStreamStatus, Type
from airbyte_cdk.sources.types import Record

from source_zendesk import json_values
from source_zendesk.printable import count_of

Row = dict[str, Any]
LOGGER = logging.getLogger("airbyte")
MAX_IN_FLIGHT = 4
PAGE = "page"
References = Sequence[AirbyteRecordMessageFileReference | None]
ENDED = (AirbyteStreamStatus.COMPLETE, AirbyteStreamStatus.INCOMPLETE)


class RowRecord(Record):
    """One record, which is true even if it has no field: the CDK's read ends at an item that is false."""

    def __bool__(self) -> bool:
        return True


class PageRecord(RowRecord):
    """The `count` records of one page, as `lines` of stdout: a RECORD message for each record.

    The CDK's cost per record is thus paid once per page. `references` has the reference to the file of each record.
    """

    def __init__(self, stream: str, rows: list[Row], references: References | None = None) -> None:
        super().__init__({}, stream)
        head = b'{"type":"RECORD","record":{"stream":%b,"data":' % orjson.dumps(stream)
        tail = b',"emitted_at":%d}}\n' % (time.time_ns() // 1_000_000)
        try:
            lines = list(map(orjson.dumps, rows))
        except TypeError:
            lines = [_dump_repaired(stream, row) for row in rows]
        # Only one join: each further copy of a page would take megabytes.
        lines[0] = head + lines[0]
        lines[-1] += tail
        self.lines, self.count = (tail + head).join(lines), len(rows)
        if references:
            self.lines = _add_references(self.lines, tail, references)

    @property
    def data(self) -> Mapping[str, Any]:
        """The page itself, since the CDK copies only these data into its message."""
        return {PAGE: self}


def extract_page(message: AirbyteMessage) -> PageRecord | None:
    """The page inside a message; None for an ordinary message."""
    page = message.record.data.get(PAGE) if message.record else None
    return page if isinstance(page, PageRecord) else None


class PageTransport:
    """Sends pages through the CDK, at most `MAX_IN_FLIGHT` at a time; further threads wait. Thread-safe.

    Pages keep their order among states.
    """

    def __init__(self) -> None:
        self._in_flight = 0
        self._is_read = False
        self._changed = threading.Condition()

    def wrap_page(self, stream: str, rows: list[Row], references: References | None = None) -> Iterator[Record]:
        """One record with the whole page; no record if the page has no rows."""
        if rows:
            page = PageRecord(stream, rows, references)
            del rows  # They take five times the memory of the page.
            self._acquire()
            yield page

    def wrap(self, messages: Iterable[AirbyteMessage], cdk_logger: logging.Logger) -> Iterator[AirbyteMessage]:
        """Pass the messages on, and log the number of records of each stream.

        The CDK would count a page as one record. So the INFO lines that it logs about streams are dropped; the status
        messages contain the rest of them.
        """
        counts: Counter[str] = Counter()
        self._is_read = True
        cdk_logger.addFilter(_is_not_info)
        try:
            for message in messages:
                page = extract_page(message)
                _count(message, page, counts)
                yield message
                if page is not None:
                    self._release(1)
        finally:
            cdk_logger.removeFilter(_is_not_info)
            self._is_read = False
            self._release(0)

    def _acquire(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._in_flight < MAX_IN_FLIGHT or not self._is_read)
            self._in_flight += 1

    def _release(self, pages: int) -> None:
        with self._changed:
            self._in_flight -= pages
            self._changed.notify_all()


def _add_references(lines: bytes, tail: bytes, references: References) -> bytes:
    """The lines of a page, in which each record with a file refers to it."""
    start = tail.rstrip(b"}\n")
    return b"".join(
        line
        if reference is None
        else line[: -len(tail)] + start + b',"file_reference":%b}}\n' % orjson.dumps(reference)
        for line, reference in zip(lines.splitlines(keepends=True), references, strict=True)
    )


def _count(message: AirbyteMessage, page: PageRecord | None, counts: Counter[str]) -> None:
    """Count the records of a message; at the end of a stream, log their number."""
    if message.type is Type.RECORD and message.record:
        counts[message.record.stream] += 1 if page is None else page.count
    status = message.trace.stream_status if message.trace else None
    if status and status.status in ENDED:
        stream = status.stream_descriptor.name
        LOGGER.info("Read %s from %s stream", count_of(counts[stream], "record"), stream)


def _is_not_info(log: logging.LogRecord) -> bool:
    return log.levelno != logging.INFO


def _dump_repaired(stream: str, row: Row) -> bytes:
    faults: list[json_values.Path] = []
    line = json_values.dumps(row, note=faults.append)
    for path in faults[:1]:
        LOGGER.warning(
            "Stream %s: a record contains a value that JSON cannot represent; null replaces it (%s)",
            stream,
            json_values.describe_path([row], (0, *path)),
        )
    return line
