"""A stream is counted by its own count, by its list, by its custom object or by search, or not at all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from source_zendesk.errors import ConfigError, ResponseError
from source_zendesk.http.refusals import StreamSkipped
from source_zendesk.manifest import Manifest
from source_zendesk.manifest.custom_objects import with_object_streams
from source_zendesk.reconciliation.counts import (
    CACHED_FROM,
    Count,
    CountQuery,
    ZendeskCounter,
    count_query,
    counting_streams,
)

MANIFEST = with_object_streams(Manifest.load(), {"custom_object_car": "car"})
WINDOW = (1_767_225_600, 1_769_904_000)
CHANGED = "type:ticket updated>2026-01-01T00:00:00Z updated<2026-02-01T00:00:00Z"
USERS = CountQuery("count_users", {}, "GET /api/v2/users/count", "value", is_exact=True)
BRANDS = CountQuery("brands", {"per_page": 1}, "the `count` of GET /api/v2/brands", uses_list_count=True)
TICKETS = CountQuery("count_search_results", {"query": CHANGED}, f"GET /api/v2/search/count?query={CHANGED}")
CARS = CountQuery(
    "count_custom_object_records",
    {"custom_object_key": "car"},
    "GET /api/v2/custom_objects/car/records/count",
    "value",
    is_superset=True,
)


@pytest.mark.parametrize(
    ("stream", "always", "in_window"),
    [
        ("list_users", USERS, USERS),
        ("brands", BRANDS, BRANDS),
        ("tickets", None, TICKETS),
        ("custom_object_car", None, CARS),
        ("bookmarks", None, None),
        ("macro_actions", None, None),
    ],
)
def test_query_for_the_count_of_a_stream(stream: str, always: CountQuery | None, in_window: CountQuery | None) -> None:
    endpoint = MANIFEST.endpoints[stream]
    assert (count_query(endpoint, MANIFEST, None), count_query(endpoint, MANIFEST, WINDOW)) == (always, in_window)


def test_the_streams_with_counts_are_those_that_any_query_needs() -> None:
    names = ("list_users", "brands", "tickets", "users", "macro_actions")
    assert counting_streams([MANIFEST.endpoints[name] for name in names], MANIFEST) == {
        "count_users", "brands", "count_search_results",
    }  # fmt: skip


@dataclass
class Zendesk:
    """Returns the rows of a count, or a refusal; notes the requests."""

    outcome: list[dict[str, Any]] | Exception
    requested: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def rows(self, name: str, values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        self.requested.append((name, values))
        if isinstance(self.outcome, Exception):
            raise self.outcome
        yield from self.outcome

    def first_response(self, name: str, query: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**next(self.rows(f"first response of {name}", query)), "brands": [1, 2, 3]}


SYNC_START = 1_767_225_600
BEFORE, AFTER = "2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z"


def counted(query: CountQuery | None, *rows: dict[str, Any]) -> Count | None:
    return ZendeskCounter(Zendesk([*rows]), SYNC_START).count(query)


@pytest.mark.parametrize(
    ("query", "rows", "count"),
    [
        (USERS, [{"value": 7, "refreshed_at": BEFORE}], Count(7)),
        (USERS, [{"value": CACHED_FROM - 1, "refreshed_at": BEFORE}], Count(CACHED_FROM - 1)),
        (USERS, [{"value": CACHED_FROM, "refreshed_at": BEFORE}], Count(CACHED_FROM, is_stale=True)),
        (USERS, [{"value": CACHED_FROM, "refreshed_at": None}], Count(CACHED_FROM, is_stale=True)),
        (USERS, [{"value": CACHED_FROM, "refreshed_at": AFTER}], Count(CACHED_FROM)),
        (USERS, [{"value": 1}, {"value": CACHED_FROM}], Count(CACHED_FROM + 1, is_stale=True)),
        (USERS, [{"value": 1}, {"value": None}], None),
        (USERS, [{"value": "7"}], None),
        (USERS, [], None),
        (TICKETS, [{"count": CACHED_FROM}], Count(CACHED_FROM)),
        (TICKETS, [{"value": 7}], None),
        (BRANDS, [{"count": 3}], Count(3)),
        (None, [], None),
    ],
)
def test_count_in_a_response(query: CountQuery | None, rows: list[dict[str, Any]], count: Count | None) -> None:
    assert counted(query, *rows) == count


@pytest.mark.parametrize(("query", "stream"), [(CARS, CARS.stream), (BRANDS, "first response of brands")])
def test_a_count_is_requested_by_its_query(query: CountQuery, stream: str) -> None:
    zendesk = Zendesk([{"count": 1}])
    ZendeskCounter(zendesk, SYNC_START).count(query)
    assert zendesk.requested == [(stream, query.values)]


@pytest.mark.parametrize("refusal", [StreamSkipped("403: no"), ResponseError("count_users", "odd")])
def test_a_refused_count_is_left_out_and_others_are_requested(
    refusal: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    zendesk = Zendesk(refusal)
    counter = ZendeskCounter(zendesk, SYNC_START)
    with caplog.at_level("INFO", "airbyte"):
        assert [counter.count(USERS), counter.count(BRANDS)] == [None, None]
    assert len(zendesk.requested) == 2
    assert caplog.messages[0] == f"GET /api/v2/users/count returned no count: {refusal}"


def test_no_count_is_requested_after_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    zendesk = Zendesk(ConfigError("no access"))
    counter = ZendeskCounter(zendesk, SYNC_START)
    assert [counter.count(USERS), counter.count(BRANDS)] == [None, None]
    assert len(zendesk.requested) == 1
    assert caplog.messages == ["Reconciliation requests no more counts: no access"]
