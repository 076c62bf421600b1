"""The number of requests in flight that uses up a limit follows the latency and the remaining requests."""

import pytest

from source_zendesk.http.adaptive_executor import AdaptiveExecutor
from source_zendesk.http.api_budget import AdaptiveApiBudget
from source_zendesk.output.sync_stats import SyncStats
from unit_tests.account import ResponseFactory
from unit_tests.http.budget_helpers import EXPORT, LIMITS, Clock, account, exports, request

GROUPS = "/api/v2/groups"


class Recorder(AdaptiveExecutor):
    """Records the calls of the budget."""

    def __init__(self) -> None:
        super().__init__()
        self.requests_in_flight: list[float | None] = []
        self.discounted = 0

    def adapt(self, requests_in_flight: float | None) -> None:
        self.requests_in_flight.append(requests_in_flight)

    def discount(self) -> None:
        self.discounted += 1


@pytest.fixture
def executor() -> Recorder:
    return Recorder()


@pytest.fixture
def budget(clock: Clock, executor: Recorder) -> AdaptiveApiBudget:
    return AdaptiveApiBudget(LIMITS, SyncStats(), executor, clock=lambda: clock.now, wait_on=clock.pause)


@pytest.fixture
def respond(budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory) -> "Respond":
    return Respond(budget, clock, make_response)


class Respond:
    """Sends a request whose response arrives after `latency` seconds."""

    def __init__(self, budget: AdaptiveApiBudget, clock: Clock, make_response: ResponseFactory) -> None:
        self._budget, self._clock, self._make_response = budget, clock, make_response

    def __call__(self, latency: float, headers: dict[str, str], path: str = GROUPS) -> None:
        sent = request(path)
        self._budget.acquire_call(sent)
        self._clock.now += latency
        self._budget.update_from_response(sent, self._make_response(**headers))


def test_it_is_the_rate_that_is_left_times_the_latency(respond: Respond, executor: Recorder) -> None:
    respond(2.0, account(remaining=85))
    assert executor.requests_in_flight == [2.0 * 80 / 40]


def test_fewer_remaining_requests_or_a_lower_latency_need_fewer(respond: Respond, executor: Recorder) -> None:
    respond(2.0, account(remaining=85))
    respond(0.5, account(remaining=45))
    assert executor.requests_in_flight[-1] == pytest.approx((2.0 - 0.1 * 1.5) * 40 / 39.5)


def test_one_slow_response_changes_little(respond: Respond, executor: Recorder) -> None:
    respond(1.0, account(remaining=85))
    respond(5.0, account(remaining=84))
    assert executor.requests_in_flight[-1] == pytest.approx(1.4 * 79 / 35)


def test_without_a_limit_it_is_unknown(respond: Respond, executor: Recorder) -> None:
    respond(1.0, {})
    assert executor.requests_in_flight == [None]


def test_exports_do_not_change_the_latency_of_lists(respond: Respond, executor: Recorder) -> None:
    respond(1.0, account(remaining=20))
    respond(20.0, exports(remaining=9), EXPORT)
    respond(1.0, account(remaining=20))
    assert executor.requests_in_flight[-1] == 1.0 * 15 / 40


def test_budgets_in_use_are_added(respond: Respond, executor: Recorder) -> None:
    respond(2.0, account(remaining=85))
    respond(1.0, account(remaining=45), "/api/v2/community/posts")
    assert executor.requests_in_flight[-1] == pytest.approx(2.0 * 80 / 39 + 1.0 * 40 / 40)


def test_a_budget_that_no_stream_uses_any_more_needs_none(respond: Respond, executor: Recorder, clock: Clock) -> None:
    respond(2.0, account(remaining=85))
    clock.now += 20
    respond(1.0, account(remaining=45), "/api/v2/community/posts")
    assert executor.requests_in_flight[-1] == 1.0


def test_a_stream_that_waits_for_a_scarce_limit_frees_its_worker(
    respond: Respond, budget: AdaptiveApiBudget, executor: Recorder
) -> None:
    respond(1.0, account(remaining=5))
    budget.acquire_call(request(GROUPS))
    assert executor.discounted == 0
    respond(1.0, exports(remaining=0), EXPORT)
    budget.acquire_call(request(EXPORT))
    assert executor.discounted > 0


def test_a_stream_that_waits_for_the_rate_of_a_product_frees_its_worker(
    budget: AdaptiveApiBudget, executor: Recorder
) -> None:
    for _ in range(11):
        budget.acquire_call(request("/v2/contacts"))
    assert executor.discounted > 0
