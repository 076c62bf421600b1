"""The requests of a sync in docs/streams.md: which rows are assumed, and the time that rate limits allow."""

from collections import Counter

import pytest

from source_zendesk.manifest import Manifest
from source_zendesk.manifest.catalog_policy import recommended_endpoints
from tools.assumed_account import ASSUMPTION_OF, ASSUMPTIONS, AssumedAccount
from tools.request_model import RequestModel
from tools.streams_page import EXPORTS, compute_syncs, count_by_limit, least_minutes

MANIFEST = Manifest.load()
NAMES = [each.name for each in recommended_endpoints(MANIFEST.endpoints)]


def test_each_assumption_is_about_pages_that_the_recommended_streams_request() -> None:
    requested = set(RequestModel(MANIFEST, NAMES, AssumedAccount(10_000)).first_sync())
    assert set(ASSUMPTION_OF) - requested == set()
    assert len(ASSUMPTION_OF) == sum(len(each.streams) for each in ASSUMPTIONS)


def test_every_growing_stream_has_an_assumption() -> None:
    """Skills grow with agents, of which an account has few."""
    requested = RequestModel(MANIFEST, NAMES, AssumedAccount(10_000)).first_sync()
    growing = {name for name in requested if MANIFEST.endpoints[name].options.grows_with_usage}
    skills = {name for name in growing if name.startswith("export_routing_")}
    assert growing - skills - set(ASSUMPTION_OF) == set()


def test_larger_accounts_take_more_requests_and_daily_syncs_fewer() -> None:
    totals = [requests.total() for requests in compute_syncs(MANIFEST, NAMES).values()]
    first, daily = totals[::2], totals[1::2]
    assert first == sorted(first)
    assert daily == sorted(daily)
    assert all(later < earlier for earlier, later in zip(first, daily, strict=True))


def test_a_million_tickets_take_fewer_other_requests_than_exports() -> None:
    """No stream takes a request for each ticket, user or organization."""
    requests = RequestModel(MANIFEST, NAMES, AssumedAccount(1_000_000)).first_sync()
    exports = count_by_limit(requests, MANIFEST)[EXPORTS]
    assert requests.total() - exports < exports


@pytest.mark.parametrize(
    ("requests", "plan", "minutes"),
    [
        ({"tickets": 95}, 200, 10),
        ({"tickets": 95}, 2500, 4),
        ({"macros": 1_900}, 200, 10),
        ({"macros": 1_900}, 2500, 1),
        ({"macros": 1_900, "articles": 1_900}, 200, 10),
        ({"macros": 1_900, "views": 1_900}, 200, 20),
        ({"macros": 950, "tickets": 950}, 200, 100),
        ({"deleted_tickets": 19, "macros": 190}, 200, 2),
        ({"agent_availabilities": 570}, 200, 2),
    ],
)
def test_requests_under_different_limits_run_at_the_same_time(
    requests: dict[str, int], plan: int, minutes: int
) -> None:
    assert least_minutes(count_by_limit(Counter(requests), MANIFEST), plan) == minutes
