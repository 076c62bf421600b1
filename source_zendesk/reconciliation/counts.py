"""What Zendesk counts of a stream."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk import times
from source_zendesk.errors import ResponseError
from source_zendesk.http.refusals import StreamSkipped
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.custom_objects import KEY
from source_zendesk.manifest.placeholders import fill_path

LOGGER = logging.getLogger("airbyte")
Window = tuple[str, str]
# From here on Zendesk counts once in a day, and until it has, says this very number.
CACHED_FROM = 100_000
# The field of a `/count` that has such a number.
CACHED = "value"


class CountSource(Protocol):
    """Who asks Zendesk; both raise `StreamSkipped` where it refuses."""

    def rows(self, name: str, values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """All rows of a stream, by these values."""

    def first_response(self, name: str, query: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a list answers first to this query, as it is."""


@dataclass(frozen=True)
class CountQuery:
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


def count_query(endpoint: Endpoint, manifest: Manifest, window: Window | None) -> CountQuery | None:
    """What counts the rows of a stream, for one that is searched those changed in the `window`; None where nothing."""
    known = manifest.endpoints
    found = next((each for each in known.values() if each.options.get("exact_count_of") == endpoint.name), None)
    if found:
        return CountQuery(found.name, {}, f"{found.method} {found.path}", CACHED, is_exact=True)
    if endpoint.options.get("count_by_page_number") and not endpoint.parents:
        return CountQuery(endpoint.name, {"per_page": 1}, counting_stream(endpoint), peeks=True)
    if window and KEY in endpoint.options:
        return _of_object(endpoint, manifest)
    if window is None or not endpoint.search_type:
        return None
    search = manifest.content["definitions"]["changed_rows_search"]
    query = search["query"].format(type=endpoint.search_type, begin=window[0], end=window[1])
    asked = known[search["stream"]]
    return CountQuery(asked.name, {"query": query}, f"{asked.method} {asked.path}?query={query}")


def _of_object(endpoint: Endpoint, manifest: Manifest) -> CountQuery:
    """What counts the records of one custom object."""
    asked = manifest.endpoints[manifest.content["definitions"]["custom_objects"]["count"]]
    values = {KEY: endpoint.options[KEY]}
    by = f"{asked.method} {fill_path(asked.path, values)}"
    return CountQuery(asked.name, values, by, CACHED, is_wider=True)


def counting_stream(endpoint: Endpoint) -> str:
    """What counts where a list tells its own number."""
    return f"the `count` of {endpoint.method} {endpoint.path}"


def counting_streams(endpoints: Iterable[Endpoint], manifest: Manifest) -> set[str]:
    """The streams that have the numbers for these."""
    questions = [count_query(endpoint, manifest, ("", "")) for endpoint in endpoints]
    return {question.stream for question in questions if question}


class ZendeskCounter:
    """Asks Zendesk for numbers, until it gives no answer; what it refuses is not counted."""

    def __init__(self, asked: CountSource, begun: int) -> None:
        self._asked, self._begun = asked, begun
        self._is_silent = False

    def count(self, question: CountQuery | None) -> Count | None:
        """The number that a question asks for, None where there is no answer."""
        if question is None or self._is_silent:
            return None
        try:
            rows = self._request_count(question)
        except (StreamSkipped, ResponseError) as skipped:
            LOGGER.info("%s does not count: %s", question.counted_by, skipped)
            return None
        except AirbyteTracedException as error:
            LOGGER.warning("No rows are counted any more: %s", error.message)
            self._is_silent = True
            return None
        return self._sum(rows, question.value_in)

    def _request_count(self, question: CountQuery) -> list[Mapping[str, Any]]:
        if question.peeks:
            return [self._asked.first_response(question.stream, question.values)]
        return list(self._asked.rows(question.stream, question.values))

    def _sum(self, rows: list[Mapping[str, Any]], name: str) -> Count | None:
        values = [value for row in rows if isinstance(value := row.get(name), int)]
        if len(values) < len(rows) or not values:
            return None
        return Count(sum(values), name == CACHED and any(map(self._is_stale, rows)))

    def _is_stale(self, row: Mapping[str, Any]) -> bool:
        at = times.epoch(row.get("refreshed_at"))
        return bool(row[CACHED] >= CACHED_FROM) and (at is None or at < self._begun)
