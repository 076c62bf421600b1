"""Pages of records on their way through the CDK."""

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
# No field of a record is named by an object.
PAGE: Any = object()
LOGGER = logging.getLogger("airbyte")
MAX_IN_FLIGHT = 4
READ = re.compile(r"Read \d+ records from (.+) stream")


@dataclass(frozen=True)
class RecordPage:
    """The records of one page; `lines` are what is printed of them, empty where nothing is."""

    stream: str
    rows: list[Row]
    count: int
    lines: bytes = b""

    @classmethod
    def serialize(cls, stream: str, rows: list[Row]) -> "RecordPage":
        """A page of which only the lines are kept: a RECORD message of the protocol for each row."""
        head = b'{"type":"RECORD","record":{"stream":%b,"data":' % orjson.dumps(stream)
        tail = b',"emitted_at":%d}}\n' % _now()
        try:
            lines = (tail + head).join(map(orjson.dumps, rows))
        except TypeError:
            lines = (tail + head).join(_mended(stream, row) for row in rows)
        return cls(stream, [], len(rows), head + lines + tail)

    def messages(self) -> Iterator[AirbyteMessage]:
        """A message for each record."""
        emitted_at = _now()
        for row in self.rows:
            record = AirbyteRecordMessage(stream=self.stream, data=row, emitted_at=emitted_at)
            yield AirbyteMessage(type=Type.RECORD, record=record)


def page_of(message: AirbyteMessage) -> RecordPage | None:
    """The page that a message carries, None for all that are what they seem."""
    return message.record.data.get(PAGE) if message.record else None


class PageTransport:
    """Sends the records of a page through the CDK as one record, so that what each costs on its way is paid once.

    A retriever's page stays whole, and in its place among states, until it comes out of the source: printed, where
    `serialize_pages`, or taken apart. Only a few are on their way at a time: a thread that has one more waits. Safe for
    threads.
    """

    def __init__(self) -> None:
        self.serialize_pages = False
        self._counts: Counter[str] = Counter()
        self._in_flight = 0
        self._is_read = False
        self._moved = threading.Condition()

    def wrap_page(self, stream: str, rows: list[Row]) -> Iterator[Record]:
        """The page as the one record that stands for it, nothing where it has no rows."""
        if rows:
            page = RecordPage.serialize(stream, rows) if self.serialize_pages else RecordPage(stream, rows, len(rows))
            self._acquire()
            yield Record({PAGE: page}, stream)

    def wrap(self, messages: Iterable[AirbyteMessage], logger: logging.Logger) -> Iterator[AirbyteMessage]:
        """The messages, with pages taken apart unless they are printed; `logger` is that of the CDK's reading."""
        self._is_read = True
        logger.addFilter(self._count_rows)
        try:
            for message in messages:
                page = page_of(message)
                if page is None:
                    yield message
                    continue
                self._counts[page.stream] += page.count
                yield from [message] if page.lines else page.messages()
                self._release(-1)
        finally:
            logger.removeFilter(self._count_rows)
            self._is_read = False
            self._release(0)

    def _acquire(self) -> None:
        with self._moved:
            self._moved.wait_for(lambda: self._in_flight < MAX_IN_FLIGHT or not self._is_read)
            self._in_flight += 1

    def _release(self, step: int) -> None:
        with self._moved:
            was_full = self._in_flight >= MAX_IN_FLIGHT
            self._in_flight += step
            if was_full:
                self._moved.notify_all()

    def _count_rows(self, said: logging.LogRecord) -> bool:
        """Have the CDK, which counts a page as a record, say how many records there were."""
        found = READ.fullmatch(str(said.msg))
        if found and found[1] in self._counts:
            said.msg = f"Read {self._counts[found[1]]} records from {found[1]} stream"
        return True


def _mended(stream: str, row: Row) -> bytes:
    faults: list[json_values.Path] = []
    line = json_values.dumps(row, note=faults.append)
    for path in faults[:1]:
        LOGGER.warning(
            "Stream %s: a record holds what cannot be written; null stands for it (%s)",
            stream,
            json_values.describe_path([row], (0, *path)),
        )
    return line


def _now() -> int:
    """Epoch milliseconds."""
    return time.time_ns() // 1_000_000
