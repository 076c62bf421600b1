"""Holds what came of each stream of a sync against what Zendesk counts."""

import logging
from collections.abc import Iterable, Iterator
from typing import Any

from airbyte_cdk.models import AirbyteMessage, AirbyteStreamStatus
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk import times
from source_zendesk.components.reading.difference import Difference
from source_zendesk.manifest import Entry, Manifest
from source_zendesk.manifest.custom_objects import KEY
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
        for reading, question in zip(self._readings, questions, strict=True):
            reading.arrivals.is_counted = question is not None
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
        name, arrivals = reading.entry.name, reading.arrivals
        by, counted = _counted(reading, question, after)
        doubt = self._doubt(reading, question, before, after)
        compared = None if doubt else _compared(reading, question, before, after)
        if compared:
            doubt = compared.doubt
        if compared and compared.missing:
            count, what = abs(compared.missing), "are missing" if compared.missing > 0 else "are too many"
            doubt = f"{count} rows {what}"
            LOGGER.warning("Stream %s: %s rows %s by %s, whatever changed while it was read", name, count, what, by)
        return {
            "stream": name,
            "emitted": arrivals.emitted,
            "received": arrivals.received,
            "compared": compared.came if compared else None,
            "counted": counted,
            "counted_by": by if counted is not None else None,
            "agrees": compared.agrees if compared else None,
            "reason": doubt,
            "requests": arrivals.requests,
            "parents_skipped": reading.checkpoint.parents_skipped,
            "at": times.iso(times.now()),
        }

    def _doubt(
        self, reading: Reading, question: Question | None, before: Count | None, after: Count | None
    ) -> str | None:
        """Why there is nothing to compare; None where there is."""
        arrivals = reading.arrivals
        if reading.entry.name in self._incomplete:
            return "the stream failed"
        if not arrivals.is_begun:
            return "nothing was read of the stream"
        is_part = question is not None and arrivals.window is None and not reading.checkpoint.is_whole
        if is_part or not arrivals.is_whole:
            return "the stream was not read from its beginning to its end"
        if question is None and not arrivals.is_told:
            return _uncounted(reading.entry)
        if question and (before is None or after is None):
            return f"{question.counted_by} gave no count"
        if question and any(count and count.is_stale for count in (before, after)):
            return "the count is older than the sync"
        return None if arrivals.has_all_keys else "not every row could be identified by its primary key"


def _uncounted(entry: Entry) -> str:
    """Why nothing is counted of a stream that was read."""
    if entry.searched_as:
        return "only rows that changed in the last hour were due, and the search may not have them yet"
    if KEY in entry.facts:
        return "this run brings changes alone, and Zendesk counts all records of the object"
    return "Zendesk gives no count of these rows"


def _counted(reading: Reading, question: Question | None, after: Count | None) -> tuple[str | None, int | None]:
    """What counts the rows, and the number that it gives."""
    if question:
        return question.counted_by, after.value if after else None
    return (told_by(reading.entry), reading.arrivals.last) if reading.arrivals.is_told else (None, None)


def _compared(reading: Reading, question: Question | None, before: Count | None, after: Count | None) -> Comparison:
    """The different rows that came beside the counts, those of single lists where each gives its own."""
    arrivals = reading.arrivals
    came, first, last = arrivals.distinct, arrivals.first, arrivals.last
    difference = arrivals.difference
    if question:
        first, last = before.value if before else 0, after.value if after else 0
        difference = Difference.between(came, first, last)
    return Comparison(
        came,
        first,
        last,
        difference,
        is_exact=question is not None and question.is_exact,
        is_wider=question is not None and question.is_wider,
        fresh=arrivals.fresh,
        changed=arrivals.changed,
        left=arrivals.left,
        repeated=arrivals.repeated if question is None or question.peeks else 0,
    )
