"""The report of fields and types that a schema does not declare."""

import logging
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

NAMES = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "boolean",
    list: "list",
    dict: "object",
    type(None): "null",
}
# Words as an API names its fields, in snake or camel case, with three digits at most.
NAME = re.compile(r"(?=.{1,60}$)(?!(?:.*[0-9]){4})_{0,2}[a-z]+(?:(?:_|[0-9]|[A-Z](?=[a-z]))[a-z]*)*")
MAX_KEYS = 5


def value_shape(value: Any) -> str:
    """Its kind and size: `text of 12 digits`, `object with keys a, b`, `list of numbers`; nothing of what it says."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return _object(value)
    if isinstance(value, list):
        return f"list of {_name(value[0])}s" if value else "empty list"
    return _name(value)


def is_plain_name(key: str) -> bool:
    """Whether a key is a plain name; others may be content: addresses, ids, tokens, people."""
    return NAME.fullmatch(key) is not None


def _name(value: Any) -> str:
    return NAMES.get(type(value), "value")


def _text(text: str) -> str:
    if not text:
        return "empty text"
    return f"text of {len(text)} {'digits' if text.isdecimal() else 'characters'}"


def _object(value: Mapping[str, Any]) -> str:
    shown = [key for key in value if is_plain_name(key)][:MAX_KEYS]
    rest = len(value) - len(shown)
    if not shown:
        return f"object with {rest} keys" if rest else "empty object"
    return f"object with keys {', '.join(shown)}" + (f" and {rest} more" if rest else "")


LOGGER = logging.getLogger("airbyte")
# An object whose keys are ids would name a field for each.
MAX_NAMES = 50
OTHERS = "others whose names are no plain words"


@dataclass
class TypeMismatch:
    """Values that the declared type does not take: how many, and what the first looked like."""

    declared: str
    example: str
    values: int = 0

    def __str__(self) -> str:
        return f"{self.declared}, but {self.values} came such as {self.example}"


@dataclass
class StreamDrift:
    """Those of one stream, by field."""

    undeclared: dict[str, None] = field(default_factory=dict)
    left_out: dict[str, None] = field(default_factory=dict)
    mismatches: dict[str, TypeMismatch] = field(default_factory=dict)


class SchemaDriftReport:
    """Gathers them by stream, and tells in the end: one line a stream. Safe for threads.

    With `collects`, fields that are not declared are kept in a field of their own, and no reason to warn.
    """

    def __init__(self, *, collects: bool = False) -> None:
        self._collects = collects
        self._streams: dict[str, StreamDrift] = {}
        self._lock = threading.Lock()

    def add_undeclared(self, stream: str, names: Iterable[str]) -> None:
        """Note fields that neither the catalog nor the stream declares."""
        with self._lock:
            _add(self._drift_of(stream).undeclared, names)

    def add_unselected(self, stream: str, names: Iterable[str]) -> None:
        """Note fields that the stream declares, but not the catalog that it is read with."""
        with self._lock:
            _add(self._drift_of(stream).left_out, names)

    def add_mismatch(self, stream: str, name: str, declared: str, example: Any, values: int = 1) -> None:
        """Note values that the declared type does not take; of the example, its form alone is kept."""
        with self._lock:
            known = self._drift_of(stream).mismatches
            if name in known or len(known) < MAX_NAMES:
                known.setdefault(name, TypeMismatch(declared, value_shape(example))).values += values

    def log_report(self) -> None:
        """Log the line of each stream that has one."""
        for stream, found in sorted(self._streams.items()):
            parts = [*self._undeclared(found), *_left_out(found), *_misfits(found)]
            is_lost = found.mismatches or (found.undeclared and not self._collects)
            LOGGER.log(logging.WARNING if is_lost else logging.INFO, "Stream %s: %s", stream, ". ".join(parts))

    def _drift_of(self, stream: str) -> StreamDrift:
        return self._streams.setdefault(stream, StreamDrift())

    def _undeclared(self, found: StreamDrift) -> Iterable[str]:
        if found.undeclared:
            dropped = "a typed destination drops them; set `unknown_fields` to `collect` to keep them"
            said = "they are kept in `_undeclared`" if self._collects else dropped
            yield f"fields came that no schema declares: {_named(found.undeclared)} ({said})"


def _left_out(found: StreamDrift) -> Iterable[str]:
    if found.left_out:
        yield (
            f"fields came that the catalog leaves out: {_named(found.left_out)} (discover again to have them, unless "
            "they are meant to be left out)"
        )


def _misfits(found: StreamDrift) -> Iterable[str]:
    if found.mismatches:
        said = "; ".join(f"`{name}` is declared {mismatch}" for name, mismatch in sorted(found.mismatches.items()))
        yield f"values came that their declared type does not take: {said}"


def _add(known: dict[str, None], names: Iterable[str]) -> None:
    """Names that may be content are not kept, only that there were some."""
    for name in names:
        if not is_plain_name(name):
            known[OTHERS] = None
        elif len(known) <= MAX_NAMES:
            known[name] = None


def _named(names: dict[str, None]) -> str:
    plain = sorted(set(names) - {OTHERS})
    more = [OTHERS] if OTHERS in names else ["more"] if len(plain) > MAX_NAMES else []
    shown = ", ".join(f"`{name}`" for name in plain[:MAX_NAMES])
    return " and ".join(filter(None, [shown, *more]))
