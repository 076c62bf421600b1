"""JSON as Zendesk sends it."""

import codecs
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import orjson

from source_zendesk.json_values import LARGEST, MOST_LEVELS, NO_VALUE, SMALLEST, Path, described, mended

LOGGER = logging.getLogger("airbyte")
Body = Any
TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
MOST_NAMED = 10
FAULTY = (
    "Stream %s: an answer holds what is no text, no number or too deep; U+FFFD or null stands for it, and a float for "
    "integers beyond 64 bits (%s)"
)


# One half of a character for each run of bytes that is no UTF-8: it is mended, and told of, like those that are sent.
codecs.register_error("zendesk_half", lambda error: ("\udcff", getattr(error, "end", 0)))


def parsed(content: bytes, stream: str = "") -> Body:
    """The body of an answer; raises `ValueError` for what is no JSON or cut off.

    Faults within values cost themselves and no row: bytes that are no UTF-8, halves of characters, control characters,
    NaN, integers beyond 64 bits. They are told of by record and field where a `stream` is named.
    """
    try:
        return orjson.loads(content) if content else {}
    except orjson.JSONDecodeError:
        return _mended(_loosely(content), stream)


def writable(content: bytes, stream: str = "") -> Body:
    """The same such that it can be written as JSON, however deep it is; for answers that are small and not empty."""
    if not content:
        raise ValueError("empty")
    body = parsed(content, stream)
    try:
        orjson.dumps(body)
    except TypeError:
        return _mended(body, stream)
    return body


def _mended(body: Body, stream: str) -> Body:
    faults: list[Path] = []
    sound = mended(body, faults.append)
    if stream:
        told = dict.fromkeys(described(body, path) for path in faults[:MOST_NAMED])
        LOGGER.warning(FAULTY, stream, ", ".join(told) or "unknown")
    return sound


def _loosely(content: bytes) -> Body:
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
            if level == MOST_LEVELS + 1:
                yield content[begin : token.start()] + b"NaN"
        elif token[0] in (b"]", b"}"):
            level -= 1
            if level == MOST_LEVELS:
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
