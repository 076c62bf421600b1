"""What Zendesk counts of a stream."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk import times
from source_zendesk.components.requests.outcome import StreamSkipped
from source_zendesk.errors import AnswerError
from source_zendesk.manifest import Entry, Manifest
from source_zendesk.manifest.custom_objects import KEY
from source_zendesk.manifest.placeholders import filled

LOGGER = logging.getLogger("airbyte")
Window = tuple[str, str]
# From here on Zendesk counts once in a day, and until it has, says this very number.
CACHED_FROM = 100_000
# The field of a `/count` that has such a number.
CACHED = "value"


class Asked(Protocol):
    """Who asks Zendesk; both raise `StreamSkipped` where it refuses."""

    def rows(self, name: str, values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """All rows of a stream, by these values."""

    def first_answer(self, name: str, query: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a list answers first to this query, as it is."""


@dataclass(frozen=True)
class Question:
    """What is asked to count a stream's rows: the stream that has the number, and the field `value_in` of its rows.

    With `peeks` it is the list itself, which tells the number where it is asked by page number. With `is_exact` these
    rows and no others are counted; with `is_wider` also rows that are too old or too new to be read.
    """

    stream: str
    values: Mapping[str, Any]
    counted_by: str
    value_in: str = "count"
    peeks: bool = False
    is_exact: bool = False
    is_wider: bool = False


@dataclass(frozen=True)
class Count:
    """What Zendesk says; a number that was worked out before the sync `is_stale`."""

    value: int
    is_stale: bool = False


def question_of(entry: Entry, manifest: Manifest, window: Window | None) -> Question | None:
    """What counts the rows of a stream, for one that is searched those changed in the `window`; None where nothing."""
    known = manifest.entries
    found = next((each for each in known.values() if each.facts.get("confirms") == entry.name), None)
    if found:
        return Question(found.name, {}, f"{found.method} {found.endpoint}", CACHED, is_exact=True)
    if entry.facts.get("numbered") and not entry.parents:
        return Question(entry.name, {"per_page": 1}, told_by(entry), peeks=True)
    if window and KEY in entry.facts:
        return _of_object(entry, manifest)
    if window is None or not entry.searched_as:
        return None
    search = manifest.content["definitions"]["changes_search"]
    query = search["query"].format(type=entry.searched_as, begin=window[0], end=window[1])
    asked = known[search["stream"]]
    return Question(asked.name, {"query": query}, f"{asked.method} {asked.endpoint}?query={query}")


def _of_object(entry: Entry, manifest: Manifest) -> Question:
    """What counts the records of one custom object."""
    asked = manifest.entries[manifest.content["definitions"]["custom_objects"]["count"]]
    values = {KEY: entry.facts[KEY]}
    by = f"{asked.method} {filled(asked.endpoint, values)}"
    return Question(asked.name, values, by, CACHED, is_wider=True)


def told_by(entry: Entry) -> str:
    """What counts where a list tells its own number."""
    return f"the `count` of {entry.method} {entry.endpoint}"


def streams_asked(entries: Iterable[Entry], manifest: Manifest) -> set[str]:
    """The streams that have the numbers for these."""
    questions = [question_of(entry, manifest, ("", "")) for entry in entries]
    return {question.stream for question in questions if question}


class Counter:
    """Asks Zendesk for numbers, until it gives no answer; what it refuses is not counted."""

    def __init__(self, asked: Asked, begun: int) -> None:
        self._asked, self._begun = asked, begun
        self._is_silent = False

    def count(self, question: Question | None) -> Count | None:
        """The number that a question asks for, None where there is no answer."""
        if question is None or self._is_silent:
            return None
        try:
            rows = self._answer(question)
        except (StreamSkipped, AnswerError) as skipped:
            LOGGER.info("%s does not count: %s", question.counted_by, skipped)
            return None
        except AirbyteTracedException as error:
            LOGGER.warning("No rows are counted any more: %s", error.message)
            self._is_silent = True
            return None
        return self._sum(rows, question.value_in)

    def _answer(self, question: Question) -> list[Mapping[str, Any]]:
        if question.peeks:
            return [self._asked.first_answer(question.stream, question.values)]
        return list(self._asked.rows(question.stream, question.values))

    def _sum(self, rows: list[Mapping[str, Any]], name: str) -> Count | None:
        values = [value for row in rows if isinstance(value := row.get(name), int)]
        if len(values) < len(rows) or not values:
            return None
        return Count(sum(values), name == CACHED and any(map(self._is_stale, rows)))

    def _is_stale(self, row: Mapping[str, Any]) -> bool:
        at = times.epoch(row.get("refreshed_at"))
        return bool(row[CACHED] >= CACHED_FROM) and (at is None or at < self._begun)
