"""The server clock follows the last response."""

import time
from email.utils import formatdate

import pytest

from source_zendesk.http.server_clock import ServerClock


def test_the_clock_is_unknown_before_the_first_response() -> None:
    assert ServerClock().now() is None


@pytest.mark.parametrize("ahead", [-7200, 0, 7200])
def test_the_clock_follows_the_response_and_not_the_machine(ahead: int) -> None:
    clock = ServerClock()
    clock.observe({"Date": formatdate(time.time() + ahead, usegmt=True)})
    now = clock.now()
    assert now is not None
    assert abs(now - time.time() - ahead) < 60


@pytest.mark.parametrize("headers", [{}, {"Date": "soon"}])
def test_a_response_without_a_date_does_not_change_the_clock(headers: dict[str, str]) -> None:
    clock = ServerClock()
    clock.observe(headers)
    assert clock.now() is None
