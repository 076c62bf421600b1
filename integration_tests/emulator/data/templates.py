"""Serialized rows from templates, so that large pages are fast."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson

from integration_tests.emulator.data.clock import iso

BLANK = re.compile(rb'"@@(\w+)@@"|@~(\w+)~@')
NULL = b"null"


def blank(name: str) -> str:
    """A placeholder for a value in a template."""
    return f"@@{name}@@"


def inner(name: str) -> str:
    """A placeholder inside a string of a template."""
    return f"@~{name}~@"


class Template:
    """A serialized row whose placeholders are filled with serialized values."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        pieces = BLANK.split(orjson.dumps(row))
        self._pieces = [b"" if piece is None else piece for piece in pieces]
        names = [(n, (pieces[n] or pieces[n + 1]).decode()) for n in range(1, len(pieces), 3)]
        for n, _ in names:
            self._pieces[n] = self._pieces[n + 1] = b""
        self._blanks = names

    def fill(self, values: Mapping[str, bytes]) -> bytes:
        pieces = self._pieces.copy()
        for position, name in self._blanks:
            pieces[position] = values[name]
        return b"".join(pieces)


@lru_cache(maxsize=4096)
def _day(number: int) -> bytes:
    return b'"' + iso(number * 86400)[:11].encode()


@lru_cache(maxsize=1)
def _seconds() -> list[bytes]:
    return [b'%02d:%02d:%02dZ"' % (n // 3600, n // 60 % 60, n % 60) for n in range(86400)]


def moment(epoch: int) -> bytes:
    """A timestamp in JSON."""
    day, second = divmod(epoch, 86400)
    return _day(day) + _seconds()[second]


def number(value: int | None) -> bytes:
    return NULL if value is None else b"%d" % value


def text(value: str | None) -> bytes:
    return orjson.dumps(value)
