"""Which function answers which kind of endpoint, by the word in the `serve` column of `endpoints.json`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from integration_tests.emulator.api.calls import Call, Handler
from integration_tests.emulator.data.registration import kept_in
from integration_tests.emulator.data.rows import Row, Rows

Whole = Callable[[Call], list[Row]]
Beside = Callable[[Call, Rows, Sequence[Any]], Row]
HANDLERS: dict[str, Handler] = {}
WHOLE: dict[str, Whole] = {}
BESIDE: dict[str, Beside] = {}


serve = kept_in(HANDLERS)
whole = kept_in(WHOLE)
"""Every row that a complete crawl yields, where the handler gives pages only."""
beside = kept_in(BESIDE)
"""What always stands beside the rows of a page."""
