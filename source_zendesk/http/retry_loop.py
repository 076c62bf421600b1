"""The retry loop of the requests that the CDK's client does not send: token requests, writes, and those of `check`."""

import itertools
import time
from collections.abc import Callable
from typing import TypeAlias

import requests

Outcome: TypeAlias = requests.Response | requests.RequestException
"""A response, or the exception in its place."""


def send_with_retries(
    send: Callable[[], Outcome],
    is_final: Callable[[Outcome, int], bool],
    wait_seconds: Callable[[Outcome, int], float],
    deadline: float,
    pause: Callable[[Outcome, float], None],
) -> Outcome:
    """The first final outcome, or the one after which the next attempt would start after `deadline`.

    Attempts count from 1. `deadline` is a time of `time.monotonic`, and `pause` waits for the seconds before a retry.
    """
    for attempt in itertools.count(1):
        outcome = send()
        if is_final(outcome, attempt):
            break
        wait = wait_seconds(outcome, attempt)
        if time.monotonic() + wait > deadline:
            break
        pause(outcome, wait)
    return outcome
