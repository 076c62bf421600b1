"""A request is repeated until its outcome is final or the next wait would end after the deadline."""

import time

import pytest
import requests

from source_zendesk.http.retry_loop import send_with_retries


@pytest.mark.parametrize(
    ("final", "seconds_left", "paused"),
    [(1, 60_000.0, []), (3, 60_000.0, [1000.0, 2000.0]), (9, 2500.0, [1000.0, 2000.0]), (9, 0.0, [])],
    ids=["the first is final", "the third is final", "the third wait is too long", "no time is left"],
)
def test_attempts_end_with_a_final_outcome_or_at_the_deadline(
    final: int, seconds_left: float, paused: list[float]
) -> None:
    outcomes = [requests.RequestException(str(number)) for number in range(9)]
    sent, waits = iter(outcomes), list[float]()
    outcome = send_with_retries(
        lambda: next(sent),
        lambda _, attempt: attempt == final,
        lambda _, attempt: 1000.0 * attempt,
        time.monotonic() + seconds_left,
        lambda _, wait: waits.append(wait),
    )
    assert (outcome, waits) == (outcomes[len(paused)], paused)
