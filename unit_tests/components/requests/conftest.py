"""A budget by a clock that stands still unless somebody waits."""

import pytest

from source_zendesk.components.requests.live_budget import LiveBudget
from source_zendesk.messages.tally import Tally
from unit_tests.components.requests.limited import LIMITS, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def budget(clock: Clock) -> LiveBudget:
    return LiveBudget(LIMITS, Tally(), clock=lambda: clock.now, pause=clock.pause)
