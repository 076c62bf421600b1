"""Compares the rows received of each stream of a sync with Zendesk's counts."""

import logging
from collections.abc import Iterable, Iterator
from typing import Any

from airbyte_cdk.models import AirbyteMessage, AirbyteStreamStatus
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk import times
from source_zendesk.extract.count_difference import CountDifference
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.output.row_estimate import row_estimate
from source_zendesk.printable import count_of
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
from source_zendesk.sync_context import StreamRun

LOGGER = logging.getLogger("airbyte")
Row = dict[str, Any]


class Reconciliation:
    """The stream `reconciliation`: after all other streams, one row for each of them.

    Counts are requested before the first stream is read and again after the last, since the account changes meanwhile.
    """

    def __init__(self, runs: Iterable[StreamRun], manifest: Manifest, source: CountSource) -> None:
        self._runs, self._manifest = list(runs), manifest
        self._counter = ZendeskCounter(source, times.now())
        self._incomplete: set[str] = set()

    def wrap(self, messages: Iterator[AirbyteMessage]) -> Iterator[AirbyteMessage]:
        """The messages of the sync, then those of this stream, even if the sync fails."""
        queries = [self._count_query(run) for run in self._runs]
        for run, query in zip(self._runs, queries, strict=True):
            run.row_counts.is_counted = query is not None
        before = [self._counter.count(query) for query in queries]
        yield from self._estimates(before)
        failure: AirbyteTracedException | None = None
        try:
            for message in messages:
                self._note(message)
                yield message
        except AirbyteTracedException as error:
            failure = error
        after = [self._counter.count(query) for query in queries]
        rows = map(self._row, self._runs, queries, before, after)
        yield from stream_messages(list(rows))
        if failure:
            raise failure

    def _estimates(self, counts: Iterable[Count | None]) -> Iterator[AirbyteMessage]:
        """The estimates of streams whose count is that of the rows which this sync is to emit."""
        for run, count in zip(self._runs, counts, strict=True):
            if count and count.value and (run.row_counts.window or not run.checkpoint.resume_state):
                yield row_estimate(run.endpoint.name, count.value)

    def _note(self, message: AirbyteMessage) -> None:
        status = message.trace.stream_status if message.trace else None
        if status and status.status is AirbyteStreamStatus.INCOMPLETE:
            self._incomplete.add(status.stream_descriptor.name)

    def _count_query(self, run: StreamRun) -> CountQuery | None:
        """The query for a stream's count; None for `inputs`, which read a part that Zendesk does not count."""
        return None if run.is_input else count_query(run.endpoint, self._manifest, run.row_counts.window)

    def _row(self, run: StreamRun, query: CountQuery | None, before: Count | None, after: Count | None) -> Row:
        name, row_counts = run.endpoint.name, run.row_counts
        counted_by, counted = _counted(run, query, after)
        reason = self._unproved_reason(run, query, before, after)
        compared = None if reason else _compared(run, query, before, after)
        if compared:
            reason = compared.unproved_reason
        if compared and compared.missing:
            result = "missing" if compared.missing > 0 else "surplus"
            reason = count_of(abs(compared.missing), f"row is {result}", f"rows are {result}")
            LOGGER.warning(
                "Stream %s: %s according to %s, after allowing for changes during the sync", name, reason, counted_by
            )
        return {
            "stream": name,
            "emitted": row_counts.emitted,
            "received": row_counts.received,
            "compared": compared.received if compared else None,
            "counted": counted,
            "counted_by": counted_by if counted is not None else None,
            "agrees": compared.agrees if compared else None,
            "reason": reason,
            "requests": row_counts.requests,
            "parents_skipped": run.checkpoint.parents_skipped,
            "compared_at": times.iso(times.now()),
        }

    def _unproved_reason(
        self, run: StreamRun, query: CountQuery | None, before: Count | None, after: Count | None
    ) -> str | None:
        """Why the rows cannot be compared with a count; None if they can."""
        row_counts = run.row_counts
        if run.endpoint.name in self._incomplete:
            return "the stream failed"
        if not row_counts.is_started:
            return "the stream was not read"
        is_part = query is not None and row_counts.window is None and not run.checkpoint.is_full_read
        if is_part or not row_counts.is_full_read:
            return "the stream was not read from its beginning to its end"
        if query is None and not row_counts.has_reported_count:
            return _uncounted(run.endpoint)
        if query and (before is None or after is None):
            return f"{query.counted_by} returned no count"
        if query and any(count and count.is_stale for count in (before, after)):
            return "the count is older than the sync"
        return None if row_counts.has_all_keys else "not every row could be identified by its primary key"


def _uncounted(endpoint: Endpoint) -> str:
    """Why a stream that was read has no count."""
    if endpoint.options.search_type:
        return "only rows that changed in the last hour were due, and the search may not have indexed them yet"
    if endpoint.custom_object:
        return "this run reads only changes, and Zendesk counts all records of the object"
    return "Zendesk has no count of these rows"


def _counted(run: StreamRun, query: CountQuery | None, after: Count | None) -> tuple[str | None, int | None]:
    """The request that counts the rows, and its count."""
    if query:
        return query.counted_by, after.value if after else None
    if not run.row_counts.has_reported_count:
        return None, None
    return counting_stream(run.endpoint), run.row_counts.last_reported


def _compared(run: StreamRun, query: CountQuery | None, before: Count | None, after: Count | None) -> Comparison:
    """The distinct rows compared with the counts: the query's, or the sums of the lists' own counts."""
    row_counts = run.row_counts
    received, first, last = row_counts.distinct, row_counts.first_reported, row_counts.last_reported
    difference = row_counts.difference
    if query:
        first, last = before.value if before else 0, after.value if after else 0
        difference = CountDifference.between(received, first, last)
    return Comparison(
        received,
        first,
        last,
        difference,
        is_exact=query is not None and query.is_exact,
        is_superset=query is not None and query.is_superset,
        created_during_sync=row_counts.created_during_sync,
        changed=row_counts.changed,
        changed_recently=row_counts.changed_recently,
        repeated=row_counts.repeated if query is None or query.uses_list_count else 0,
    )
