"""A budget with a clock that advances only during waits."""

import pytest

from source_zendesk.http.api_budget import AdaptiveApiBudget
from source_zendesk.output.sync_stats import SyncStats
from unit_tests.http.budget_helpers import LIMITS, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def budget(clock: Clock) -> AdaptiveApiBudget:
    return AdaptiveApiBudget(LIMITS, SyncStats(), clock=lambda: clock.now, wait_on=clock.pause)
