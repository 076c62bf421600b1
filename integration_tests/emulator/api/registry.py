"""Handlers by the `serve` field of the endpoints in `endpoints.json`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from integration_tests.emulator.api.calls import Call, Handler
from integration_tests.emulator.data.registration import register_as
from integration_tests.emulator.data.rows import Row, Rows

CompleteRows = Callable[[Call], list[Row]]
PageExtras = Callable[[Call, Rows, Sequence[Any]], Row]
HANDLERS: dict[str, Handler] = {}
COMPLETE_ROWS: dict[str, CompleteRows] = {}
PAGE_EXTRAS: dict[str, PageExtras] = {}


serve = register_as(HANDLERS)
complete_rows = register_as(COMPLETE_ROWS)
"""Registers a function that returns all rows of endpoints whose handler returns pages."""
page_extras = register_as(PAGE_EXTRAS)
"""Registers a function that returns additional fields of each page."""
