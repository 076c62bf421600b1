"""Parsed responses: the JSON body, even if it is not strictly valid, and the times of request and response."""

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
INVALID_VALUES = (
    "Stream %s: a response contains invalid text, invalid numbers or too deep nesting; the connector replaced them "
    "with U+FFFD or null, and integers beyond 64 bits with floats (%s)"
)


# Decodes invalid UTF-8 to an unpaired surrogate, so that it is replaced and logged like a surrogate that Zendesk sends.
codecs.register_error("zendesk_half", lambda error: ("\udcff", getattr(error, "end", 0)))


def parse(content: bytes, stream: str = "") -> Body:
    """The parsed body; raises `ValueError` if it is truncated or not JSON.

    An invalid value never costs its record. Bytes that are not UTF-8, unpaired surrogates, NaN and integers beyond 64
    bits are replaced; control characters stay. If `stream` is set, a warning lists the records and fields.
    """
    try:
        return orjson.loads(content) if content else {}
    except orjson.JSONDecodeError:
        return _parse_leniently(_loads_lenient(content), stream)


def parse_serializable(content: bytes, stream: str = "") -> Body:
    """The parsed body, in a form that can be serialized at any depth; for small responses that are not empty."""
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
    valid_body = make_serializable(body, faults.append)
    if stream:
        fields = dict.fromkeys(describe_path(body, path) for path in faults[:MAX_NAMED])
        LOGGER.warning(INVALID_VALUES, stream, ", ".join(fields) or "unknown")
    return valid_body


def _loads_lenient(content: bytes) -> Body:
    text = content.decode("utf-8-sig", "zendesk_half")
    try:
        return _loads(text)
    except RecursionError:
        shallow = b"".join(_cut_deep_values(text.encode("utf-8", "surrogatepass")))
        return _loads(shallow.decode("utf-8", "surrogatepass"))


def _loads(text: str) -> Body:
    return json.loads(
        text, strict=False, parse_constant=lambda _: NO_VALUE, parse_float=_parse_float, parse_int=_parse_int
    )


def _cut_deep_values(content: bytes) -> Iterator[bytes]:
    """The text with NaN in place of too deep objects and lists; raises `ValueError` if it is truncated."""
    level, start = 0, 0
    for token in TOKEN.finditer(content):
        if token[0] in (b"[", b"{"):
            level += 1
            if level == MAX_LEVELS + 1:
                yield content[start : token.start()] + b"NaN"
        elif token[0] in (b"]", b"}"):
            level -= 1
            if level == MAX_LEVELS:
                start = token.end()
    if level:
        raise ValueError("truncated")
    yield content[start:]


def _parse_float(text: str) -> Any:
    number = float(text)
    return number if abs(number) != float("inf") else NO_VALUE


def _parse_int(text: str) -> Any:
    """The integer, or a float beyond 64 bits, as orjson does; Python's `int` refuses more than 4300 digits."""
    number = int(text) if len(text) <= len(str(SMALLEST)) else None
    return number if number is not None and SMALLEST <= number <= LARGEST else _parse_float(text)


@dataclass(frozen=True)
class ParsedResponse:
    """The parsed body, and the time of the request in epoch seconds of Zendesk's clock.

    The times of records come from Zendesk's clock; this machine's clock may differ by minutes.
    """

    body: Body
    requested_at: int


def parse_response(response: requests.Response) -> ParsedResponse | requests.Response:
    """The parsed response, or the response itself if its status is 400 or above."""
    if response.status_code >= 400:
        return response
    return ParsedResponse(getattr(response, "zendesk_body", None), requested_at(response))


def requested_at(response: requests.Response) -> int:
    """The time of the request by the header `Date`, or by this machine's clock without one.

    States contain this time, so it always passes the validation of states.
    """
    return min(max(int(server_time(response.headers) - response.elapsed.total_seconds()), 0), times.latest())


def server_time(headers: Mapping[str, str]) -> float:
    """The current time by Zendesk's clock, or by this machine's clock if the headers have no `Date`."""
    date = parse_http_date(headers.get("Date"))
    return time.time() if date is None else date


@lru_cache
def parse_http_date(text: str | None) -> float | None:
    """Epoch seconds of an HTTP date; None if the text is not a date."""
    try:
        return parsedate_to_datetime(text or "").timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


class UndocumentedValueError(ValueError):
    """A field of a response does not have the type that Zendesk documents."""

    def __init__(self, name: str, value: Any, expected: str) -> None:
        super().__init__(f"`{name}` is {value!r:.80}, expected {expected}")


@contextmanager
def expect_documented_shape(stream: str) -> Iterator[None]:
    """Raise `ResponseError` if a part of a response does not have the shape that Zendesk documents."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError, OverflowError, RecursionError) as error:
        cause = str(error) if isinstance(error, UndocumentedValueError) else type(error).__name__
        raise ResponseError(stream, f"the response does not have the documented shape ({cause})") from error
