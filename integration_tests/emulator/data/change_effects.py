"""Effects of a new or changed row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from integration_tests.emulator.data.registration import register_as
from integration_tests.emulator.data.rows import Row

ChangeEffect = Callable[[Any, str, Row, "Row | None"], None]
CHANGE_EFFECTS: dict[str, ChangeEffect] = {}

change_effect = register_as(CHANGE_EFFECTS)
"""Registers a function that is called with the store, the collection, the row, and the row before the change.

The last argument is None for a new row.
"""
