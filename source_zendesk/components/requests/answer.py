"""An answer as the streams get it."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

import requests

from source_zendesk import times
from source_zendesk.errors import AnswerError

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
    """When it was asked for, by the header `Date`, or by our own clock where there is none.

    States contain this time, so it is never one that the check of states refuses.
    """
    return min(max(int(answered_at(response.headers) - response.elapsed.total_seconds()), 0), times.latest())


def answered_at(headers: Mapping[str, str]) -> float:
    """The present by Zendesk's clock, or by our own where the answer does not tell it."""
    told = http_date(headers.get("Date"))
    return time.time() if told is None else told


@lru_cache
def http_date(text: str | None) -> float | None:
    """Epoch seconds of a date as headers have it, None for what is none."""
    try:
        return parsedate_to_datetime(text or "").timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


class UndocumentedValueError(ValueError):
    """A field of a response has a value of another type than Zendesk documents."""

    def __init__(self, name: str, value: Any, expected: str) -> None:
        super().__init__(f"`{name}` is {value!r:.80}, expected {expected}")


@contextmanager
def as_documented(stream: str) -> Iterator[None]:
    """Raise `AnswerError` where a part of an answer turns out to be something else than what Zendesk documents."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError, OverflowError, RecursionError) as error:
        cause = str(error) if isinstance(error, UndocumentedValueError) else type(error).__name__
        raise AnswerError(stream, f"the answer has not the form that is documented ({cause})") from error
