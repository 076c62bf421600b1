"""Parsed responses: the JSON body, also one that breaks the rules of JSON, and the times of request and response."""

import codecs
import json
import logging
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

import orjson
import requests

from source_zendesk import times
from source_zendesk.errors import ResponseError
from source_zendesk.json_values import LARGEST, MAX_LEVELS, NO_VALUE, SMALLEST, Path, describe_path, make_serializable

LOGGER = logging.getLogger("airbyte")
Body = Any
TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
MAX_NAMED = 10
FAULTY = (
    "Stream %s: an answer holds what is no text, no number or too deep; U+FFFD or null stands for it, and a float for "
    "integers beyond 64 bits (%s)"
)


# One half of a character for each run of bytes that is no UTF-8: it is mended, and told of, like those that are sent.
codecs.register_error("zendesk_half", lambda error: ("\udcff", getattr(error, "end", 0)))


def parse(content: bytes, stream: str = "") -> Body:
    """The body of an answer; raises `ValueError` for what is no JSON or cut off.

    Faults within values cost themselves and no row: bytes that are no UTF-8, halves of characters, control characters,
    NaN, integers beyond 64 bits. They are told of by record and field where a `stream` is named.
    """
    try:
        return orjson.loads(content) if content else {}
    except orjson.JSONDecodeError:
        return _parse_leniently(_loads_lenient(content), stream)


def parse_serializable(content: bytes, stream: str = "") -> Body:
    """The same such that it can be written as JSON, however deep it is; for answers that are small and not empty."""
    if not content:
        raise ValueError("empty")
    body = parse(content, stream)
    try:
        orjson.dumps(body)
    except TypeError:
        return _parse_leniently(body, stream)
    return body


def _parse_leniently(body: Body, stream: str) -> Body:
    faults: list[Path] = []
    sound = make_serializable(body, faults.append)
    if stream:
        told = dict.fromkeys(describe_path(body, path) for path in faults[:MAX_NAMED])
        LOGGER.warning(FAULTY, stream, ", ".join(told) or "unknown")
    return sound


def _loads_lenient(content: bytes) -> Body:
    text = content.decode("utf-8-sig", "zendesk_half")
    try:
        return _read(text)
    except RecursionError:
        shallow = b"".join(_shallow(text.encode("utf-8", "surrogatepass")))
        return _read(shallow.decode("utf-8", "surrogatepass"))


def _read(text: str) -> Body:
    return json.loads(
        text, strict=False, parse_constant=lambda _: NO_VALUE, parse_float=_finite, parse_int=_within_64_bits
    )


def _shallow(content: bytes) -> Iterator[bytes]:
    """The text with NaN for objects and lists that are too deep; raises `ValueError` where it is cut off."""
    level, begin = 0, 0
    for token in TOKEN.finditer(content):
        if token[0] in (b"[", b"{"):
            level += 1
            if level == MAX_LEVELS + 1:
                yield content[begin : token.start()] + b"NaN"
        elif token[0] in (b"]", b"}"):
            level -= 1
            if level == MAX_LEVELS:
                begin = token.end()
    if level:
        raise ValueError("cut off")
    yield content[begin:]


def _finite(text: str) -> Any:
    number = float(text)
    return number if abs(number) != float("inf") else NO_VALUE


def _within_64_bits(text: str) -> Any:
    """As orjson has them: a float for those beyond, which Python would refuse beyond 4300 digits."""
    number = int(text) if len(text) <= len(str(SMALLEST)) else None
    return number if number is not None and SMALLEST <= number <= LARGEST else _finite(text)


@dataclass(frozen=True)
class ParsedResponse:
    """The parsed body, and when it was asked for in epoch seconds of Zendesk's clock.

    Zendesk's clock writes the times of the rows; that of this machine may be minutes off.
    """

    body: Body
    requested_at: int


def parse_response(response: requests.Response) -> ParsedResponse | requests.Response:
    """The answer, or the response itself where its status is 400 and above."""
    if response.status_code >= 400:
        return response
    return ParsedResponse(getattr(response, "zendesk_body", None), requested_at(response))


def requested_at(response: requests.Response) -> int:
    """When it was asked for, by the header `Date`, or by our own clock where there is none.

    States contain this time, so it is never one that the check of states refuses.
    """
    return min(max(int(server_time(response.headers) - response.elapsed.total_seconds()), 0), times.latest())


def server_time(headers: Mapping[str, str]) -> float:
    """The present by Zendesk's clock, or by our own where the answer does not tell it."""
    told = parse_http_date(headers.get("Date"))
    return time.time() if told is None else told


@lru_cache
def parse_http_date(text: str | None) -> float | None:
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
def expect_documented_shape(stream: str) -> Iterator[None]:
    """Raise `ResponseError` where a part of an answer turns out to be something else than what Zendesk documents."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError, OverflowError, RecursionError) as error:
        cause = str(error) if isinstance(error, UndocumentedValueError) else type(error).__name__
        raise ResponseError(stream, f"the answer has not the form that is documented ({cause})") from error
