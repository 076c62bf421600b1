"""Which function answers which kind of endpoint, by the word in the `serve` column of `endpoints.json`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from integration_tests.emulator.api.calls import Call, Handler
from integration_tests.emulator.data.rows import Row, Rows

Whole = Callable[[Call], list[Row]]
Beside = Callable[[Call, Rows, Sequence[Any]], Row]
HANDLERS: dict[str, Handler] = {}
WHOLE: dict[str, Whole] = {}
BESIDE: dict[str, Beside] = {}


def serve(*words: str) -> Callable[[Handler], Handler]:
    def keep(handler: Handler) -> Handler:
        for word in words:
            HANDLERS[word] = handler
        return handler

    return keep


def whole(*words: str) -> Callable[[Whole], Whole]:
    """Every row that a complete crawl yields, where the handler gives pages only."""

    def keep(rows: Whole) -> Whole:
        for word in words:
            WHOLE[word] = rows
        return rows

    return keep


def beside(*words: str) -> Callable[[Beside], Beside]:
    """What always stands beside the rows of a page."""

    def keep(extras: Beside) -> Beside:
        for word in words:
            BESIDE[word] = extras
        return extras

    return keep
