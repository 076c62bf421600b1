"""Responses of the handlers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from integration_tests.emulator.data.rows import Row


@dataclass
class Reply:
    """An HTTP response."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def ok(body: Any, status: int = 200, **headers: str) -> Reply:
    return Reply(status, orjson.dumps(body), headers)


def created(key: str, row: Row) -> Reply:
    return Reply(201, orjson.dumps({key: row}), {"Location": str(row.get("url") or "")})


def no_content() -> Reply:
    return Reply(204)


def page_body(key: str, fragments: Iterable[bytes], more: Mapping[str, Any]) -> bytes:
    """`{"key": [rows], ...more}` from serialized rows."""
    rest = orjson.dumps(dict(more))[1:]
    return b'{"%b":[' % key.encode() + b",".join(fragments) + (b"]," if len(rest) > 1 else b"]") + rest
