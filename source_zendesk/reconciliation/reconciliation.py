"""Holds what came of each stream of a sync against what Zendesk counts."""

import logging
from collections.abc import Iterable, Iterator
from typing import Any

from airbyte_cdk.models import AirbyteMessage, AirbyteStreamStatus
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk import times
from source_zendesk.extract.count_difference import CountDifference
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.custom_objects import KEY
from source_zendesk.reconciliation.comparison import Comparison
from source_zendesk.reconciliation.counts import (
    Count,
    CountQuery,
    CountSource,
    ZendeskCounter,
    count_query,
    counting_stream,
)
from source_zendesk.reconciliation.stream import stream_messages
from source_zendesk.streams import StreamRun

LOGGER = logging.getLogger("airbyte")
Row = dict[str, Any]


class Reconciliation:
    """The stream `reconciliation`: one row for each stream that a sync reads, last of all.

    What counts is asked before anything is read and once more after it, since an account changes meanwhile.
    """

    def __init__(self, runs: Iterable[StreamRun], manifest: Manifest, asked: CountSource) -> None:
        self._runs, self._manifest = list(runs), manifest
        self._counter = ZendeskCounter(asked, times.now())
        self._incomplete: set[str] = set()

    def wrap(self, messages: Iterator[AirbyteMessage]) -> Iterator[AirbyteMessage]:
        """The messages of the sync, then those of this stream, whether or not the sync ends well."""
        questions = [self._count_query(reading) for reading in self._runs]
        for reading, question in zip(self._runs, questions, strict=True):
            reading.row_counts.is_counted = question is not None
        before = [self._counter.count(question) for question in questions]
        failure: AirbyteTracedException | None = None
        try:
            for message in messages:
                self._note(message)
                yield message
        except AirbyteTracedException as error:
            failure = error
        after = [self._counter.count(question) for question in questions]
        rows = map(self._row, self._runs, questions, before, after)
        yield from stream_messages(list(rows))
        if failure:
            raise failure

    def _note(self, message: AirbyteMessage) -> None:
        status = message.trace.stream_status if message.trace else None
        if status and status.status is AirbyteStreamStatus.INCOMPLETE:
            self._incomplete.add(status.stream_descriptor.name)

    def _count_query(self, reading: StreamRun) -> CountQuery | None:
        """Who names arguments reads a part of the rows, which nobody counts."""
        return None if reading.is_input else count_query(reading.endpoint, self._manifest, reading.row_counts.window)

    def _row(self, reading: StreamRun, question: CountQuery | None, before: Count | None, after: Count | None) -> Row:
        name, row_counts = reading.endpoint.name, reading.row_counts
        by, counted = _counted(reading, question, after)
        doubt = self._unproved_reason(reading, question, before, after)
        compared = None if doubt else _compared(reading, question, before, after)
        if compared:
            doubt = compared.unproved_reason
        if compared and compared.missing:
            count, what = abs(compared.missing), "are missing" if compared.missing > 0 else "are too many"
            doubt = f"{count} rows {what}"
            LOGGER.warning("Stream %s: %s rows %s by %s, whatever changed while it was read", name, count, what, by)
        return {
            "stream": name,
            "emitted": row_counts.emitted,
            "received": row_counts.received,
            "compared": compared.received if compared else None,
            "counted": counted,
            "counted_by": by if counted is not None else None,
            "agrees": compared.agrees if compared else None,
            "reason": doubt,
            "requests": row_counts.requests,
            "parents_skipped": reading.checkpoint.parents_skipped,
            "at": times.iso(times.now()),
        }

    def _unproved_reason(
        self, reading: StreamRun, question: CountQuery | None, before: Count | None, after: Count | None
    ) -> str | None:
        """Why there is nothing to compare; None where there is."""
        row_counts = reading.row_counts
        if reading.endpoint.name in self._incomplete:
            return "the stream failed"
        if not row_counts.is_begun:
            return "nothing was read of the stream"
        is_part = question is not None and row_counts.window is None and not reading.checkpoint.is_full_read
        if is_part or not row_counts.is_full_read:
            return "the stream was not read from its beginning to its end"
        if question is None and not row_counts.has_reported_count:
            return _uncounted(reading.endpoint)
        if question and (before is None or after is None):
            return f"{question.counted_by} gave no count"
        if question and any(count and count.is_stale for count in (before, after)):
            return "the count is older than the sync"
        return None if row_counts.has_all_keys else "not every row could be identified by its primary key"


def _uncounted(endpoint: Endpoint) -> str:
    """Why nothing is counted of a stream that was read."""
    if endpoint.search_type:
        return "only rows that changed in the last hour were due, and the search may not have them yet"
    if KEY in endpoint.options:
        return "this run brings changes alone, and Zendesk counts all records of the object"
    return "Zendesk gives no count of these rows"


def _counted(reading: StreamRun, question: CountQuery | None, after: Count | None) -> tuple[str | None, int | None]:
    """What counts the rows, and the number that it gives."""
    if question:
        return question.counted_by, after.value if after else None
    return (
        (counting_stream(reading.endpoint), reading.row_counts.last)
        if reading.row_counts.has_reported_count
        else (None, None)
    )


def _compared(reading: StreamRun, question: CountQuery | None, before: Count | None, after: Count | None) -> Comparison:
    """The different rows that came beside the counts, those of single lists where each gives its own."""
    row_counts = reading.row_counts
    came, first, last = row_counts.distinct, row_counts.first, row_counts.last
    difference = row_counts.difference
    if question:
        first, last = before.value if before else 0, after.value if after else 0
        difference = CountDifference.between(came, first, last)
    return Comparison(
        came,
        first,
        last,
        difference,
        is_exact=question is not None and question.is_exact,
        is_wider=question is not None and question.is_wider,
        created_during_sync=row_counts.created_during_sync,
        changed=row_counts.changed,
        changed_recently=row_counts.changed_recently,
        repeated=row_counts.repeated if question is None or question.peeks else 0,
    )
