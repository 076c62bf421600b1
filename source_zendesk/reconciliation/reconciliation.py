"""Holds what came of each stream of a sync against what Zendesk counts."""

import logging
from collections.abc import Iterable, Iterator
from typing import Any

from airbyte_cdk.models import AirbyteMessage, AirbyteStreamStatus
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk import times
from source_zendesk.manifest import Manifest
from source_zendesk.reconciliation.comparison import Comparison
from source_zendesk.reconciliation.counts import Asked, Count, Counter, Question, question_of, told_by
from source_zendesk.reconciliation.stream import told
from source_zendesk.streams import Reading

LOGGER = logging.getLogger("airbyte")
Row = dict[str, Any]


class Reconciliation:
    """The stream `reconciliation`: one row for each stream that a sync reads, last of all.

    What counts is asked before anything is read and once more after it, since an account changes meanwhile.
    """

    def __init__(self, readings: Iterable[Reading], manifest: Manifest, asked: Asked) -> None:
        self._readings, self._manifest = list(readings), manifest
        self._counter = Counter(asked, times.now())
        self._incomplete: set[str] = set()

    def through(self, messages: Iterator[AirbyteMessage]) -> Iterator[AirbyteMessage]:
        """The messages of the sync, then those of this stream, whether or not the sync ends well."""
        questions = [self._question(reading) for reading in self._readings]
        before = [self._counter.count(question) for question in questions]
        failure: AirbyteTracedException | None = None
        try:
            for message in messages:
                self._note(message)
                yield message
        except AirbyteTracedException as error:
            failure = error
        after = [self._counter.count(question) for question in questions]
        rows = map(self._row, self._readings, questions, before, after)
        yield from told(list(rows))
        if failure:
            raise failure

    def _note(self, message: AirbyteMessage) -> None:
        status = message.trace.stream_status if message.trace else None
        if status and status.status is AirbyteStreamStatus.INCOMPLETE:
            self._incomplete.add(status.stream_descriptor.name)

    def _question(self, reading: Reading) -> Question | None:
        """Who names arguments reads a part of the rows, which nobody counts."""
        return None if reading.is_asked_for else question_of(reading.entry, self._manifest, reading.arrivals.window)

    def _row(self, reading: Reading, question: Question | None, before: Count | None, after: Count | None) -> Row:
        name, arrivals, came = reading.entry.name, reading.arrivals, reading.arrivals.came
        by = question.counted_by if question else None
        counted: int | None = after.value if after else None
        compared = self._compared(reading, question, before, after) if question else None
        if not question and arrivals.is_told:
            by, counted = told_by(reading.entry), came.last
            compared = Comparison(came.rows, came.first or 0, came.last or 0)
        is_sure = compared is not None and arrivals.is_whole and name not in self._incomplete
        agrees = compared.agrees if compared and is_sure else None
        if compared and agrees is False:
            _warn(name, compared, by)
        return {
            "stream": name,
            "emitted": arrivals.emitted,
            "received": arrivals.received,
            "compared": compared.came if compared and arrivals.is_whole else None,
            "counted": counted,
            "counted_by": by if counted is not None else None,
            "agrees": agrees,
            "requests": arrivals.requests,
            "parents_skipped": reading.checkpoint.parents_skipped,
            "at": times.iso(times.now()),
        }

    def _compared(
        self, reading: Reading, question: Question, before: Count | None, after: Count | None
    ) -> Comparison | None:
        """What can be held against the numbers; nothing where they are old, or rows may have come twice."""
        came = reading.arrivals.came
        if before is None or after is None or before.is_stale or after.is_stale:
            return None
        if reading.arrivals.window:
            if reading.arrivals.restarts:
                return None
            return Comparison(came.within, before.value, after.value, is_wider=question.is_wider)
        if not reading.checkpoint.is_whole:
            return None
        return Comparison(came.rows, before.value, after.value, question.is_exact, fresh=came.fresh)


def _warn(stream: str, compared: Comparison, by: str | None) -> None:
    count, what = abs(compared.missing), "are missing" if compared.missing > 0 else "are too many"
    LOGGER.warning("Stream %s: %s rows %s by %s, whatever changed while it was read", stream, count, what, by)
