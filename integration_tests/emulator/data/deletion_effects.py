"""Effects of a deletion on other collections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from integration_tests.emulator.data.clock import Clock
from integration_tests.emulator.data.registration import register_as
from integration_tests.emulator.data.rows import Row


class TombstoneStore(Protocol):
    """The part of the store that a deletion effect uses."""

    clock: Clock

    def put_tombstone(self, name: str, row: Row, parent: Any) -> None: ...


DeletionEffect = Callable[[TombstoneStore, Row, Any], None]
DELETION_EFFECTS: dict[str, DeletionEffect] = {}

deletion_effect = register_as(DELETION_EFFECTS)
"""Registers a function that is called with each deleted row of a collection and its parent."""
