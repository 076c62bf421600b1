"""Requests Zendesk's count of a stream's rows."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk import times
from source_zendesk.errors import ResponseError
from source_zendesk.extract.row_counts import Window
from source_zendesk.http.refusals import StreamSkipped
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.custom_objects import KEY
from source_zendesk.manifest.placeholders import fill_path

LOGGER = logging.getLogger("airbyte")
# Zendesk counts larger lists once a day; until it has counted, it returns exactly this number.
CACHED_FROM = 100_000
# The field of a `/count` response that contains such a number.
CACHED = "value"


class CountSource(Protocol):
    """Sends the requests; both methods raise `StreamSkipped` if Zendesk refuses."""

    def rows(self, name: str, values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """All rows of a stream, for these values."""

    def first_response(self, name: str, query: Mapping[str, Any]) -> Mapping[str, Any]:
        """The body of a list's first response to this query."""


@dataclass(frozen=True)
class CountQuery:
    """How to request the count of a stream's rows: the stream whose rows contain it, in the field `value_field`.

    With `uses_list_count`, that stream is the list itself, which contains a `count` if it is requested by page number.
    With `is_exact` the count covers exactly these rows; with `is_superset` also rows too old or too new to be read.
    """

    stream: str
    values: Mapping[str, Any]
    counted_by: str
    value_field: str = "count"
    uses_list_count: bool = False
    is_exact: bool = False
    is_superset: bool = False


@dataclass(frozen=True)
class Count:
    """A number of rows by Zendesk; `is_stale` if Zendesk counted before the sync."""

    value: int
    is_stale: bool = False


def count_query(endpoint: Endpoint, manifest: Manifest, window: Window | None) -> CountQuery | None:
    """The query that counts a stream's rows, or by search those changed in the `window`; None if there is none."""
    endpoints = manifest.endpoints
    counter = next((each for each in endpoints.values() if each.options.exact_count_of == endpoint.name), None)
    if counter:
        return CountQuery(counter.name, {}, f"{counter.method} {counter.path}", CACHED, is_exact=True)
    if endpoint.options.count_by_page_number and not endpoint.parents:
        return CountQuery(endpoint.name, {"per_page": 1}, counting_stream(endpoint), uses_list_count=True)
    if window and endpoint.custom_object:
        return _custom_object_query(endpoint, manifest)
    if window is None or not endpoint.options.search_type:
        return None
    search = manifest.content["definitions"]["changed_rows_search"]
    begin, end = map(times.iso, window)
    text = search["query"].format(type=endpoint.options.search_type, begin=begin, end=end)
    counter = endpoints[search["stream"]]
    return CountQuery(counter.name, {"query": text}, f"{counter.method} {counter.path}?query={text}")


def _custom_object_query(endpoint: Endpoint, manifest: Manifest) -> CountQuery:
    """The query that counts the records of one custom object."""
    counter = manifest.endpoints[manifest.content["definitions"]["custom_objects"]["count"]]
    values = {KEY: endpoint.custom_object}
    counted_by = f"{counter.method} {fill_path(counter.path, values)}"
    return CountQuery(counter.name, values, counted_by, CACHED, is_superset=True)


def counting_stream(endpoint: Endpoint) -> str:
    """The `counted_by` of a list that contains its own count."""
    return f"the `count` of {endpoint.method} {endpoint.path}"


def counting_streams(endpoints: Iterable[Endpoint], manifest: Manifest) -> set[str]:
    """The streams that contain the counts of these endpoints."""
    queries = [count_query(endpoint, manifest, (0, 0)) for endpoint in endpoints]
    return {query.stream for query in queries if query}


class ZendeskCounter:
    """Requests counts; a refused count is left out, and after a failure no more are requested."""

    def __init__(self, source: CountSource, sync_start: int) -> None:
        self._source, self._sync_start = source, sync_start
        self._has_failed = False

    def count(self, query: CountQuery | None) -> Count | None:
        """The result of a query, None if there is none."""
        if query is None or self._has_failed:
            return None
        try:
            rows = self._request_count(query)
        except (StreamSkipped, ResponseError) as skipped:
            LOGGER.info("%s returned no count: %s", query.counted_by, skipped)
            return None
        except AirbyteTracedException as error:
            LOGGER.warning("Reconciliation requests no more counts: %s", error.message)
            self._has_failed = True
            return None
        return self._sum(rows, query.value_field)

    def _request_count(self, query: CountQuery) -> list[Mapping[str, Any]]:
        if query.uses_list_count:
            return [self._source.first_response(query.stream, query.values)]
        return list(self._source.rows(query.stream, query.values))

    def _sum(self, rows: list[Mapping[str, Any]], name: str) -> Count | None:
        values = [value for row in rows if isinstance(value := row.get(name), int)]
        if len(values) < len(rows) or not values:
            return None
        return Count(sum(values), name == CACHED and any(map(self._is_stale, rows)))

    def _is_stale(self, row: Mapping[str, Any]) -> bool:
        at = times.epoch(row.get("refreshed_at"))
        return bool(row[CACHED] >= CACHED_FROM) and (at is None or at < self._sync_start)
