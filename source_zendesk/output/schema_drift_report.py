"""The report of undeclared fields and of values that do not match their declared type."""

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from source_zendesk.output.value_shape import is_plain_name, value_shape
from source_zendesk.printable import count_of

LOGGER = logging.getLogger("airbyte")
# An object with ids as keys would add a field name for each.
MAX_NAMES = 50
OTHERS = "others whose names are not plain words"


@dataclass
class TypeMismatch:
    """Values that do not match the declared type: their number and the shape of the first."""

    declared: str
    example: str
    values: int = 0

    def __str__(self) -> str:
        return f"{self.declared}, but Zendesk sent {count_of(self.values, 'value')} such as {self.example}"


@dataclass
class StreamDrift:
    """The schema drift of one stream."""

    undeclared: dict[str, None] = field(default_factory=dict)
    unselected: dict[str, None] = field(default_factory=dict)
    mismatches: dict[str, TypeMismatch] = field(default_factory=dict)


class SchemaDriftReport:
    """Collects the schema drift of a sync and logs one line for each affected stream at the end. Thread-safe.

    With `collects`, undeclared fields are kept in a field of their own and cause no warning.
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
        """Note fields that the stream declares and the catalog of the sync does not."""
        with self._lock:
            _add(self._drift_of(stream).unselected, names)

    def add_mismatch(self, stream: str, name: str, declared: str, example: Any, values: int = 1) -> None:
        """Note values that do not match the declared type; only the shape of the example is kept."""
        with self._lock:
            known = self._drift_of(stream).mismatches
            if name in known or len(known) < MAX_NAMES:
                known.setdefault(name, TypeMismatch(declared, value_shape(example))).values += values

    def log_report(self) -> None:
        """Log the line of each stream that has one."""
        for stream, drift in sorted(self._streams.items()):
            parts = [*self._describe_undeclared(drift), *_describe_unselected(drift), *_describe_mismatches(drift)]
            is_lost = drift.mismatches or (drift.undeclared and not self._collects)
            LOGGER.log(logging.WARNING if is_lost else logging.INFO, "Stream %s: %s", stream, ". ".join(parts))

    def _drift_of(self, stream: str) -> StreamDrift:
        return self._streams.setdefault(stream, StreamDrift())

    def _describe_undeclared(self, drift: StreamDrift) -> Iterable[str]:
        if drift.undeclared:
            dropped = "a typed destination drops them; set `unknown_fields` to `collect` to keep them"
            consequence = "they are kept in `_undeclared`" if self._collects else dropped
            yield f"Zendesk sent undeclared fields: {_list_names(drift.undeclared)} ({consequence})"


def _describe_unselected(drift: StreamDrift) -> Iterable[str]:
    if drift.unselected:
        yield (
            f"Zendesk sent fields that the catalog excludes: {_list_names(drift.unselected)} (refresh the schema to "
            "include them, unless they are excluded on purpose)"
        )


def _describe_mismatches(drift: StreamDrift) -> Iterable[str]:
    if drift.mismatches:
        fields = "; ".join(f"`{name}` is declared {mismatch}" for name, mismatch in sorted(drift.mismatches.items()))
        yield f"Zendesk sent values that do not match the declared type: {fields}"


def _add(known: dict[str, None], names: Iterable[str]) -> None:
    """Add field names; a name that may be content is replaced by `OTHERS`."""
    for name in names:
        if not is_plain_name(name):
            known[OTHERS] = None
        elif len(known) <= MAX_NAMES:
            known[name] = None


def _list_names(names: dict[str, None]) -> str:
    plain = sorted(set(names) - {OTHERS})
    more = [OTHERS] if OTHERS in names else ["more"] if len(plain) > MAX_NAMES else []
    shown = ", ".join(f"`{name}`" for name in plain[:MAX_NAMES])
    return " and ".join(filter(None, [shown, *more]))
