"""The records of a page pass the CDK as one record and leave the source unchanged."""

import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessage, AirbyteStreamStatus, StreamDescriptor, Type
from airbyte_cdk.sources.types import Record
from airbyte_cdk.sources.utils.record_helper import stream_data_to_airbyte_message
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message

from source_zendesk.output.page_transport import MAX_IN_FLIGHT, PageRecord, PageTransport, extract_page

CDK_LOGGER = logging.getLogger("airbyte.test_pages")
ROWS: list[dict[str, Any]] = [{"id": 1, "name": "a\nb\u2028ü"}, {"id": 2, "name": None}]


def to_message(record: Record) -> AirbyteMessage:
    """The message that the CDK builds from a record."""
    return stream_data_to_airbyte_message(record.stream_name, record.data)


def transport(pages: PageTransport, rows: list[dict[str, Any]]) -> list[AirbyteMessage]:
    return list(pages.wrap(map(to_message, pages.wrap_page("tags", rows)), CDK_LOGGER))


def test_a_page_has_a_line_for_each_record() -> None:
    page = PageRecord('a "name"', ROWS)
    lines = [json.loads(line) for line in page.lines.split(b"\n")[:-1]]
    assert [(line["type"], line["record"]["stream"], line["record"]["data"]) for line in lines] == [
        ("RECORD", 'a "name"', row) for row in ROWS
    ]
    assert all(isinstance(line["record"]["emitted_at"], int) for line in lines)
    assert page.count == 2


def test_a_page_arrives_in_the_message_of_the_cdk() -> None:
    (message,) = transport(PageTransport(), ROWS)
    page = extract_page(message)
    assert page is not None
    assert (page.stream_name, page.count) == ("tags", 2)


def test_a_page_does_not_end_the_read_of_the_cdk() -> None:
    """The CDK reads its queue up to an item that is false, as an empty mapping would be."""
    assert bool(PageRecord("tags", ROWS))


def test_a_field_of_the_same_name_is_no_page() -> None:
    assert extract_page(to_message(Record({"page": 7}, "tags"))) is None


def test_a_page_without_rows_emits_no_record() -> None:
    assert transport(PageTransport(), []) == []


def test_other_messages_are_unchanged() -> None:
    message = AirbyteMessage(type=Type.STATE)
    assert list(PageTransport().wrap([message], CDK_LOGGER)) == [message]


def test_a_page_over_the_limit_waits_until_another_has_left() -> None:
    pages, waiting = PageTransport(), threading.Event()

    def messages() -> Iterator[AirbyteMessage]:
        for _ in range(MAX_IN_FLIGHT):
            early.extend(pages.wrap_page("tags", ROWS))
        thread.start()
        yield from map(to_message, early)

    def late() -> None:
        waiting.set()
        list(pages.wrap_page("tags", ROWS))

    early: list[Record] = []
    thread = threading.Thread(target=late)
    reader = pages.wrap(messages(), CDK_LOGGER)
    next(reader)
    waiting.wait(60)
    thread.join(0.05)
    assert thread.is_alive()
    next(reader)
    thread.join(60)
    assert not thread.is_alive()


@pytest.mark.parametrize("ends", ["close", "throw"])
def test_no_thread_waits_after_the_reader_has_stopped(ends: str) -> None:
    pages = PageTransport()
    reader: Any = pages.wrap(iter([AirbyteMessage(type=Type.LOG)] * 2), CDK_LOGGER)
    next(reader)
    for _ in range(MAX_IN_FLIGHT):
        list(pages.wrap_page("tags", ROWS))
    thread = threading.Thread(target=lambda: list(pages.wrap_page("tags", ROWS)))
    thread.start()
    if ends == "close":
        reader.close()
    else:
        with pytest.raises(OSError, match="gone"):
            reader.throw(OSError("gone"))
    thread.join(60)
    assert not thread.is_alive()


def test_the_log_has_the_number_of_records_and_not_that_of_the_cdk(caplog: pytest.LogCaptureFixture) -> None:
    def messages() -> Iterator[AirbyteMessage]:
        yield from map(to_message, pages.wrap_page("tags", ROWS))
        yield to_message(Record({"id": 3}, "tags"))
        CDK_LOGGER.info("Read 2 records")
        CDK_LOGGER.warning("A warning of the CDK")
        yield as_airbyte_message(StreamDescriptor(name="tags"), AirbyteStreamStatus.COMPLETE)
        yield as_airbyte_message(StreamDescriptor(name="others"), AirbyteStreamStatus.INCOMPLETE)

    pages = PageTransport()
    with caplog.at_level(logging.INFO, "airbyte"):
        list(pages.wrap(messages(), CDK_LOGGER))
        CDK_LOGGER.info("After the read")
    assert caplog.messages == [
        "A warning of the CDK",
        "Read 3 records from tags stream",
        "Read 0 records from others stream",
        "After the read",
    ]
