"""External values, converted so that they can be serialized as JSON."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import orjson

Path = tuple[str | int, ...]
Note = Callable[[Path], None]
# orjson serializes 254 levels; a record message, sideloads and actions add some levels around a value.
MAX_LEVELS = 200
SMALLEST, LARGEST = -(2**63), 2**64 - 1
MAX_NAMED = 5
SURROGATES = re.compile("[\ud800-\udfff]")
# Marks a value that JSON does not have, such as NaN, until it becomes null.
NO_VALUE: object = object()


def dumps(value: object, option: int | None = None, note: Note | None = None) -> bytes:
    """The JSON text of any value; replaces what orjson does not serialize, and calls `note` with each such path."""
    try:
        return orjson.dumps(value, option=option)
    except TypeError:
        return orjson.dumps(make_serializable(value, note), option=option)


def make_serializable(value: object, note: Note | None = None, path: Path = ()) -> object:
    """A copy that orjson can serialize; calls `note` with the path of each replaced value.

    U+FFFD replaces unpaired surrogates, a float replaces integers beyond 64 bits, and null replaces infinite numbers,
    NaN, and objects and lists deeper than 200 levels.
    """
    if isinstance(value, (dict, list)) and len(path) < MAX_LEVELS:
        if isinstance(value, list):
            return [make_serializable(item, note, (*path, index)) for index, item in enumerate(value)]
        return {
            replace_surrogates(str(name)): make_serializable(item, note, (*path, replace_surrogates(str(name))))
            for name, item in value.items()
        }
    leaf = _serializable_leaf(value)
    if note and leaf is not value:
        note(path)
    return leaf


class Fault(NamedTuple):
    """Where a value cannot be written as JSON, as in `body.user[0].name`, and why."""

    path: str
    cause: str


def find_fault(value: object) -> Fault | None:
    """The first object or list that is nested too deeply, or half of a surrogate pair; None if there is none."""
    try:
        orjson.dumps(value)
    except TypeError:
        return next(_faults(value), None)
    return None


def _faults(value: object) -> Iterator[Fault]:
    pending: list[tuple[Path, object]] = [((), value)]
    while pending:
        path, each = pending.pop()
        if isinstance(each, (dict, list)) and len(path) >= MAX_LEVELS:
            yield Fault(_bracketed(path), "is nested too deeply")
        elif isinstance(each, (dict, list)):
            inner = list(each.items() if isinstance(each, dict) else enumerate(each))
            pending += [((*path, name), item) for name, item in reversed(inner)]
        if any(SURROGATES.search(text) for text in (each, *path[-1:]) if isinstance(text, str)):
            yield Fault(_bracketed(path), "has half of a surrogate pair, such as half of an emoji")


def _bracketed(path: Path) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{replace_surrogates(part)}" for part in path[:MAX_NAMED])
    return "".join(parts).removeprefix(".")


def _serializable_leaf(value: object) -> object:
    if isinstance(value, str):
        return replace_surrogates(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int) and not SMALLEST <= value <= LARGEST:
        return _to_float(value)
    return None if value is NO_VALUE or isinstance(value, (dict, list)) else value


def replace_surrogates(text: str) -> str:
    """The text with U+FFFD for each unpaired surrogate, which UTF-8 cannot encode."""
    return SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text) if SURROGATES.search(text) else text


def _to_float(number: int) -> float | None:
    try:
        return float(number)
    except OverflowError:
        return None


def value_at(value: Any, names: Iterable[str]) -> Any:
    """The value under these names of nested objects, from the outside in; None if there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def describe_path(body: Any, path: Path) -> str:
    """The id of the record at a path, and the field: `id 7: custom_fields.0.value`."""
    for depth, name in enumerate(path):
        if isinstance(name, int):
            body = body[name]
            return f"id {_id(body)}: {_join_path(path[depth + 1 :])}"
        body = body.get(name)
        if not isinstance(body, (dict, list)):
            break
    return _join_path(path)


def _id(row: object) -> str:
    found = row.get("id", NO_VALUE) if isinstance(row, dict) else NO_VALUE
    return "unknown" if found is NO_VALUE else str(found)[:40]


def _join_path(path: Path) -> str:
    return ".".join(map(str, path[:MAX_NAMED])) or "the whole value"
