"""Transports the records of a page through the CDK as one record."""

import logging
import re
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from airbyte_cdk.models import AirbyteMessage, AirbyteRecordMessage, Type
from airbyte_cdk.sources.types import Record

from source_zendesk import json_values

Row = dict[str, Any]
# The key of a page in the data of its record; no field has an object as its name.
PAGE: Any = object()
LOGGER = logging.getLogger("airbyte")
MAX_IN_FLIGHT = 4
CDK_COUNT_LOG = re.compile(r"Read \d+ records from (.+) stream")


@dataclass(frozen=True)
class RecordPage:
    """The records of one page; `lines` is their serialized form, empty if the page is not printed."""

    stream: str
    rows: list[Row]
    count: int
    lines: bytes = b""

    @classmethod
    def serialize(cls, stream: str, rows: list[Row]) -> "RecordPage":
        """A page with only its lines: a RECORD message for each row."""
        head = b'{"type":"RECORD","record":{"stream":%b,"data":' % orjson.dumps(stream)
        tail = b',"emitted_at":%d}}\n' % _now()
        try:
            lines = (tail + head).join(map(orjson.dumps, rows))
        except TypeError:
            lines = (tail + head).join(_dump_repaired(stream, row) for row in rows)
        return cls(stream, [], len(rows), head + lines + tail)

    def messages(self) -> Iterator[AirbyteMessage]:
        """A RECORD message for each row."""
        emitted_at = _now()
        for row in self.rows:
            record = AirbyteRecordMessage(stream=self.stream, data=row, emitted_at=emitted_at)
            yield AirbyteMessage(type=Type.RECORD, record=record)


def extract_page(message: AirbyteMessage) -> RecordPage | None:
    """The page inside a message; None for an ordinary message."""
    return message.record.data.get(PAGE) if message.record else None


class PageTransport:
    """Sends the records of a page through the CDK as one record, so that the CDK's cost per record is paid per page.

    Pages keep their order among states. At the exit of the source a page is printed as a whole if `serialize_pages` is
    set, otherwise split into records. At most `MAX_IN_FLIGHT` pages are in transit; further threads wait. Thread-safe.
    """

    def __init__(self) -> None:
        self.serialize_pages = False
        self._counts: Counter[str] = Counter()
        self._in_flight = 0
        self._is_read = False
        self._changed = threading.Condition()

    def wrap_page(self, stream: str, rows: list[Row]) -> Iterator[Record]:
        """One record with the whole page; no record if the page has no rows."""
        if rows:
            page = RecordPage.serialize(stream, rows) if self.serialize_pages else RecordPage(stream, rows, len(rows))
            self._acquire()
            yield Record({PAGE: page}, stream)

    def wrap(self, messages: Iterable[AirbyteMessage], logger: logging.Logger) -> Iterator[AirbyteMessage]:
        """Pass the messages on and split pages that are not serialized; `logger` is the CDK's logger of the read."""
        self._is_read = True
        logger.addFilter(self._correct_count)
        try:
            for message in messages:
                page = extract_page(message)
                if page is None:
                    yield message
                    continue
                self._counts[page.stream] += page.count
                yield from [message] if page.lines else page.messages()
                self._release(-1)
        finally:
            logger.removeFilter(self._correct_count)
            self._is_read = False
            self._release(0)

    def _acquire(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._in_flight < MAX_IN_FLIGHT or not self._is_read)
            self._in_flight += 1

    def _release(self, step: int) -> None:
        with self._changed:
            was_full = self._in_flight >= MAX_IN_FLIGHT
            self._in_flight += step
            if was_full:
                self._changed.notify_all()

    def _correct_count(self, log: logging.LogRecord) -> bool:
        """Correct the CDK's log line of a stream, which counts a page as one record."""
        match = CDK_COUNT_LOG.fullmatch(str(log.msg))
        if match and match[1] in self._counts:
            log.msg = f"Read {self._counts[match[1]]} records from {match[1]} stream"
        return True


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


def _now() -> int:
    """Epoch milliseconds."""
    return time.time_ns() // 1_000_000
