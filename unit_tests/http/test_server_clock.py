"""Zendesk's clock is that of its last response."""

import time
from email.utils import formatdate

import pytest

from source_zendesk.http.server_clock import ServerClock


def test_before_the_first_response_it_is_unknown() -> None:
    assert ServerClock().now() is None


@pytest.mark.parametrize("ahead", [-7200, 0, 7200])
def test_it_is_that_of_the_response_whatever_the_machine_shows(ahead: int) -> None:
    clock = ServerClock()
    clock.observe({"Date": formatdate(time.time() + ahead, usegmt=True)})
    now = clock.now()
    assert now is not None
    assert abs(now - time.time() - ahead) < 60


@pytest.mark.parametrize("headers", [{}, {"Date": "soon"}])
def test_a_response_without_a_date_changes_nothing(headers: dict[str, str]) -> None:
    clock = ServerClock()
    clock.observe(headers)
    assert clock.now() is None
