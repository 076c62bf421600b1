"""Values from outside, made such that they can be written as JSON."""

import math
import re
from collections.abc import Callable
from typing import Any

import orjson

Path = tuple[str | int, ...]
Note = Callable[[Path], None]
# orjson writes 254 levels; a record line, side-loads and actions add some around a value.
MAX_LEVELS = 200
SMALLEST, LARGEST = -(2**63), 2**64 - 1
HALVES = re.compile("[\ud800-\udfff]")
# Stands for what is no value, such as NaN, until it is null.
NO_VALUE: Any = object()


def dumps(value: Any, option: int | None = None, note: Note | None = None) -> bytes:
    """The JSON text of any value; what orjson does not write is mended, and its path given to `note`."""
    try:
        return orjson.dumps(value, option=option)
    except TypeError:
        return orjson.dumps(make_serializable(value, note), option=option)


def make_serializable(value: Any, note: Note | None = None, path: Path = ()) -> Any:
    """A copy that can be written; each path to a fault is given to `note`.

    U+FFFD stands for halves of characters, a float for integers beyond 64 bits, null for what is no finite number and
    for objects and lists below 200 levels.
    """
    if isinstance(value, (dict, list)) and len(path) < MAX_LEVELS:
        if isinstance(value, list):
            return [make_serializable(item, note, (*path, place)) for place, item in enumerate(value)]
        return {
            replace_surrogates(str(name)): make_serializable(item, note, (*path, replace_surrogates(str(name))))
            for name, item in value.items()
        }
    found = _leaf(value)
    if note and found is not value:
        note(path)
    return found


def _leaf(value: Any) -> Any:
    if isinstance(value, str):
        return replace_surrogates(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int) and not SMALLEST <= value <= LARGEST:
        return _to_float(value)
    return None if value is NO_VALUE or isinstance(value, (dict, list)) else value


def replace_surrogates(text: str) -> str:
    """The text with U+FFFD for each half of a surrogate pair, which UTF-8 cannot encode."""
    return HALVES.sub("\N{REPLACEMENT CHARACTER}", text) if HALVES.search(text) else text


def _to_float(number: int) -> float | None:
    try:
        return float(number)
    except OverflowError:
        return None


def describe_path(body: Any, path: Path) -> str:
    """The record that a path leads into, by its id, and the field: `id 7: custom_fields.0.value`."""
    for place, name in enumerate(path):
        if isinstance(name, int):
            body = body[name]
            return f"id {_id(body)}: {_dotted(path[place + 1 :])}"
        body = body.get(name)
        if not isinstance(body, (dict, list)):
            break
    return _dotted(path)


def _id(row: Any) -> str:
    return str(row.get("id", "unknown"))[:40] if isinstance(row, dict) else "unknown"


def _dotted(path: Path) -> str:
    return ".".join(map(str, path[:5])) or "the whole"
