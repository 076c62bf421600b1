"""JSON as Zendesk sends it."""

import json
import math
from typing import Any

import orjson

Body = Any


def parsed(content: bytes) -> tuple[Body, bool]:
    """The body of an answer, and whether it is as it was sent; raises `ValueError` for what is no JSON or cut off."""
    try:
        return orjson.loads(content) if content else {}, True
    except orjson.JSONDecodeError:
        return _mended(content), False


def _mended(content: bytes) -> Body:
    """One whose fault lies within values: bytes that are no UTF-8, halves of characters, control characters, NaN.

    A text keeps all its good characters, U+FFFD stands for the others; what is no number is null.
    """
    try:
        body = _loosely(content, parse_constant=lambda _: None, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("too deep to be data") from error
    return orjson.loads(_text(json.dumps(body, ensure_ascii=False)))


def _loosely(content: bytes, **hooks: Any) -> Body:
    return json.loads(content.decode("utf-8-sig", "replace"), strict=False, **hooks)


def _text(written: str) -> str:
    """With U+FFFD for halves of characters."""
    return written.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def faulty_rows(content: bytes) -> list[str]:
    """The ids of the rows that hold what is no text or no number."""
    body = _loosely(content)
    lists = [value for value in body.values() if isinstance(value, list)] if isinstance(body, dict) else []
    rows = [row for items in lists for row in items if isinstance(row, dict)]
    return [str(row.get("id")) for row in rows if _is_faulty(row)]


def _is_faulty(row: Body) -> bool:
    try:
        written = json.dumps(row, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return True
    return "\N{REPLACEMENT CHARACTER}" in _text(written)
