"""What came in the fields of records and is not as their schema says."""

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from source_zendesk.messages.forms import form, is_name

LOGGER = logging.getLogger("airbyte")
# An object whose keys are ids would name a field for each.
MOST_NAMES = 50
OTHERS = "others whose names are no plain words"


@dataclass
class Misfit:
    """Values that the declared type does not take: how many, and what the first looked like."""

    declared: str
    example: str
    values: int = 0

    def __str__(self) -> str:
        return f"{self.declared}, but {self.values} came such as {self.example}"


@dataclass
class StreamFindings:
    """Those of one stream, by field."""

    undeclared: dict[str, None] = field(default_factory=dict)
    left_out: dict[str, None] = field(default_factory=dict)
    misfits: dict[str, Misfit] = field(default_factory=dict)


class Findings:
    """Gathers them by stream, and tells in the end: one line a stream. Safe for threads.

    With `collects`, fields that are not declared are kept in a field of their own, and no reason to warn.
    """

    def __init__(self, *, collects: bool = False) -> None:
        self._collects = collects
        self._streams: dict[str, StreamFindings] = {}
        self._lock = threading.Lock()

    def add_undeclared(self, stream: str, names: Iterable[str]) -> None:
        """Note fields that neither the catalog nor the stream declares."""
        with self._lock:
            _add(self._of(stream).undeclared, names)

    def add_left_out(self, stream: str, names: Iterable[str]) -> None:
        """Note fields that the stream declares, but not the catalog that it is read with."""
        with self._lock:
            _add(self._of(stream).left_out, names)

    def add_misfit(self, stream: str, name: str, declared: str, example: Any, values: int = 1) -> None:
        """Note values that the declared type does not take; of the example, its form alone is kept."""
        with self._lock:
            known = self._of(stream).misfits
            if name in known or len(known) < MOST_NAMES:
                known.setdefault(name, Misfit(declared, form(example))).values += values

    def tell(self) -> None:
        """Log the line of each stream that has one."""
        for stream, found in sorted(self._streams.items()):
            parts = [*self._undeclared(found), *_left_out(found), *_misfits(found)]
            is_lost = found.misfits or (found.undeclared and not self._collects)
            LOGGER.log(logging.WARNING if is_lost else logging.INFO, "Stream %s: %s", stream, ". ".join(parts))

    def _of(self, stream: str) -> StreamFindings:
        return self._streams.setdefault(stream, StreamFindings())

    def _undeclared(self, found: StreamFindings) -> Iterable[str]:
        if found.undeclared:
            dropped = "a typed destination drops them; set `unknown_fields` to `collect` to keep them"
            said = "they are kept in `_undeclared`" if self._collects else dropped
            yield f"fields came that no schema declares: {_named(found.undeclared)} ({said})"


def _left_out(found: StreamFindings) -> Iterable[str]:
    if found.left_out:
        yield (
            f"fields came that the catalog leaves out: {_named(found.left_out)} (discover again to have them, unless "
            "they are meant to be left out)"
        )


def _misfits(found: StreamFindings) -> Iterable[str]:
    if found.misfits:
        said = "; ".join(f"`{name}` is declared {misfit}" for name, misfit in sorted(found.misfits.items()))
        yield f"values came that their declared type does not take: {said}"


def _add(known: dict[str, None], names: Iterable[str]) -> None:
    """Names that may be content are not kept, only that there were some."""
    for name in names:
        if not is_name(name):
            known[OTHERS] = None
        elif len(known) <= MOST_NAMES:
            known[name] = None


def _named(names: dict[str, None]) -> str:
    plain = sorted(set(names) - {OTHERS})
    more = [OTHERS] if OTHERS in names else ["more"] if len(plain) > MOST_NAMES else []
    shown = ", ".join(f"`{name}`" for name in plain[:MOST_NAMES])
    return " and ".join(filter(None, [shown, *more]))
