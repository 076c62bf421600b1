"""An answer as the streams get it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import requests

Body = Any


@dataclass(frozen=True)
class Answer:
    """The parsed body, and when it was asked for in epoch seconds of Zendesk's clock.

    Zendesk's clock writes the times of the rows; that of this machine may be minutes off.
    """

    body: Body
    asked_at: int


def read(response: requests.Response) -> Answer | requests.Response:
    """The answer, or the response itself where its status is 400 and above."""
    if response.status_code >= 400:
        return response
    return Answer(getattr(response, "zendesk_body", None), asked_at(response))


def asked_at(response: requests.Response) -> int:
    """When it was asked for, by the header `Date`, or by our own clock where there is none."""
    return int(_answered_at(response.headers) - response.elapsed.total_seconds())


def _answered_at(headers: Mapping[str, str]) -> float:
    try:
        return parsedate_to_datetime(headers.get("Date", "")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return time.time()
